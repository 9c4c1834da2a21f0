"""The doctor of a window: gathers what is known of a run, asks the rules, and shows what they find."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QObject, QTimer

from convstudio.data import DataError, load
from convstudio.doctor.diagnosis import diagnose
from convstudio.doctor.finding import Finding, Remedy
from convstudio.doctor.statistics import Breakdown, Epoch, LossTrack, Statistics
from convstudio.network.document import DataChoice
from convstudio.network.expansion import expanded
from convstudio.protocol.messages import Fault, Health, Metrics, Validation, View
from convstudio.ui.health import marks
from convstudio.ui.health.health_tab import HealthTab
from convstudio.ui.health.history import History
from convstudio.ui.link.open_views import OpenViews
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

HEALTH, CHECKUP = View(block="", what="health"), View(block="", what="checkup")
SETTING = "doctor"
PAUSE_MS = 250
"""Between two diagnoses."""
LOOKS = 12
"""So many of the newest looks are handed to the rules."""


class Doctoring(QObject):
    """Adds the Health tab. Layers are looked at closely while it is seen, now and then while the doctor is on."""

    def __init__(self, bench: Workbench, link: WorkerLink, book: ViewBook, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._store, self._book, self._runs = bench, bench.store, book, runs
        self._history, self._open = History(), OpenViews(book, self._receive)
        self._share = 0.0
        self._findings: tuple[Finding, ...] = ()
        self._broken: Breakdown | None = None
        self._treated = self._subject()
        self._forget()
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self.examine)
        self.tab = HealthTab()
        bench.live.addTab(self.tab, tr("Health"))
        self._connect(link)
        on = bench.window.settings.value(SETTING, True, type=bool)
        bench.actions["doctor"].setChecked(bool(on))
        self.follow()
        self.examine()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the doctor says now."""
        return self._findings

    def follow(self) -> None:
        """Open the view that is needed now, close the other."""
        seen = self._bench.live.currentWidget() is self.tab and not self._bench.docks["live"].isHidden()
        on = self._bench.actions["doctor"].isChecked()
        wanted = {HEALTH} if seen else {CHECKUP} if on else set[View]()
        self._open.become(wanted)

    def examine(self) -> None:
        """Ask the rules, and show what they say."""
        on = self._bench.actions["doctor"].isChecked()
        self._findings = diagnose(self._statistics(), self._store.document.network) if on else ()
        self._show()

    def _show(self) -> None:
        found = marks.ailing(self._findings)
        self.tab.set_findings(self._findings, self._nothing(), found)
        marks.show(self._bench.scene, marks.on_level(found, self._store.document.network, self._store.level))

    def _nothing(self) -> str:
        if not self._bench.actions["doctor"].isChecked():
            return tr("The training doctor is switched off (menu View).")
        if not self._track.steps:
            return tr("The training doctor watches every run, and says here in words what goes wrong.")
        return tr("The training doctor has found nothing wrong.")

    # --- what comes in

    def _receive(self, look: Picture) -> None:
        if not isinstance(look, Health):
            return
        self._history.add(look)
        if look.view == HEALTH:
            self.tab.set_history(self._history, self._headings(), self._share)
        else:
            self._book.drawn(look.view)
        self._soon()

    def _on_metrics(self, metrics: Metrics) -> None:
        self._share, self._batches = metrics.probe_share, metrics.batches
        try:
            self._track.add(floats(metrics.losses).tolist())
        except ArrayError:
            return  # the curves say so
        self._soon()

    def _on_validation(self, validation: Validation) -> None:
        mean = self._track.epoch()
        self._epochs.append(Epoch(validation.epoch, mean, validation.loss, validation.accuracy))
        self._soon()

    def _on_fault(self, fault: Fault) -> None:
        if fault.kind == "not_a_number" and fault.run == self._runs.number:
            self._broken = Breakdown(fault.words, fault.block)
            self._soon()

    def _on_edit(self) -> None:
        """What was said of another network, or of other settings, is no longer said."""
        subject = self._subject()
        if subject[0] is not self._treated[0] or subject[1:] != self._treated[1:]:
            self._treated = subject
            self._begin()
            return
        self._show()

    def _begin(self) -> None:
        """Nothing is known of what runs now."""
        self._forget()
        self.examine()

    def _forget(self) -> None:
        self._track, self._batches = LossTrack(), 0
        self._epochs: list[Epoch] = []
        self._broken = None
        self._since = self._history.looks[-1].step if self._history.looks else -1

    def _replaced(self) -> None:
        self._history.clear()
        self.tab.clear()
        self._begin()

    def _soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    # --- what is known

    def _statistics(self) -> Statistics:
        document = self._store.document
        looks = [look for look in self._history.looks[-LOOKS:] if look.run == self._runs.number and look.run]
        dataset = self._store.dataset
        return Statistics(
            settings=document.training,
            classes=dataset.classes if dataset else (),
            counts=_counts(document.data) if self._track.steps else (),
            batches=self._batches,
            course=self._track.course,
            epochs=tuple(self._epochs),
            looks=tuple(look for look in looks if look.step > self._since),
            breakdown=self._broken,
        )

    def _headings(self) -> dict[str, tuple[str, str]]:
        network, _ = expanded(self._store.document.network, self._store.whole)
        return {i: (block.heading, block.layer.colour) for i, block in network.blocks.items()}

    def _subject(self) -> tuple[object, ...]:
        """What is treated: places and notes do not count."""
        document = self._store.document
        return self._store.whole, document.training, document.data

    def _apply(self, remedy: Remedy) -> None:
        """Make a change that may help, as one undoable step."""
        self._store.do(remedy.label, remedy.apply(self._store.document))

    def _switch(self) -> None:
        self._bench.window.settings.setValue(SETTING, self._bench.actions["doctor"].isChecked())
        self.follow()
        self.examine()

    def _connect(self, link: WorkerLink) -> None:
        bench, runs = self._bench, self._runs
        self.tab.drawn.connect(lambda: self._book.drawn(HEALTH))
        self.tab.block_chosen.connect(bench.reveal)
        self.tab.remedy_requested.connect(self._apply)
        bench.actions["doctor"].toggled.connect(lambda _on: self._switch())
        bench.live.currentChanged.connect(lambda _index: self.follow())
        bench.docks["live"].visibilityChanged.connect(lambda _seen: self.follow())
        bench.store.changed.connect(self._on_edit)
        bench.store.replaced.connect(self._replaced)
        runs.run_began.connect(lambda _number, _continued: self._begin())
        runs.progress.connect(self._on_metrics)
        runs.validated.connect(self._on_validation)
        link.fault_received.connect(self._on_fault)
        link.built.connect(lambda built: self._begin() if built.run and built.run == runs.number else None)


@lru_cache(maxsize=4)
def _counts(choice: DataChoice) -> tuple[int, ...]:
    """How many samples of each class there are to train on; nothing where each pixel has one."""
    try:
        dataset = load(choice.name)
    except DataError:
        return ()
    if dataset.info.task != "classes":
        return ()
    numbers, _ = dataset.divided(choice.validation_share, choice.seed)
    return tuple(np.bincount(dataset.labels[numbers], minlength=len(dataset.info.classes)).tolist())
