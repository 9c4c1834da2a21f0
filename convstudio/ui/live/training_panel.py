"""The Training tab: the curves of the present run while they happen, and how they are to be seen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.protocol.messages import Marked, Metrics, Validation
from convstudio.runs.marks import Mark
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.curve_legend import CurveLegend
from convstudio.ui.live.run_charts import RunCharts
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import grouped, tr

SMOOTHINGS = (0.0, 0.6, 0.9, 0.98)
WINDOWS = (0, 10_000, 1000, 100)
"""How many of the newest steps `follow` keeps in view; 0: the whole run."""
ROOM_FOR_RATE = 960
"""From this width on the learning rate has a plot, unless the person chose."""
_REDRAW = 33
"""Milliseconds between two paintings while numbers stream in."""


class TrainingPanel(QWidget):
    """Keeps the numbers of the present run (and the one before it, faint) and draws what is in view of them."""

    save_requested = Signal(str)
    """The curves are to be written as a file of this kind: png, svg, csv."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record = RunRecord(-1)
        self._previous: RunRecord | None = None
        self._first_run = 0
        self._smoothing = 0.6
        self._window = 0
        self._rate_chosen: bool | None = None
        self._sentence = Sentence(tr("Press Train: loss and accuracy are drawn here, step by step."))
        self.charts = RunCharts()
        self._log = QCheckBox(tr("log scale"))
        self._smooth = QComboBox()
        self._follow = QCheckBox(tr("follow"))
        self._more = QToolButton()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REDRAW)
        self._build()
        self._connect()
        self._show_rate()

    # --- slots

    def on_metrics(self, message: Metrics) -> None:
        """Add the steps of the message; a new run number begins new curves, an old one is ignored."""
        if not self._begin(message.run):
            return
        try:
            losses, hits = floats(message.losses).reshape(-1), floats(message.hits).reshape(-1)
            rates = floats(message.rates).reshape(-1) if message.rates else None
        except ArrayError as problem:
            self._say(str(problem))
            return
        self._record.total = message.epochs * message.batches
        self._record.add_steps(message.step, losses, hits, rates)
        self._changed()

    def on_validation(self, message: Validation) -> None:
        """Add a point of the validation curves."""
        if self._begin(message.run):
            self._record.add_validation(message.step, message.loss, message.accuracy, message.mean_iou)
            self._changed()

    def on_marked(self, message: Marked) -> None:
        """Something happened to the run: a mark with its words."""
        if self._begin(message.run):
            self._record.marks.append(Mark(message.step, message.kind, message.words))
            self._changed()

    def on_began(self, run: int, continued: bool) -> None:
        """Another run began. One that goes on from an earlier one goes on with its curves."""
        if continued and self._record.run >= self._first_run:
            self._record.run = run

    def show_kept(self, record: RunRecord) -> None:
        """Show the curves of a kept run; if it went on meanwhile, with the steps that it has made since."""
        if record.run < max(self._first_run, 0):
            return
        since = self._record
        record.set_smoothing(self._smoothing)
        if since.run >= record.run:
            record.run = since.run
            record.total = since.total
            record.take_over(since)
        self._record, self._previous = record, None
        self.charts.show_records(record, None)
        self._changed()

    def show_grown(self, record: RunRecord) -> None:
        """Show the kept run that is shown already as it is by now: it goes on elsewhere."""
        record.set_smoothing(self._smoothing)
        record.run = self._record.run
        self._record, self._previous = record, None
        self.charts.show_records(record, None)
        self._changed()

    def clear(self) -> None:
        """Forget all runs: another document was opened."""
        self._first_run = self._record.run + 1
        self._record, self._previous = RunRecord(-1, self._smoothing), None
        self.charts.show_records(self._record, None)
        self._say(tr("Press Train: loss and accuracy are drawn here, step by step."))

    def refresh(self) -> None:
        """Draw now what is known; otherwise it happens by itself within a few hundredths of a second."""
        self._timer.stop()
        if self._follow.isChecked():
            self.charts.fit(self._window)
        self.charts.draw()

    def show_step(self, step: int | None) -> None:
        """A line at the step that is looked back on; None: there is none."""
        self.charts.show_step(step)

    def show_whole(self) -> None:
        """Follow the run again, all of it, or as much as was chosen."""
        self._follow.setChecked(True)
        self.refresh()

    @property
    def record(self) -> RunRecord:
        return self._record

    @property
    def legends(self) -> tuple[CurveLegend, ...]:
        return self.charts.legends

    def menu(self) -> QMenu:
        """What can be done with the curves, at the plots and at the button beside the choices."""
        menu = QMenu(self)
        menu.addAction(tr("Show the whole run"), self._choose_whole)
        keep = menu.addMenu(tr("Follow"))
        group = QActionGroup(keep)
        for steps in WINDOWS:
            words = tr("the last {steps} steps").format(steps=grouped(steps)) if steps else tr("the whole run")
            action = keep.addAction(words, partial(self._choose_window, steps))
            action.setCheckable(True)
            action.setChecked(steps == self._window)
            group.addAction(action)
        rate = menu.addAction(tr("Plot the learning rate"))
        rate.setCheckable(True)
        rate.setChecked(self._rate_shown())
        rate.triggered.connect(self._choose_rate)
        menu.addSeparator()
        for kind, words in SAVED:
            menu.addAction(tr(words), partial(self.save_requested.emit, kind)).setEnabled(self._record.run >= 0)
        return menu

    # --- runs

    def _begin(self, run: int) -> bool:
        """Make room for a new run; False for messages of an old one."""
        if run < max(self._record.run, self._first_run):
            return False
        if run > self._record.run:
            self._previous = self._record if self._record.run >= 0 else None
            self._record = RunRecord(run, self._smoothing)
            self.charts.show_records(self._record, self._previous)
        return True

    def _changed(self) -> None:
        self._pages.setCurrentIndex(1)
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    # --- the person's choices

    def _moved(self) -> None:
        self._follow.setChecked(False)
        self.refresh()

    def _choose_log(self, on: bool) -> None:
        self.charts.set_logarithmic(on)
        self.show_whole()

    def _choose_rate(self, on: bool) -> None:
        self._rate_chosen = on
        self._show_rate()

    def _choose_whole(self) -> None:
        self._choose_window(0)

    def _choose_window(self, steps: int) -> None:
        self._window = steps
        self.show_whole()

    def _choose_smoothing(self, index: int) -> None:
        self._smoothing = SMOOTHINGS[index]
        for record in (self._record, self._previous):
            if record is not None:
                record.set_smoothing(self._smoothing)
        self.refresh()

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(place)

    def _show_rate(self) -> None:
        self.charts.show_rate(self._rate_shown())
        if self._record.run >= 0 and not self._timer.isActive():
            self._timer.start()

    def _rate_shown(self) -> bool:
        return self.width() >= ROOM_FOR_RATE if self._rate_chosen is None else self._rate_chosen

    # --- building

    def _connect(self) -> None:
        self._timer.timeout.connect(self.refresh)
        self.charts.moved.connect(self._moved)
        self.charts.whole_requested.connect(self.show_whole)
        self.charts.menu_requested.connect(self._open_menu)
        self._log.toggled.connect(self._choose_log)
        self._smooth.currentIndexChanged.connect(self._choose_smoothing)
        self._follow.clicked.connect(self.refresh)
        self._more.clicked.connect(lambda: self._open_menu(self._more.mapToGlobal(QPoint(0, self._more.height()))))

    def _build(self) -> None:
        content = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._sentence)
        self._pages.addWidget(content)
        whole = QVBoxLayout(content)
        whole.setContentsMargins(8, 4, 8, 4)
        whole.setSpacing(2)
        whole.addLayout(self._choices())
        whole.addWidget(self.charts, 1)

    def _choices(self) -> QHBoxLayout:
        self._log.setToolTip(tr("Powers of ten on the axes of loss and learning rate"))
        self._smooth.addItems([tr("not smoothed"), *(f"{tr('smooth')} {factor}" for factor in SMOOTHINGS[1:])])
        self._smooth.setCurrentIndex(SMOOTHINGS.index(self._smoothing))
        self._smooth.setToolTip(tr("How much the training curves are smoothed; the raw numbers stay visible, faint"))
        self._smooth.setAccessibleName(tr("Smoothing"))
        self._smooth.setMinimumWidth(84)
        self._follow.setToolTip(tr("Keep the run in view; off as soon as you move or zoom a plot"))
        self._follow.setChecked(True)
        self._more.setText("⋯")
        self._more.setStyleSheet("padding: 3px 6px")
        self._more.setToolTip(tr("Save the curves as a picture or a table; how much is followed"))
        self._more.setAccessibleName(tr("More about the curves"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for widget in (self._log, self._smooth, self._follow, self._more):
            widget.setAccessibleDescription(widget.toolTip())
            row.addWidget(widget)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_rate()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._record.run >= 0:
            self._timer.start()


SAVED = (("png", "Save as a picture (PNG)…"), ("svg", "Save as a drawing (SVG)…"), ("csv", "Save the numbers (CSV)…"))
