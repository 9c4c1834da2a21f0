"""The line above a plot: its title and the numbers of its curves, each in the curve's colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme


class Entry(NamedTuple):
    """A number of a legend: its name in three lengths, and the token of its colour."""

    full: str
    short: str
    shortest: str
    token: str


RAW = Entry("raw", "raw", "r", "dim")
TRAIN = Entry("train", "", "", "train")
VALIDATION = Entry("validation", "val", "v", "warning_text")
OVERLAP = Entry("mean IoU", "IoU", "IoU", "good_text")
RATE = Entry("", "", "", "train")


class CurveLegend(QWidget):
    """'Loss  train 0.112  validation 0.141', of the newest step or of the step under the mouse."""

    def __init__(
        self, title: str, digits: str, entries: Sequence[Entry], unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._digits, self._unit, self._entries = digits, unit, tuple(entries)
        self._title_label = QLabel(title)
        self._step = Caption()
        self._labels = [Caption() for _ in entries]
        self._values = [float("nan")] * len(entries)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(7)
        font = self._title_label.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._title_label.setFont(font)
        row.addWidget(self._title_label)
        row.addWidget(self._step)
        row.addStretch(1)
        for label in self._labels:
            label.setFont(number_font(number_font().pointSizeF() - 0.5))
            label.hide()
            row.addWidget(label)
        self._paint_theme()
        theme.changed.connect(self._paint_theme)

    def set_numbers(self, values: Sequence[float], step: int | None) -> None:
        """The values of the entries (NaN: none, and not shown); `step` where they are not the newest."""
        self._step.setText("" if step is None else f"{tr('step')} {grouped(step)}")
        self._step.setVisible(step is not None)
        self._values = [float(value) for value in values]
        for label, value in zip(self._labels, self._values, strict=True):
            label.setVisible(value == value)
        self._show()

    @property
    def text(self) -> str:
        """Everything that it says."""
        labels = (self._title_label, self._step, *self._labels)
        return " ".join(label.text() for label in labels if label.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        """With full words where they fit, else with short ones; at last without the title, which the axis tells."""
        rough = ".0f" if self._unit else self._digits
        forms = ((0, self._unit, self._digits), (1, self._unit, self._digits), (2, "", self._digits), (2, "", rough))
        for length, unit, digits in forms:
            for label, entry, value in zip(self._labels, self._entries, self._values, strict=True):
                name = tr(entry[length]) if entry[length] else ""
                label.setText("" if value != value else f"{name} {value:{digits}}{unit}".strip())
            if self._row.sizeHint().width() <= self.width():
                return

    def _paint_theme(self) -> None:
        for label, entry in zip(self._labels, self._entries, strict=True):
            label.setStyleSheet(f"color: {theme.text(entry.token)}")
