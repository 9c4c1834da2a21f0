"""What is told of a run besides its numbers: faults, blocks with new weights, edits that it cannot take up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from convstudio.protocol.messages import Built, Fault
from convstudio.runs.run_folders import has_checkpoint
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run import run_news
from convstudio.ui.store import DocumentStore

if TYPE_CHECKING:
    from convstudio.ui.run.run_controller import RunController


class RunTelling(QObject):
    """Makes notices of what the worker says, and of edits during a run; the controller hands them on."""

    def __init__(self, runs: RunController, store: DocumentStore, link: WorkerLink) -> None:
        super().__init__(runs)
        self._runs, self._store = runs, store
        self._trained = False
        """The weights in the worker are not only those that a run starts with."""
        self._said = False
        """That the run cannot go on with the document as it is."""
        runs.state_changed.connect(self._on_state)
        runs.run_began.connect(self._on_began)
        runs.progress.connect(self._on_progress)
        link.built.connect(self._on_built)
        link.fault_received.connect(self._on_fault)
        store.changed.connect(self._on_edited)

    def _on_state(self) -> None:
        if self._runs.state in ("idle", "stopped"):
            self._trained = self._runs.state == "stopped"

    def _on_began(self) -> None:
        self._said = False

    def _on_progress(self) -> None:
        self._trained = True

    def _on_built(self, built: Built) -> None:
        """Say which blocks an edit has cost their training, and that the run goes on with it."""
        if built.run:
            if built.run == self._runs.number and (built.fresh or built.back):
                self._runs.tell(run_news.goes_on_changed(built))
        elif self._trained and not self._runs.active and built.fresh:
            self._runs.tell(run_news.fresh_weights(built.fresh, bool(built.kept)))

    def _on_fault(self, fault: Fault) -> None:
        """Tell of a fault, unless it belongs to an older run, to an export, or only repeats what the canvas shows."""
        runs = self._runs
        old = fault.run not in (0, runs.number)
        known = fault.about == "document" and fault.kind == "network" and bool(self._store.whole.errors)
        if old or known or fault.about == "export":
            return
        folder, began = runs.folder, runs.state in ("running", "paused")
        kept = folder if began and folder and has_checkpoint(folder) else None
        go_on = partial(runs.continue_run, kept) if kept else None
        ways = run_news.Ways(runs.train, go_on, runs.resume, runs.begin_all_the_same)
        runs.tell(run_news.faulted(self._store, fault, ways, waits=runs.state == "paused"))

    def _on_edited(self) -> None:
        """Say it when the run cannot go on with the document as it is now; once, until it can again."""
        errors = self._store.analysis.errors
        if not self._runs.active or self._runs.left_behind or bool(errors) == self._said:
            return
        self._said = bool(errors)
        if errors:
            self._runs.tell(run_news.goes_on_as_it_was(errors[0]))
