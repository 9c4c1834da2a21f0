"""Times of layers on demand: the network on the bench, computed as training would compute it, or does."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch

from convstudio.engine import checks, devices, memory, starting
from convstudio.engine.build import LiveNetwork
from convstudio.engine.devices import FORMATS
from convstudio.engine.layer_times import layer_times
from convstudio.network.freezing import frozen_ids
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.desk import Desk
from convstudio.worker.runs import Runs
from convstudio.worker.transport import WindowGoneError


class Timing:
    """Answers the window's question how long each layer takes; between two steps, where a run is under way."""

    def __init__(self, desk: Desk, runs: Runs, send: Callable[[m.Event], None]) -> None:
        self._desk, self._runs, self._send = desk, runs, send

    def measure(self, request: m.MeasureTimes) -> None:
        """Measure, and tell it; what goes wrong is told as the reason why there are no times."""
        try:
            self._send(self._measured(request.number))
        except WindowGoneError:
            raise
        except Exception as error:
            self._send(m.LayerTimes(number=request.number, message=faults.reason(error)))

    def _measured(self, number: int) -> m.LayerTimes:
        piece = self._desk.piece()
        batch = piece.document.training.batch_size
        images = torch.rand((batch, *piece.live.sample.dims))
        live, layout = self._placed(images)
        require_room(live, batch)
        device = next((p.device for p in live.parameters()), torch.device("cpu"))
        half = piece.document.training.precision == "bfloat16"
        found = layer_times(live, devices.laid_out(images.to(device), FORMATS[layout]), half=half)
        blocks = tuple(m.BlockTime(block, *times) for block, times in found.items())
        threads = torch.get_num_threads()
        return m.LayerTimes(
            number=number, batch=batch, device=str(device), threads=threads, memory_format=layout, blocks=blocks
        )

    def _placed(self, images: torch.Tensor) -> tuple[LiveNetwork, devices.Format]:
        """The network where it is trained, or would be, and the memory format; without an Output, as it is."""
        piece, running = self._desk.piece(), self._runs.running
        if running is not None:
            return piece.live, format_name(running.run.trainer.data.memory_format)
        if not piece.live.output or piece.analysis.errors:
            return piece.live, "contiguous"
        device = devices.choose(piece.document.training.device)
        live = copy.deepcopy(piece.live)
        live.freeze(frozen_ids(piece.document.network))
        choice = starting.way(live, images, piece.document, device)
        torch.set_num_threads(choice.threads)
        devices.place(live, device, choice.memory_format)
        return live, format_name(choice.memory_format)


def format_name(known: torch.memory_format) -> devices.Format:
    """What a memory format is called."""
    return next(name for name, found in FORMATS.items() if found == known)


def require_room(live: LiveNetwork, batch: int) -> None:
    """MemoryFault when a mini-batch of results will not fit."""
    device = next((p.device for p in live.parameters()), torch.device("cpu"))
    memory.require(2 * batch * live.activation_bytes, device, "Measuring this network", checks.ADVICE)
