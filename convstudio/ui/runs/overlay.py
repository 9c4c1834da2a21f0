"""The curves of several runs over each other: training solid, validation dashed, a colour for each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import mean

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from convstudio.ui.live.axis_range import decades, loss_top, steps_end
from convstudio.ui.live.curves import CurvePlot, Style, polyline
from convstudio.ui.live.run_record import RunRecord, Series
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

TOKENS = ("train", "warning", "good", "dense", "separable", "dilated", "bad", "combine", "normalisation", "activation")
"""Of the runs' colours, in their order; then they begin again."""
NAN = float("nan")
Group = Callable[[Path], Path]
"""What runs belong together: equal for those that do."""


class Overlay(QWidget):
    """Loss and accuracy of the runs that it is shown."""

    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: dict[Path, tuple[RunRecord, str]] = {}
        self._group: Group = lambda folder: folder
        self._hover: float | None = None
        self._whole = True
        self.loss, self.accuracy = CurvePlot(tr("Loss of the runs"), {}), CurvePlot(tr("Accuracy of the runs"), {})
        self._plots = {"loss": self.loss, "accuracy": self.accuracy}
        self._titles = {"loss": QLabel(tr("Loss")), "accuracy": QLabel(tr("Accuracy, %"))}
        self._numbers = {"loss": QLabel(), "accuracy": QLabel()}
        self._log = QCheckBox(tr("log scale"))
        self._hint = QLabel(tr("solid: training, dashed: validation"))
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.draw)
        self._lay_out()
        self._log.toggled.connect(self._choose_log)
        for plot in self._plots.values():
            plot.step_hovered.connect(self._hovered)
            plot.hover_left.connect(self._left)
            plot.moved.connect(lambda plot=plot: self._moved(plot))
            plot.whole_requested.connect(self.show_whole)
            plot.menu_requested.connect(self.menu_requested)

    @property
    def colours(self) -> Mapping[Path, str]:
        """Tokens of the colours of the runs that are drawn."""
        return {folder: token for folder, (_, token) in self._records.items()}

    def show_records(self, records: Sequence[tuple[Path, RunRecord]], group: Group = lambda folder: folder) -> None:
        """Draw these runs; they keep the colours that they have, and those of a `group` share one."""
        before, self._group = self.colours, group
        chosen = {group(folder): token for folder, token in before.items()}
        groups = dict.fromkeys(group(folder) for folder, _ in records)
        free = [token for token in TOKENS if token not in {chosen.get(name) for name in groups}]
        for number, name in enumerate(groups):
            chosen[name] = chosen.get(name) or (free.pop(0) if free else TOKENS[number % len(TOKENS)])
        drawn = {folder: (record, chosen[group(folder)]) for folder, record in records}
        if drawn.keys() != before.keys():
            self._whole = True
        self._records = drawn
        styles = {name: style for folder, token in self.colours.items() for name, style in _styles(folder, token)}
        for plot in self._plots.values():
            plot.set_styles(styles)
        self.draw()

    def show_whole(self) -> None:
        """Bring all runs into view."""
        self._whole = True
        self.draw()

    def draw(self) -> None:
        """Draw what is in view."""
        if self._whole:
            self._fit()
        for what, plot in self._plots.items():
            left, right = plot.steps_in_view()
            for folder, (record, _) in self._records.items():
                series: Series = getattr(record, what)
                steps, losses, accuracies = record.validations()
                plot.set_curve(f"{folder}", *polyline(series.smooth, record.offset, left, right, plot.width()))
                plot.set_curve(f"{folder} validation", steps, losses if what == "loss" else accuracies)
        self._show_numbers()

    def _fit(self) -> None:
        end, top, low = 1.0, 0.0, NAN
        for record, _ in self._records.values():
            least, smooth = record.loss.smooth.extremes()
            _, losses, _ = record.validations()
            end = steps_end(end, max(record.step, 1), record.step)
            top = loss_top(top, smooth, float(losses.max()) if len(losses) else NAN, record.loss.raw.extremes()[1])
            low = least if low != low else min(low, least)
        bottom, high = decades(low, top) if self._log.isChecked() else (0.0, top or 1.0)
        self.loss.set_range(0, end, bottom, high)
        self.accuracy.set_range(0, end, 0, 101)

    def _show_numbers(self) -> None:
        """Under the mouse: the value of every curve at that step."""
        step = self._hover
        for what, plot in self._plots.items():
            if step is None or not self._records:
                self._numbers[what].clear()
                plot.hide_cross()
                continue
            values = {folder: _at(record, what, step) for folder, (record, _) in self._records.items()}
            plot.show_cross(step, {str(folder): value for folder, value in values.items()})
            self._numbers[what].setText(self._words(values, step))

    def _words(self, values: Mapping[Path, float], step: float) -> str:
        """The value of each run, or the mean of each group."""
        parts = [f"<span style='color:{theme.text('dim')}'>{escape(tr('step'))} {grouped(round(step))}</span>"]
        found: dict[Path, list[float]] = {}
        for folder, value in values.items():
            found.setdefault(self._group(folder), []).append(value)
        tokens = {self._group(folder): token for folder, token in self.colours.items()}
        for name, numbers in found.items():
            known, token = [number for number in numbers if number == number], tokens[name]
            text = f"{mean(known):.3g}" if known else "–"
            parts.append(f"<span style='color:{theme.text(token)}'>● {text}</span>")
        return " ".join(parts)

    def _hovered(self, step: float) -> None:
        self._hover = step
        self._show_numbers()

    def _left(self) -> None:
        self._hover = None
        self._show_numbers()

    def _moved(self, moved: CurvePlot) -> None:
        self._whole = False
        for plot in self._plots.values():
            if plot is not moved:
                plot.set_steps(*moved.steps_in_view())
        self.draw()

    def _choose_log(self, on: bool) -> None:
        self.loss.set_logarithmic(on)
        self.show_whole()

    def _lay_out(self) -> None:
        self._log.setToolTip(tr("Powers of ten on the axis of the loss"))
        self._hint.setObjectName("dim")
        choices = QHBoxLayout()
        choices.addWidget(self._hint)
        choices.addStretch()
        choices.addWidget(self._log)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for column, what in enumerate(self._plots):
            head = QHBoxLayout()
            self._titles[what].setStyleSheet("font-weight: 600")
            self._numbers[what].setFont(number_font(number_font().pointSizeF() - 1))
            self._numbers[what].setMinimumWidth(20)
            head.addWidget(self._titles[what])
            head.addStretch()
            head.addWidget(self._numbers[what])
            grid.addLayout(head, 0, column)
            grid.addWidget(self._plots[what], 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(choices)
        whole.addLayout(grid, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start()


def _styles(folder: Path, token: str) -> list[tuple[str, Style]]:
    return [(f"{folder}", Style(token, 1.0, 3)), (f"{folder} validation", Style(token, 0.9, 4, dashed=True))]


def _at(record: RunRecord, what: str, step: float) -> float:
    """The smoothed value at a step; NaN before the first and behind the last one."""
    series: Series = getattr(record, what)
    index = round(step) - record.offset - 1
    return series.at(index) if 0 <= index < len(series.smooth) else NAN
