"""The range test of one window: from the button beside the learning rate to the rate in the document."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject

from convstudio.protocol.messages import CancelRates, RatesTested, TestRates
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.rates.range_dialog import RangeDialog
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.saving.view_saving import ViewSaving
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class RangeTesting(QObject):
    """Opens the dialog, asks the worker, and makes the chosen rate one undoable edit."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._store, self._link, self._runs = bench, bench.store, link, runs
        self._number = 0
        self.dialog: RangeDialog | None = None
        bench.actions.connect("find_rate", self.open)
        bench.inspector.training_made.connect(self.follow)
        bench.inspector.rate_test_requested.connect(self.open)
        link.rates_tested.connect(self._on_test)
        link.lost.connect(self._on_lost)
        runs.state_changed.connect(self.follow)
        self._store.replaced.connect(self._close)
        self.follow()

    def follow(self) -> None:
        """Two cannot train at once: while a run is running, it must be paused first."""
        free = self._runs.state not in ("running", "preparing", "lost")
        self._bench.actions["find_rate"].setEnabled(free)
        if tab := self._bench.inspector.made_training:
            tab.offer_rate_test(free)

    def open(self) -> None:
        """Show the dialog and begin a test."""
        if self.dialog is None:
            self.dialog = RangeDialog(self._bench.window)
            ViewSaving(self.dialog.plot, "learning-rates", tr("Loss over the learning rate"), self._bench.picture_files)
            self.dialog.begin_requested.connect(self._begin)
            self.dialog.cancel_requested.connect(lambda: self._link.send(CancelRates()))
            self.dialog.rate_requested.connect(self._use)
        self.dialog.begin()
        self._begin()
        self.dialog.show()
        self.dialog.raise_()

    def _begin(self) -> None:
        self._runs.send_document()
        self._number += 1
        self._link.send(TestRates(number=self._number))

    def _on_test(self, test: RatesTested) -> None:
        if self.dialog and test.number == self._number:
            self.dialog.show_test(test)

    def _on_lost(self, sentence: str, _detail: str) -> None:
        if self.dialog:
            self.dialog.lose(sentence)

    def _use(self, rate: float) -> None:
        document = self._store.document
        training = with_fields(document.training, learning_rate=rate)
        self._store.do(tr("Learning rate") + f" {rate:g}", replace(document, training=training))

    def _close(self) -> None:
        """Another document was opened: the test was not about it."""
        if self.dialog:
            self.dialog.close()
