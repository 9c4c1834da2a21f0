"""When the times of layers are measured: when the person asks, or looks at them and they are out of date."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from convstudio.protocol.messages import LayerTimes, MeasureTimes
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.workbench import Workbench

PAUSE_MS = 700
"""So long nothing may have been edited before the times that are looked at are measured again."""


class Timing(QObject):
    """Binds the action of one window, and hands what was measured to the store."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._store, self._link, self._runs = bench, bench.store, link, runs
        self._times, self._heat = bench.store.times, bench.scene.heat
        self._number = 0
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self._catch_up)
        bench.actions.connect("measure_times", self.measure)
        link.times_measured.connect(self._on_times)
        link.lost.connect(self._on_lost)
        self._store.changed.connect(self._wait)
        self._heat.changed.connect(self._wait)
        self._wait()

    def measure(self) -> None:
        """Ask the worker; while a run is under way it answers between two steps."""
        if self._link.alive:
            self._runs.send_document()
            self._number += 1
            self._times.begin()
            self._link.send(MeasureTimes(number=self._number))

    def _wait(self) -> None:
        if self._heat.what == "time":
            self._later.start()

    def _catch_up(self) -> None:
        """Measure again what is looked at; a run that is running is not disturbed for that."""
        times, busy = self._times, self._runs.state in ("running", "preparing", "lost")
        if self._heat.what == "time" and not busy and not times.measuring and (times.outdated or not times.measured):
            self.measure()

    def _on_times(self, measured: LayerTimes) -> None:
        if measured.number == self._number:
            self._times.show(measured)
            self._wait()
            if measured.message and self._heat.what != "time":
                self._bench.notices.warn(measured.message)

    def _on_lost(self) -> None:
        if self._times.measuring:
            self._times.show(None)
