"""How the worker computes, shown in the window: what was measured before a run, and what it takes of the machine."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from convstudio.protocol.messages import Measured, Meters, Metrics, ReadMeters
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.workbench import Workbench

METER_MS = 700
"""So often the meters are read, while they are seen."""


class Computing(QObject):
    """Hands what the worker tells of its ways to compute to the parts of the window that show it."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._link, self._runs = bench, link, runs
        self._speed = 0.0
        self._measured: Measured | None = None
        self._panel = bench.run_bar.device_button.meters
        self._reading = QTimer(self, interval=METER_MS)
        self._reading.timeout.connect(self._read)
        bench.run_bar.device_button.opened.connect(self._watch)
        link.meters_read.connect(self._on_meters)
        link.measured.connect(self._on_measured)
        link.lost.connect(lambda: self._panel.show_nothing())
        runs.progress.connect(self._on_progress)
        bench.store.replaced.connect(lambda: self._show(None))
        bench.inspector.training_made.connect(lambda: self._show(self._measured))
        bench.inspector.training_made.connect(self._show_devices)
        link.hello_received.connect(lambda _hello: self._show_devices())

    def _watch(self, seen: bool) -> None:
        """Closed meters cost nothing."""
        if seen:
            self._read()
            self._reading.start()
        else:
            self._reading.stop()

    def _read(self) -> None:
        if self._link.alive and self._link.hello is not None:
            self._link.send(ReadMeters())

    def _on_meters(self, meters: Meters) -> None:
        self._panel.show_meters(meters, self._speed if self._runs.state == "running" else 0.0)

    def _on_progress(self, metrics: Metrics) -> None:
        self._speed = metrics.samples_per_second

    def _on_measured(self, measured: Measured) -> None:
        if measured.run == self._runs.number:
            self._show(measured)

    def _show(self, measured: Measured | None) -> None:
        self._measured = measured
        if tab := self._bench.inspector.made_training:
            tab.ways.show_measured(measured)

    def _show_devices(self) -> None:
        if (tab := self._bench.inspector.made_training) and self._link.hello:
            tab.show_devices(self._link.hello.devices)
