"""The worker's answer to what it takes of the machine."""

from __future__ import annotations

from collections.abc import Callable

import torch

from convstudio.engine.devices import devices
from convstudio.engine.meters import Meters
from convstudio.protocol import messages as m
from convstudio.worker.desk import Desk
from convstudio.worker.runs import Runs


class Metering:
    """Reads the meters of the device that the run under way, or the network on the bench, is computed on."""

    def __init__(self, desk: Desk, runs: Runs, send: Callable[[m.Event], None]) -> None:
        self._desk, self._runs, self._send = desk, runs, send
        self._meters = Meters()

    def read(self, request: m.ReadMeters) -> None:
        device = self._device()
        title = next((title for name, title in devices() if name == str(device)), str(device))
        self._send(m.Meters(device=title, threads=torch.get_num_threads(), **self._meters.read(device)._asdict()))

    def _device(self) -> torch.device:
        if self._runs.running is not None:
            return self._runs.running.run.device
        piece = self._desk.bench.piece
        return piece.device if piece else torch.device("cpu")
