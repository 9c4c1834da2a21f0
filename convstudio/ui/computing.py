"""How the worker computes, shown in the window: what was measured before a run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.protocol.messages import Measured
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.workbench import Workbench


class Computing(QObject):
    """Hands what the worker tells of its ways to compute to the parts of the window that show it."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._runs = bench, runs
        link.measured.connect(self._on_measured)
        bench.store.replaced.connect(lambda: self._show(None))

    def _on_measured(self, measured: Measured) -> None:
        if measured.run == self._runs.number:
            self._show(measured)

    def _show(self, measured: Measured | None) -> None:
        if tab := self._bench.inspector.training:
            tab.ways.show_measured(measured)
