"""Times of the entrants of a swap experiment: one after another, all computed in the same way, on copies."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import torch

from convstudio.blocks import catalogue
from convstudio.engine import devices, starting
from convstudio.engine.build import build
from convstudio.engine.calibration import Choice
from convstudio.engine.layer_times import layer_times
from convstudio.engine.project import analysed
from convstudio.engine.starting import kept_threads
from convstudio.network import file
from convstudio.network.freezing import frozen_ids
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.timing import require_room
from convstudio.worker.transport import WindowGoneError


class Way(NamedTuple):
    """Where and how all entrants are computed."""

    device: torch.device
    choice: Choice


class SwapTimes:
    """Holds the entrants that wait to be measured; a measurement is made between two looks at the inbox."""

    def __init__(self, send: Callable[[m.Event], None]) -> None:
        self._send = send
        self._number = 0
        self._waiting: deque[m.Entrant] = deque()
        self._way: Way | None = None

    @property
    def under_way(self) -> bool:
        return bool(self._waiting)

    def start(self, request: m.MeasureSwaps) -> None:
        """Measure these; those that waited are not measured any more."""
        self._number, self._waiting, self._way = request.number, deque(request.entrants), None

    def cancel(self) -> None:
        self._waiting.clear()

    def step(self) -> None:
        """Measure the next, and tell it; what goes wrong is told as the reason why there are no times."""
        entrant = self._waiting.popleft()
        try:
            with kept_threads():
                found = self._measured(entrant)
        except WindowGoneError:
            raise
        except Exception as error:
            found = m.SwapMeasured(number=self._number, key=entrant.key, message=faults.reason(error))
        self._send(found)

    def _measured(self, entrant: m.Entrant) -> m.SwapMeasured:
        document = file.parse(entrant.text, catalogue())
        analysis, settings = analysed(document), document.training
        starting.require_sound(analysis)
        live = build(document.network, analysis, settings.seed, settings.initialisation)
        live.freeze(frozen_ids(document.network))
        images = torch.rand((settings.batch_size, *live.sample.dims))
        if self._way is None:
            device = devices.choose(settings.device)
            self._way = Way(device, starting.way(live, images, document, device))
        device, choice = self._way
        torch.set_num_threads(choice.threads)
        devices.place(live, device, choice.memory_format)
        require_room(live, settings.batch_size)
        laid_out = devices.laid_out(images.to(device), choice.memory_format)
        found = layer_times(live, laid_out, half=settings.precision == "bfloat16")
        own = [times for block, times in found.items() if block in entrant.blocks]
        return m.SwapMeasured(
            number=self._number,
            key=entrant.key,
            forward=sum(t.forward for t in own),
            backward=sum(t.backward for t in own),
            whole_forward=sum(t.forward for t in found.values()),
            whole_backward=sum(t.backward for t in found.values()),
            batch=settings.batch_size,
            device=str(device),
            threads=choice.threads,
        )
