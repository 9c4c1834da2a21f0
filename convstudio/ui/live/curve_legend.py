"""The line above a plot: its title and the numbers of its curves, each in the curve's colour."""

from __future__ import annotations

from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme


class CurveLegend(QWidget):
    """'Loss  train 0.112  validation 0.141', of the newest step or of the step under the mouse."""

    def __init__(self, title: str, digits: str, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._digits, self._unit = title, digits, unit
        self._title_label = QLabel(title)
        self._step = Caption()
        self._train, self._validation = Caption(name="train"), Caption(name="validation")
        self._values = (float("nan"), float("nan"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(7)
        font = self._title_label.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._title_label.setFont(font)
        row.addWidget(self._title_label)
        row.addWidget(self._step)
        row.addStretch(1)
        for label in (self._train, self._validation):
            label.setFont(number_font(number_font().pointSizeF() - 0.5))
            row.addWidget(label)
        self._paint_theme()
        theme.changed.connect(self._paint_theme)

    def set_numbers(self, train: float, validation: float, step: int | None) -> None:
        """The values of the two curves (NaN: none yet); `step` where they are not the newest."""
        self._step.setText("" if step is None else f"{tr('step')} {grouped(step)}")
        self._step.setVisible(step is not None)
        self._values = (train, validation)
        self._show()

    @property
    def text(self) -> str:
        """Everything that it says."""
        labels = (self._title_label, self._step, self._train, self._validation)
        return " ".join(label.text() for label in labels if label.text())

    def _words(self, name: str, value: float, unit: str) -> str:
        return "" if value != value else f"{name} {value:{self._digits}}{unit}".strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        """With full words where they fit, else with short ones."""
        full, short, shortest = (tr("train"), tr("validation")), ("", tr("val")), ("", tr("v"))
        for names, unit in ((full, self._unit), (short, self._unit), (shortest, "")):
            self._train.setText(self._words(names[0], self._values[0], unit))
            self._validation.setText(self._words(names[1], self._values[1], unit))
            if self._row.sizeHint().width() <= self.width():
                return

    def _paint_theme(self) -> None:
        self._train.setStyleSheet(f"color: {theme.text('train')}")
        self._validation.setStyleSheet(f"color: {theme.text('warning_text')}")
