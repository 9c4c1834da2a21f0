"""The Training tab: loss and accuracy over the steps of a run, for training and validation, while they happen."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from convstudio.protocol.messages import Metrics, Validation
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.axis_range import decades, loss_top, steps_end
from convstudio.ui.live.curve_legend import CurveLegend
from convstudio.ui.live.curves import CurvePlot, polyline
from convstudio.ui.live.run_record import RunRecord, Series
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import tr

SMOOTHINGS = (0.0, 0.6, 0.9, 0.98)
_REDRAW = 33
"""Milliseconds between two paintings while numbers stream in."""


class TrainingPanel(QWidget):
    """Keeps the numbers of the present run (and the one before it, faint) and draws what is in view of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record = RunRecord(-1)
        self._previous: RunRecord | None = None
        self._first_run = 0
        self._smoothing = 0.6
        self._end, self._top = 0.0, 0.0
        self._hover: float | None = None
        self._sentence = Sentence(tr("Press Train: loss and accuracy are drawn here, step by step."))
        self._loss, self._accuracy = CurvePlot(tr("Loss over steps")), CurvePlot(tr("Accuracy over steps, per cent"))
        self._loss_legend = CurveLegend(tr("Loss"), "#.3g")
        self._accuracy_legend = CurveLegend(tr("Accuracy"), ".1f", " %")
        self._log = QCheckBox(tr("log scale"))
        self._smooth = QComboBox()
        self._follow = QCheckBox(tr("follow"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REDRAW)
        self._build()
        self._connect()

    # --- slots

    def on_metrics(self, message: Metrics) -> None:
        """Add the steps of the message; a new run number begins new curves, an old one is ignored."""
        if not self._begin(message.run):
            return
        try:
            losses, hits = floats(message.losses).reshape(-1), floats(message.hits).reshape(-1)
        except ArrayError as problem:
            self._say(str(problem))
            return
        self._record.total = message.epochs * message.batches
        self._record.add_steps(message.step, losses, hits)
        self._changed()

    def on_validation(self, message: Validation) -> None:
        """Add a point of the validation curves."""
        if self._begin(message.run):
            self._record.add_validation(message.step, message.loss, message.accuracy, message.mean_iou)
            self._changed()

    def on_change(self, run: int, step: int, words: str) -> None:
        """The run goes on with an edited document: a mark with the words for the edit."""
        if self._begin(run):
            self._record.changes.append((step, words))
            self._changed()

    def clear(self) -> None:
        """Forget all runs: another document was opened."""
        self._first_run = self._record.run + 1
        self._record, self._previous = RunRecord(-1, self._smoothing), None
        self._end = self._top = 0.0
        self._say(tr("Press Train: loss and accuracy are drawn here, step by step."))

    def refresh(self) -> None:
        """Draw now what is known; otherwise it happens by itself within a few hundredths of a second."""
        self._timer.stop()
        if self._follow.isChecked():
            self._fit()
        self._draw(self._loss, "loss")
        self._draw(self._accuracy, "accuracy")
        self._accuracy.set_curve("mean IoU", *self._record.overlaps())
        for plot in (self._loss, self._accuracy):
            plot.set_marks(self._record.changes)
        self._show_numbers()

    @property
    def record(self) -> RunRecord:
        return self._record

    @property
    def loss_plot(self) -> CurvePlot:
        return self._loss

    @property
    def accuracy_plot(self) -> CurvePlot:
        return self._accuracy

    @property
    def legends(self) -> tuple[CurveLegend, CurveLegend]:
        return self._loss_legend, self._accuracy_legend

    # --- runs

    def _begin(self, run: int) -> bool:
        """Make room for a new run; False for messages of an old one."""
        if run < max(self._record.run, self._first_run):
            return False
        if run > self._record.run:
            self._previous = self._record if self._record.run >= 0 else None
            self._record = RunRecord(run, self._smoothing)
            self._end = self._top = 0.0
        return True

    def _changed(self) -> None:
        self._pages.setCurrentIndex(1)
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    # --- drawing

    def _fit(self) -> None:
        """Ranges for everything: they change only when the data left them."""
        record = self._record
        self._end = steps_end(self._end, max(record.step, 1), record.total)
        _, validation, _ = record.validations()
        highest = float(validation.max()) if len(validation) else float("nan")
        low, smooth = record.loss.smooth.extremes()
        self._top = loss_top(self._top, smooth, highest, record.loss.raw.extremes()[1])
        bottom, top = 0.0, self._top or 1.0
        if self._log.isChecked():
            bottom, top = decades(low, max(smooth, self._top))
        self._loss.set_range(0, self._end, bottom, top)
        self._accuracy.set_range(0, self._end, 0, 101)

    def _draw(self, plot: CurvePlot, what: str) -> None:
        left, right = plot.steps_in_view()
        for record, names in (
            (self._record, ("train", "validation")),
            (self._previous or RunRecord(-1), ("previous", "previous validation")),
        ):
            series: Series = getattr(record, what)
            steps, losses, accuracies = record.validations()
            plot.set_curve(names[0], *polyline(series.smooth, record.offset, left, right, plot.width()))
            plot.set_curve(names[1], steps, losses if what == "loss" else accuracies)
        series = getattr(self._record, what)
        plot.set_curve("raw", *polyline(series.raw, self._record.offset, left, right, plot.width()))

    def _show_numbers(self) -> None:
        """The newest numbers, or those under the mouse."""
        record = self._record
        step = record.step if self._hover is None else min(max(round(self._hover), record.offset + 1), record.step)
        index = step - record.offset - 1
        loss, accuracy = record.validation_at(step)
        shown = None if self._hover is None else step
        self._loss_legend.set_numbers(record.loss.at(index), loss, shown)
        self._accuracy_legend.set_numbers(record.accuracy.at(index), accuracy, shown, record.overlap_at(step))

    # --- the person's choices

    def _hovered(self, step: float) -> None:
        self._hover = step
        self._show_numbers()

    def _left(self) -> None:
        self._hover = None
        self._show_numbers()

    def _moved(self) -> None:
        self._follow.setChecked(False)
        self.refresh()

    def _choose_log(self, on: bool) -> None:
        self._loss.set_logarithmic(on)
        self._follow.setChecked(True)
        self.refresh()

    def _choose_smoothing(self, index: int) -> None:
        self._smoothing = SMOOTHINGS[index]
        for record in (self._record, self._previous):
            if record is not None:
                record.set_smoothing(self._smoothing)
        self.refresh()

    # --- building

    def _connect(self) -> None:
        self._timer.timeout.connect(self.refresh)
        for plot in (self._loss, self._accuracy):
            plot.step_hovered.connect(self._hovered)
            plot.hover_left.connect(self._left)
            plot.moved.connect(self._moved)
        self._log.toggled.connect(self._choose_log)
        self._smooth.currentIndexChanged.connect(self._choose_smoothing)
        self._follow.clicked.connect(self.refresh)

    def _build(self) -> None:
        content = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._sentence)
        self._pages.addWidget(content)
        whole = QVBoxLayout(content)
        whole.setContentsMargins(8, 4, 8, 4)
        whole.setSpacing(2)
        whole.addLayout(self._choices())
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        for column, (legend, plot) in enumerate(
            ((self._loss_legend, self._loss), (self._accuracy_legend, self._accuracy))
        ):
            grid.addWidget(legend, 0, column)
            grid.addWidget(plot, 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        whole.addLayout(grid, 1)

    def _choices(self) -> QHBoxLayout:
        self._log.setToolTip(tr("Powers of ten on the axis of the loss"))
        self._smooth.addItems([tr("not smoothed"), *(f"{tr('smooth')} {factor}" for factor in SMOOTHINGS[1:])])
        self._smooth.setCurrentIndex(SMOOTHINGS.index(self._smoothing))
        self._smooth.setToolTip(tr("How much the training curves are smoothed; the raw numbers stay visible, faint"))
        self._smooth.setAccessibleName(tr("Smoothing"))
        self._follow.setToolTip(tr("Keep the whole run in view; off as soon as you move or zoom a plot"))
        self._follow.setChecked(True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch()
        for widget in (self._log, self._smooth, self._follow):
            widget.setAccessibleDescription(widget.toolTip())
            row.addWidget(widget)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._record.run >= 0 and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._record.run >= 0:
            self._timer.start()
