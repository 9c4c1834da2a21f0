"""Three plots of one run on the same steps: loss, accuracy and learning rate, with their legends above them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from convstudio.ui.live.axis_range import decades, loss_top, round_above, steps_end
from convstudio.ui.live.chart import Chart
from convstudio.ui.live.curve_legend import OVERLAP, RATE, RAW, TRAIN, VALIDATION, CurveLegend
from convstudio.ui.live.curves import CurvePlot, Style, polyline
from convstudio.ui.live.pyramid import Pyramid
from convstudio.ui.live.run_record import RunRecord, Series
from convstudio.ui.text import tr

RATE_STYLES = {"previous": Style("wire", 0.45, 0), "train": Style("train", 1.0, 3)}
NAN = float("nan")


class RunCharts(QWidget):
    """Draws a record, and faintly the one before it. `fit` chooses what is in view; the person may choose otherwise."""

    moved = Signal()
    whole_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record = RunRecord(-1)
        self._previous = RunRecord(-1)
        self._logarithmic = False
        self._end, self._top, self._fastest = 0.0, 0.0, 0.0
        self._hover: float | None = None
        self.loss, self.accuracy = CurvePlot(tr("Loss over steps")), CurvePlot(tr("Accuracy over steps, per cent"))
        self.rate = CurvePlot(tr("Learning rate over steps"), RATE_STYLES)
        self.plots = (self.loss, self.accuracy, self.rate)
        self.legends = (
            CurveLegend(tr("Loss"), "#.3g", (RAW, TRAIN, VALIDATION)),
            CurveLegend(tr("Accuracy"), ".1f", (RAW, TRAIN, VALIDATION, OVERLAP), " %"),
            CurveLegend(tr("Learning rate"), ".3g", (RATE,)),
        )
        self._lay_out()
        for plot in self.plots:
            plot.step_hovered.connect(self._hovered)
            plot.hover_left.connect(self._left)
            plot.moved.connect(lambda plot=plot: self._follow_steps(plot))
            plot.whole_requested.connect(self.whole_requested)
            plot.menu_requested.connect(self.menu_requested)

    def show_records(self, record: RunRecord, previous: RunRecord | None) -> None:
        """From now on these are drawn; ranges are chosen anew."""
        self._record, self._previous = record, previous or RunRecord(-1)
        self._end = self._top = self._fastest = 0.0

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Powers of ten on the axes of loss and learning rate."""
        self._logarithmic = logarithmic
        for plot in (self.loss, self.rate):
            plot.set_logarithmic(logarithmic)

    def show_rate(self, shown: bool) -> None:
        """Whether the learning rate has a plot."""
        for widget in (self.rate, self.legends[2]):
            widget.setVisible(shown)
        self._grid.setColumnStretch(2, 7 if shown else 0)
        self._grid.setHorizontalSpacing(16 if shown or self.width() > 500 else 6)

    def fit(self, last: int = 0) -> None:
        """Bring the whole run into view, or its `last` steps; whole ranges change only when the data left them.

        A run that has no steps yet leaves the view to the one before it.
        """
        if len(self._record.loss.raw) or not len(self._previous.loss.raw):
            return self._fit(self._record, last)
        self._fit(self._previous, 0)
        self._end = self._top = self._fastest = 0.0

    def _fit(self, record: RunRecord, last: int) -> None:
        self._end = steps_end(self._end, max(record.step, 1), record.total)
        left, right = (max(0, record.step - last), max(record.step, last)) if last else (0, self._end)
        bottom, top = self._loss_range(record)
        if last:
            bottom, top = self._near(record, left, right) or (bottom, top)
        self.loss.set_range(left, right, bottom, top)
        self.accuracy.set_range(left, right, 0, 101)
        self.rate.set_range(left, right, *self._rate_range(record))

    def draw(self) -> None:
        """Draw what is in view, and the numbers."""
        for plot, what in ((self.loss, "loss"), (self.accuracy, "accuracy")):
            self._draw(plot, what)
        self.accuracy.set_curve("mean IoU", *self._record.overlaps())
        left, right = self.rate.steps_in_view()
        for record, name in ((self._record, "train"), (self._previous, "previous")):
            self.rate.set_curve(name, *polyline(record.rate, record.offset, left, right, self.rate.width()))
        for plot in self.plots:
            plot.set_marks(self._record.marks)
        self._show_numbers()

    def show_step(self, step: int | None) -> None:
        """A line at a step that does not follow the mouse."""
        for plot in self.plots:
            plot.show_moment(step)

    def charts(self) -> tuple[Chart, ...]:
        """What can be seen, as plain data."""
        pairs = zip(self.plots, self.legends, strict=True)
        return tuple(plot.chart(legend.title) for plot, legend in pairs if not plot.isHidden())

    def _loss_range(self, record: RunRecord) -> tuple[float, float]:
        _, validation, _ = record.validations()
        highest = float(validation.max()) if len(validation) else NAN
        low, smooth = record.loss.smooth.extremes()
        self._top = loss_top(self._top, smooth, highest, record.loss.raw.extremes()[1])
        return decades(low, max(smooth, self._top)) if self._logarithmic else (0.0, self._top or 1.0)

    def _near(self, record: RunRecord, left: float, right: float) -> tuple[float, float] | None:
        """The range of the losses between two steps; None where there are none, or it has to be whole decades."""
        offset = record.offset
        bins = record.loss.smooth.bins(int(left) - offset, int(right) - offset, 200)
        part = Pyramid()
        part.append(bins.low)
        part.append(bins.high)
        low, high = part.extremes()
        if self._logarithmic or not high - low > 0:
            return None
        return low - (high - low) / 10, high + (high - low) / 10

    def _rate_range(self, record: RunRecord) -> tuple[float, float]:
        low, high = record.rate.extremes()
        if self._logarithmic:
            return decades(low, high)
        if high > self._fastest:
            self._fastest = round_above(1.05 * high)
        return 0.0, self._fastest or 1.0

    def _draw(self, plot: CurvePlot, what: str) -> None:
        left, right = plot.steps_in_view()
        for record, names in (
            (self._record, ("train", "validation")),
            (self._previous, ("previous", "previous validation")),
        ):
            series: Series = getattr(record, what)
            steps, losses, accuracies = record.validations()
            plot.set_curve(names[0], *polyline(series.smooth, record.offset, left, right, plot.width()))
            plot.set_curve(names[1], steps, losses if what == "loss" else accuracies)
        series = getattr(self._record, what)
        plot.set_curve("raw", *polyline(series.raw, self._record.offset, left, right, plot.width()))

    def _show_numbers(self) -> None:
        """The newest numbers, or those under the mouse, with a dot on each curve."""
        record, hovered = self._record, self._hover is not None
        index = record.index(self._hover) if self._hover is not None else len(record.loss.raw) - 1
        step = record.offset + index + 1
        loss, accuracy = record.validation_at(step)
        rate = _value(record.rate, index)
        raw_loss, raw_hits = (_value(s.raw, index) if hovered else NAN for s in (record.loss, record.accuracy))
        shown = step if hovered else None
        losses = (raw_loss, record.loss.at(index), loss)
        hits = (raw_hits, record.accuracy.at(index), accuracy, record.overlap_at(step))
        for legend, values in zip(self.legends, (losses, hits, (rate,)), strict=True):
            legend.set_numbers(values, shown)
        if hovered:
            names = ("raw", "train", "validation", "mean IoU")
            for plot, values in ((self.loss, losses), (self.accuracy, hits)):
                plot.show_cross(step, dict(zip(names, values, strict=False)))
            self.rate.show_cross(step, {"train": rate})

    def _hovered(self, step: float) -> None:
        if len(self._record.loss.raw):
            self._hover = step
            self._show_numbers()

    def _left(self) -> None:
        self._hover = None
        for plot in self.plots:
            plot.hide_cross()
        self._show_numbers()

    def _follow_steps(self, moved: CurvePlot) -> None:
        """All plots show the same steps."""
        for plot in self.plots:
            if plot is not moved:
                plot.set_steps(*moved.steps_in_view())
        self.moved.emit()

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        for column, (legend, plot) in enumerate(zip(self.legends, self.plots, strict=True)):
            grid.addWidget(legend, 0, column)
            grid.addWidget(plot, 1, column)
            grid.setColumnStretch(column, 10)
        grid.setRowStretch(1, 1)


def _value(series: Pyramid, index: int) -> float:
    return float(series.values[index]) if 0 <= index < len(series) else NAN
