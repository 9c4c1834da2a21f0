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
        self._train, self._validation, self._overlap = Caption(name="train"), Caption(name="validation"), Caption()
        self._values = (float("nan"),) * 3
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(7)
        font = self._title_label.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._title_label.setFont(font)
        row.addWidget(self._title_label)
        row.addWidget(self._step)
        row.addStretch(1)
        for label in (self._train, self._validation, self._overlap):
            label.setFont(number_font(number_font().pointSizeF() - 0.5))
            row.addWidget(label)
        self._overlap.hide()
        self._paint_theme()
        theme.changed.connect(self._paint_theme)

    def set_numbers(self, train: float, validation: float, step: int | None, overlap: float = float("nan")) -> None:
        """The values of the curves (NaN: none yet), `overlap` the mean IoU; `step` where they are not the newest."""
        self._step.setText("" if step is None else f"{tr('step')} {grouped(step)}")
        self._step.setVisible(step is not None)
        self._values = (train, validation, overlap)
        self._overlap.setVisible(overlap == overlap)
        self._show()

    @property
    def text(self) -> str:
        """Everything that it says."""
        labels = (self._title_label, self._step, self._train, self._validation, self._overlap)
        return " ".join(label.text() for label in labels if label.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        """With full words where they fit, else with short ones."""
        full, short, shortest = (
            (tr("train"), tr("validation"), tr("mean IoU")),
            ("", tr("val"), "IoU"),
            ("", "v", "IoU"),
        )
        exact, rough = self._digits, ".0f" if self._unit else self._digits
        forms = ((full, self._unit, exact), (short, self._unit, exact), (shortest, "", exact), (shortest, "", rough))
        labels = (self._train, self._validation, self._overlap)
        for names, unit, digits in forms:
            for label, name, value in zip(labels, names, self._values, strict=True):
                label.setText("" if value != value else f"{name} {value:{digits}}{unit}".strip())
            if self._row.sizeHint().width() <= self.width():
                return

    def _paint_theme(self) -> None:
        self._train.setStyleSheet(f"color: {theme.text('train')}")
        self._overlap.setStyleSheet(f"color: {theme.text('good_text')}")
        self._validation.setStyleSheet(f"color: {theme.text('warning_text')}")
