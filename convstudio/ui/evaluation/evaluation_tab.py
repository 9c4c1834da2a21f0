"""The Evaluation tab: the confusion matrix at the left; samples, classes or calibration at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.runs.words import share
from convstudio.ui.evaluation.case_list import CaseList
from convstudio.ui.evaluation.class_table import ClassTable
from convstudio.ui.evaluation.confusion_view import ConfusionView
from convstudio.ui.evaluation.copying import as_csv, as_markdown, as_text
from convstudio.ui.evaluation.reliability import Reliability
from convstudio.ui.evaluation.report import Report
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import grouped, tr

UNDER_WAY = "The validation samples are being evaluated; from then on, they are after every epoch."
WAITING = "As soon as the network can answer and data are chosen, you see here what it takes for what."


class EvaluationTab(QWidget):
    """Shows the report that it is handed; `place` says of which samples and after which step it is."""

    drawn = Signal()
    sample_requested = Signal(int)
    """The number of a sample in the validation part, to be watched."""
    wanted_now = Signal()
    """The person does not want to wait for the end of the epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Report | None = None
        self._place = ""
        self.sentence = Sentence()
        self.sentence.promise(tr(WAITING))
        self._caption, self._figures, self._list_words = Caption(name=""), Caption(), Caption()
        self._matrix, self._cases = ConfusionView(), CaseList()
        self._table, self._reliability = ClassTable(), Reliability()
        self._segments = Segments(tr("Details"), tr("What is shown beside the matrix"))
        self._details = QStackedWidget()
        self._shares = QCheckBox(tr("% of row"))
        self._worst = QPushButton(tr("Worst mistakes"))
        self._now = QPushButton(tr("Now"))
        self._copy = QToolButton()
        self._build()
        self._connect()

    # --- what it shows

    def set_report(self, report: Report, place: str) -> None:
        """Show a report; the chosen cell and the details stay."""
        self._report, self._place = report, place
        message = report.message
        self._caption.setText(place)
        known = any(part.answers for part in message.bins)
        error = f"{tr('expected calibration error')} {share(message.calibration_error)}" if known else ""
        odd = f" · {grouped(message.odd)} {tr('answers are not numbers')}" if message.odd else ""
        right = f"{tr('accuracy')} {share(message.accuracy)}"
        iou = f" · {tr('mean IoU')} {share(report.mean_scores()[3])}" if report.per_pixel else ""
        loss = f"{message.loss:.3f}" if isfinite(message.loss) else tr("not a number")
        parts = (f"{right}{iou}", f"{tr('loss')} {loss}", error)
        self._figures.setText(" · ".join(filter(None, parts)) + odd)
        self._pages.setCurrentIndex(1)
        self._matrix.set_report(report)
        self._table.set_report(report)
        self._reliability.set_report(report)
        self._show_cases()

    def clear(self, words: str = WAITING) -> None:
        """Show a sentence instead."""
        self._report = None
        (self.sentence.promise if words == WAITING else self.sentence.setText)(tr(words))
        self._pages.setCurrentIndex(0)

    def set_running(self, running: bool) -> None:
        """During a run the next evaluation comes at the end of the epoch, unless it is wanted now."""
        self._now.setVisible(running)
        if self.empty and self.sentence.promised:
            self.sentence.promise(tr(UNDER_WAY if running else WAITING))

    @property
    def empty(self) -> bool:
        """There is no report yet."""
        return self._report is None

    @property
    def matrix(self) -> ConfusionView:
        return self._matrix

    @property
    def cases(self) -> CaseList:
        return self._cases

    @property
    def words(self) -> str:
        """Of which samples and after which step the figures are, and the most important of them."""
        return f"{self._caption.text()} {self._figures.text()}" if self._report else self.sentence.text()

    def text(self, form: Callable[[Report, str], str]) -> str:
        """The report in a form for other programs."""
        return form(self._report, self._place) if self._report else ""

    # --- inside

    def _show_cases(self) -> None:
        report, cell = self._report, self._matrix.chosen
        if report is None:
            return
        found = report.worst() if cell is None else report.in_cell(*cell)
        self._list_words.setText(self._words_for(report, cell, len(found)))
        self._worst.setVisible(cell is not None)
        self._cases.set_cases(found, report.classes, (report.message.data, report.message.share, report.message.seed))

    def _words_for(self, report: Report, cell: tuple[int, int] | None, found: int) -> str:
        if cell is None:
            mistakes = report.mistakes()
            if not mistakes:
                return tr("No mistakes.")
            shown = f"{tr('the worst')} {found} {tr('of')} " if found < mistakes else ""
            return f"{tr('Mistakes')}: {shown}{grouped(mistakes)}"
        if report.per_pixel and not report.examples.size:
            return f"{self._matrix.words(cell)}. {tr('There are too many classes to list the samples of each cell.')}"
        return self._matrix.words(cell)

    def _show_cell(self, _truth: int, _answer: int) -> None:
        self._segments.setCurrentIndex(0)
        self._show_cases()

    def _show_worst(self) -> None:
        self._matrix.choose(None)
        self._show_cases()

    def _put(self, form: Callable[[Report, str], str]) -> None:
        QGuiApplication.clipboard().setText(self.text(form))

    def _connect(self) -> None:
        self._matrix.drawn.connect(self.drawn)
        self._matrix.cell_chosen.connect(self._show_cell)
        self._cases.sample_chosen.connect(self.sample_requested)
        self._table.class_chosen.connect(lambda number: self._matrix.choose((number, number)))
        self._segments.chosen.connect(self._details.setCurrentIndex)
        self._shares.toggled.connect(self._matrix.set_as_shares)
        self._worst.clicked.connect(self._show_worst)
        self._now.clicked.connect(self.wanted_now)

    def _build(self) -> None:
        content = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(content)
        whole = QVBoxLayout(content)
        whole.setContentsMargins(12, 6, 12, 8)
        whole.setSpacing(3)
        whole.addLayout(self._head())
        whole.addWidget(self._figures)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self._matrix)
        split.addWidget(self._beside())
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setHandleWidth(9)
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        whole.addWidget(split, 1)

    def _head(self) -> QHBoxLayout:
        self._shares.setToolTip(tr("Write the share of the true class into each cell, in per cent, instead of counts"))
        self._now.setToolTip(tr("Evaluate at once, in the middle of the epoch; otherwise it is done after each epoch"))
        self._now.setVisible(False)
        self._copy.setText(tr("Copy"))
        self._copy.setToolTip(tr("Copy matrix and scores for other programs"))
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._copy)
        for title, form in ((tr("Text"), as_text), ("Markdown", as_markdown), ("CSV", as_csv)):
            menu.addAction(title, partial(self._put, form))
        self._copy.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._caption, 1)
        for widget in (self._shares, self._now, self._copy):
            row.addWidget(widget)
        for button in (self._now, self._copy):
            button.setStyleSheet("padding: 2px 8px")
        return row

    def _beside(self) -> QWidget:
        self._segments.set_choices((tr("Samples"), tr("Classes"), tr("Calibration")))
        self._worst.setStyleSheet("padding: 1px 8px")
        self._worst.setToolTip(tr("List the worst mistakes instead of the samples of a cell"))
        samples, column = QWidget(), QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(self._list_words, 1)
        head.addWidget(self._worst)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._cases, 1)
        samples.setLayout(column)
        for page in (samples, self._table, self._reliability):
            self._details.addWidget(page)
        beside, whole = QWidget(), QVBoxLayout()
        beside.setMinimumWidth(180)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._segments)
        whole.addWidget(self._details, 1)
        beside.setLayout(whole)
        return beside


def place_words(title: str, samples: int, step: int, epoch: int | None, run: int) -> str:
    """Of which samples and after which step: 'Validation part of Handwritten digits, 1 000 samples · after step 63'."""
    of = f"{tr('Validation part of')} {title}, {grouped(samples)} {tr('samples')}"
    if not run:
        return f"{of} · {tr('untrained network')}"
    if epoch == 0:
        return f"{of} · {tr('before the first step')}"
    after = f"{of} · {tr('after step')} {grouped(step)}"
    return f"{after} ({tr('epoch')} {epoch})" if epoch else after
