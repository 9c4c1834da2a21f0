"""What stands beside the pictures of the Why tab: how far the answer is, its numbers, its scale, what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QSlider, QVBoxLayout, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

SHARE = 75
"""Percent of the explanation in the picture over the sample at first."""


class Side(QScrollArea):
    """Holds labels and fields, and scrolls where they need more room than there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.hover = Caption(), Caption()
        self.numbers, self.about = QLabel(), QLabel()
        self.bar, self.over = ColourBar(tr("Scale of the explanation")), QSlider(Qt.Orientation.Horizontal)
        self.progress, self.stop = QProgressBar(), QPushButton(tr("Stop"))
        self._dress()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(5)
        waiting = QHBoxLayout()
        waiting.addWidget(self.progress, 1)
        waiting.addWidget(self.stop)
        for label in (self.heading, self.numbers):
            column.addWidget(label)
        column.addLayout(waiting)
        for widget in (self.bar, self.over, self.hover, self.about):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inside)
        self.show_progress(1.0)

    def show_progress(self, share: float) -> None:
        """How much of the work is done; at 1 nothing is said of it."""
        self.progress.setValue(round(1000 * share))
        for widget in (self.progress, self.stop):
            widget.setVisible(share < 1)

    def show_method(self, about: str, heated: bool) -> None:
        """Another method: its paragraph, and whether it has a scale."""
        self.about.setText(about)
        for label in (self.heading, self.numbers, self.hover):
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
