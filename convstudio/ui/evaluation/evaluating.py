"""The evaluation of a window: opens the view while its tab is seen, and ties it to worker, run and watched sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from convstudio.data import DataError, load
from convstudio.data.info import available
from convstudio.protocol.messages import Evaluate, Evaluation, View
from convstudio.ui.evaluation.evaluation_tab import EvaluationTab, place_words
from convstudio.ui.evaluation.report import report
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.arrays import ArrayError
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import tr
from convstudio.ui.watched import WatchedSample
from convstudio.ui.workbench import Workbench

VIEW = View(block="", what="evaluation")


class Evaluating(QObject):
    """Adds the tab. While it cannot be seen, nothing is evaluated."""

    def __init__(
        self, bench: Workbench, link: WorkerLink, book: ViewBook, runs: RunController, sample: WatchedSample
    ) -> None:
        super().__init__(bench)
        self._bench, self._link, self._book, self._runs, self._sample = bench, link, book, runs, sample
        self._open = False
        self._choice = bench.store.document.data
        self.tab = EvaluationTab()
        bench.live.addTab(self.tab, tr("Evaluation"))
        self.tab.drawn.connect(lambda: book.drawn(VIEW))
        self.tab.wanted_now.connect(lambda: link.send(Evaluate()))
        self.tab.sample_requested.connect(sample.choose)
        bench.live.currentChanged.connect(lambda _index: self.follow())
        bench.docks["live"].visibilityChanged.connect(lambda _seen: self.follow())
        bench.store.replaced.connect(self.tab.clear)
        bench.store.changed.connect(self._check)
        runs.state_changed.connect(lambda: self.tab.set_running(runs.state == "running"))
        self.follow()

    def follow(self) -> None:
        """Open the view when the tab is seen, close it when it is not."""
        seen = self._bench.live.currentWidget() is self.tab and not self._bench.docks["live"].isHidden()
        if seen and not self._open:
            self._book.open(VIEW, self._receive)
        elif self._open and not seen:
            self._book.close(VIEW, self._receive)
        self._open = seen

    def _receive(self, message: Picture) -> None:
        if not isinstance(message, Evaluation):
            return
        info = next((info for info in available() if info.name == message.data), None)
        try:
            found = report(message, info.classes if info else ())
        except ArrayError as problem:
            self.tab.clear(str(problem))
            self._book.drawn(VIEW)
            return
        title = info.title if info else message.data
        self.tab.cases.picture = _Pictures(message)
        place = place_words(title, message.samples, message.step, message.epoch, message.run)
        self.tab.set_report(found, f"{place} · {message.muted} {tr('muted')}" if message.muted else place)

    def _check(self) -> None:
        """A network that cannot answer any more must not seem to have answered, nor one that is asked other samples."""
        analysis, choice = self._bench.store.whole, self._bench.store.document.data
        answers = analysis.output is not None and analysis.blocks[analysis.output].output is not None
        if choice != self._choice or choice.none or not answers:
            self._choice = choice
            self.tab.clear()


class _Pictures:
    """The images of the samples that an evaluation was about, by their number; None where they cannot be had."""

    def __init__(self, message: Evaluation) -> None:
        try:
            self._data = load(message.data)
            self._numbers = self._data.divided(message.share, message.seed)[1]
        except DataError:
            self._numbers = np.zeros(0, np.int64)

    def __call__(self, number: int) -> NDArray[np.uint8] | None:
        if not 0 <= number < len(self._numbers):
            return None
        found: NDArray[np.uint8] = self._data.images[self._numbers[number]]
        return found
