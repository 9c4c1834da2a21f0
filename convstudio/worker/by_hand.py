"""Masks by hand: numbers that the person puts into the weights of the network on the bench, trained or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine.build import NetworkFault
from convstudio.protocol import messages as m
from convstudio.worker.desk import Desk
from convstudio.worker.pictures import packed
from convstudio.worker.runs import Runs

FIXED = "numbers"
"""What the one mask of a Fixed mask block is called, which all maps are filtered by; the document gets it too."""


class ByHand:
    """Puts masks, whether a run is under way or not. What the optimiser remembers of them stays.

    Before any run the window keeps in the document what was put, and training starts with that. A gesture that is
    undone in a paused run changes nothing of the run.
    """

    def __init__(self, desk: Desk, runs: Runs, send: Callable[[m.Event], None]) -> None:
        self._desk, self._runs, self._send = desk, runs, send

    def put(self, request: m.PutMasks) -> None:
        """Put the numbers where they belong, and say so, or why not: the window waits for one of both."""
        try:
            before = self._placed(request)
        except NetworkFault as fault:
            self._send(m.MasksPut(ticket=request.ticket, words=fault.words))
            return
        if self._runs.moving:
            self._desk.show()  # the person waits for it: it is not spaced as pictures in passing are
        run = self._desk.bench.run
        self._send(m.MasksPut(ticket=request.ticket, run=run, before=packed(before) if request.first else None))
        if request.last and request.name != FIXED:
            self._note(request.block)

    def _placed(self, request: m.PutMasks) -> NDArray[np.float32]:
        """What was there before. NetworkFault where the numbers do not belong anywhere."""
        masks, values = self._masks(request), _numbers(request.values)
        shown = masks[:1] if request.name == FIXED else masks
        if values.shape != tuple(shown.shape):
            raise NetworkFault(f"The masks of {request.block} are of another size by now. Edit them again.")
        before: NDArray[np.float32] = shown.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
        with torch.no_grad():
            masks.copy_(torch.from_numpy(values))
        self._desk.bench.touched()
        return before

    def _masks(self, request: m.PutMasks) -> Tensor:
        """The part of the weights that is meant."""
        part = self._desk.piece().live.parts.get(request.block)
        if part is not None and request.name == FIXED and (fixed := dict(part.named_buffers()).get(FIXED)) is not None:
            return fixed
        weights = dict(part.named_parameters()).get(request.name) if part is not None else None
        if weights is None or weights.dim() < 3:
            raise NetworkFault(f"{request.block} has no masks that could be put.")
        (first, count), (of_inputs, inputs) = request.outputs, request.inputs
        if min(first, of_inputs) < 0:
            raise NetworkFault(f"{request.block} has no such masks.")
        return weights[first : first + count, of_inputs : of_inputs + inputs]

    def _note(self, block: str) -> None:
        """A run says that its weights were changed, and keeps a checkpoint of them at once."""
        running = self._runs.running
        if running:
            running.mark("edit", f"Masks of {block} by hand")
            running.run.touched()
            running.report(keep=True)


def _numbers(array: m.Array) -> NDArray[np.float32]:
    """The numbers of a request as float32. NetworkFault where they are none."""
    if array.kind != "float32" or len(array.data) != 4 * int(np.prod(array.shape)):
        raise NetworkFault("The numbers of the masks came damaged. Edit them again.")
    found = np.frombuffer(array.data, np.float32).reshape(array.shape)
    if not np.isfinite(found).all():
        raise NetworkFault("A mask holds a number that is none, or not finite. Choose others.")
    return found.copy()
