"""The pictures for open views: which of them are out of date, and how they are taken and sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine import probe
from convstudio.engine.activity import activity
from convstudio.engine.build import LiveNetwork
from convstudio.engine.trial import gradients as gradients_of_trial
from convstudio.protocol.messages import Activity, Array, ClassMap, Event, Maps, Masks, Scores, View
from convstudio.worker.bench import Piece
from convstudio.worker.stage import Stage
from convstudio.worker.views import Views
from convstudio.worker.watched import Watched

Kind = Literal["float32", "uint8", "int64"]
MASK_VIEWS = ("masks", "changes", "gradients")
SAMPLES = 64
"""Validation samples that the activity of maps is told of."""
ACTIVITY_SECONDS = 1.0
"""Between two looks at these while a run goes on: such a look takes as many times longer than one at a sample."""


class Shown(NamedTuple):
    """What a picture shows: of which network, after how many steps, of which sample (0 for masks)."""

    version: int
    step: int
    sample: int


class Studio:
    """Takes pictures of what is on the bench, or was there, for views that have room for one."""

    def __init__(self, bench: Stage, watched: Watched, send: Callable[[Event], None]) -> None:
        self.views = Views()
        self._bench = bench
        self._watched = watched
        self._send = send
        self._sparing = False
        self._activity_after = 0.0

    def due(self) -> tuple[View, ...]:
        """Views that have room for a picture, and whose last one shows something else than there is now."""
        return self.views.due(self._shown) if self._bench.piece else ()

    def first(self) -> tuple[View, ...]:
        """Of those that are due, the ones that a person has just opened: they are empty still."""
        return self.views.fresh(self.due())

    @contextmanager
    def in_passing(self) -> Iterator[None]:
        """Inside, a run goes on meanwhile: what takes many samples is looked at only now and then."""
        self._sparing = True
        try:
            yield
        finally:
            self._sparing = False

    @property
    def wants_gradients(self) -> bool:
        """Somebody looks at gradients."""
        return self.views.any("gradients")

    def take(self, views: tuple[View, ...]) -> None:
        """Take and send the pictures of these views, all maps in one pass.

        Their credit is gone even when that fails, so that a picture which cannot be taken is not tried for ever.
        """
        piece = self._bench.piece
        assert piece is not None
        for view in views:
            self.views.sent(view, self._shown(view))
        for view in views:
            if view.what in MASK_VIEWS:
                self._send_masks(piece, view)
        if looking := tuple(v for v in views if v.what in ("maps", "answer")):
            self._send_maps(piece, tuple(v for v in looking if v.what == "maps"))
        self._send_activity(piece, tuple(v for v in views if v.what == "activity"))

    def answer(self) -> None:
        """Send the answer for the watched sample at once."""
        if (piece := self._bench.piece) and self._fits(piece):
            self._send_maps(piece, ())

    def _fits(self, piece: Piece) -> bool:
        """Whether the watched sample can be put into the network; without an Input none can."""
        return bool(piece.live.input) and self._watched.fits(piece.live.sample)

    def _shown(self, view: View) -> Shown | None:
        """What a picture of this view would show now; None where the block has no such picture."""
        bench, piece = self._bench, self._bench.piece
        assert piece is not None
        if view.what in MASK_VIEWS:
            shows = view.block in piece.with_masks
            shows = shows and (view.what != "gradients" or bool(bench.gradients) or piece.trainable)
            return Shown(bench.version, bench.step, 0) if shows else None
        if view.what == "activity":
            waiting = self._sparing and perf_counter() < self._activity_after
            shows = not waiting and view.block in piece.live.shapes and self._watched.has_samples(piece.live.sample)
            return Shown(bench.version, bench.step, 0) if shows else None
        shows = view.what == "answer" or view.block in piece.live.shapes
        shows = shows and self._fits(piece)
        return Shown(bench.version, bench.step, self._watched.version) if shows else None

    def _send_masks(self, piece: Piece, view: View) -> None:
        live, bench = piece.live, self._bench
        if view.what == "masks":
            found = probe.masks(live, view.block, view.limit)
        elif view.what == "changes":
            found = probe.changes(live, view.block, bench.starts.of(live, view.block), view.limit)
        else:
            if not bench.gradients:
                bench.gradients, bench.trial = gradients_of_trial(live, piece.document), True
            found = probe.pictured(_of_block(bench.gradients, live, view.block), view.limit)
        self._send(
            Masks(
                run=bench.run,
                step=bench.step,
                view=view,
                names=found.names,
                arrays=tuple(packed(a) for a in found.arrays),
                total=found.totals,
                trial=view.what == "gradients" and bench.trial,
            )
        )

    def _send_maps(self, piece: Piece, views: tuple[View, ...]) -> None:
        image = self._watched.sample(piece.live.sample)
        if image is None:
            return
        look = probe.maps(piece.live, image, _limits(views))
        for view in views:
            self._send_map(view, look.maps[view.block])
        run, step = self._bench.run, self._bench.step
        if len(look.probabilities):
            self._send(Scores(run=run, step=step, probabilities=packed(look.probabilities)))
        if look.class_map is not None:
            self._send(ClassMap(run=run, step=step, classes=packed(look.class_map)))

    def _send_activity(self, piece: Piece, views: tuple[View, ...]) -> None:
        if not views:
            return
        images = self._watched.some(SAMPLES)
        found = activity(piece.live, images, {view.block for view in views})
        self._activity_after = perf_counter() + ACTIVITY_SECONDS
        for view in views:
            low, high, mean = (packed(values) for values in found[view.block])
            self._send(
                Activity(
                    run=self._bench.run,
                    step=self._bench.step,
                    view=view,
                    samples=len(images),
                    low=low,
                    high=high,
                    mean=mean,
                )
            )

    def _send_map(self, view: View, found: probe.BlockMaps) -> None:
        """One pass serves all views of a block; each gets as many maps as it asked for."""
        limit = view.limit if view.limit > 0 else len(found.maps)
        self._send(
            Maps(
                run=self._bench.run,
                step=self._bench.step,
                view=view,
                maps=packed(found.maps[:limit]),
                low=found.low,
                high=found.high,
                total=found.total,
            )
        )


def packed(array: NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int64]) -> Array:
    """An array for the stream, in C order."""
    kinds: dict[type, Kind] = {np.uint8: "uint8", np.int64: "int64"}
    return Array(kinds.get(array.dtype.type, "float32"), array.shape, array.tobytes())


def _limits(views: tuple[View, ...]) -> dict[str, int]:
    """The largest limit that any view of a block asks for; 0 asks for all."""
    limits: dict[str, list[int]] = {}
    for view in views:
        limits.setdefault(view.block, []).append(max(0, view.limit))
    return {block: 0 if 0 in wanted else max(wanted) for block, wanted in limits.items()}


def _of_block(named: Mapping[str, Tensor], live: LiveNetwork, block: str) -> dict[str, Tensor]:
    """What belongs to the weights of a block, by their names in it."""
    names = {id(weights): name for name, weights in live.named_parameters()}
    of_part = live.parts[block].named_parameters()
    return {name: named[names[id(w)]] for name, w in of_part if names.get(id(w)) in named}
