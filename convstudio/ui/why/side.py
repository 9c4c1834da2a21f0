"""What stands beside the pictures of the Why tab: how far the answer is, its numbers, its scale, what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

LOW_FONT = 7.5
SHARE = 75
"""Percent of the explanation in the picture over the sample at first."""


class Side(QScrollArea):
    """Holds labels and fields, and scrolls where they need more room than there is.

    In a low panel the words are smaller, the slider stands beside the scale, and no heading repeats the method: so the
    whole paragraph is seen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.hover = Caption(), Caption()
        self.numbers, self.about = QLabel(), QLabel()
        self.bar, self.over = ColourBar(tr("Scale of the explanation")), QSlider(Qt.Orientation.Horizontal)
        self.progress, self.stop = QProgressBar(), QPushButton(tr("Stop"))
        self._scale = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._scale.setSpacing(5)
        self._low, self._numbers = False, ""
        self._dress()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        waiting = QHBoxLayout()
        waiting.addWidget(self.progress, 1)
        waiting.addWidget(self.stop)
        for label in (self.heading, self.numbers):
            column.addWidget(label)
        column.addLayout(waiting)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addWidget(self.over)
        beside.addWidget(self.hover)
        self._scale.addWidget(self.bar, 1)
        self._scale.addLayout(beside, 1)
        column.addLayout(self._scale)
        column.addWidget(self.about)
        column.addStretch(1)
        self.setWidget(inside)
        self.show_progress(1.0)

    def set_low(self, low: bool) -> None:
        """Whether there is little height."""
        self._low = low
        self.show_numbers(self._numbers)
        self.heading.setVisible(not low)
        self._scale.setDirection(QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom)
        for label in (self.numbers, self.hover):
            label.setFont(number_font(LOW_FONT) if low else number_font())
        self.about.setStyleSheet(f"font-size: {LOW_FONT}pt" if low else "")

    def show_numbers(self, text: str) -> None:
        """A line for each number, or, where there is little height, one after another."""
        self._numbers = text
        self.numbers.setText(text.replace("\n", " · ") if self._low else text)

    def show_progress(self, share: float) -> None:
        """How much of the work is done; at 1 nothing is said of it."""
        self.progress.setValue(round(1000 * share))
        for widget in (self.progress, self.stop):
            widget.setVisible(share < 1)

    def show_method(self, about: str, heated: bool) -> None:
        """Another method: its paragraph, and whether it has a scale."""
        self.about.setText(about)
        self.show_numbers("")
        for label in (self.heading, self.hover):
            label.setText("")
        self.bar.set_scale((), -1, ())
        for widget in (self.bar, self.over, self.hover):
            widget.setVisible(heated)
        self.show_progress(1.0)

    def _dress(self) -> None:
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(150, 40)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.about.setObjectName("dim")
        self.hover.setFont(number_font())
        self.numbers.setFont(number_font())
        for label in (self.about, self.numbers):
            label.setWordWrap(True)
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.over.setRange(0, 100)
        self.over.setValue(SHARE)
        self.over.setMaximumWidth(240)
        self.over.setAccessibleName(tr("Sample or explanation"))
        self.over.setToolTip(tr("Left the sample, right the explanation"))
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("How far the answer is"))
        self.stop.setStyleSheet("padding: 2px 8px")
