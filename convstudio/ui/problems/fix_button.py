"""The button of a fix: where its words have no room it shortens them, and says them in full on hover."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

LEAST = 60
SIDE = 12
"""Pixels left and right of the words."""


class FixButton(QPushButton):
    """Never asks for more width than there is: a card that is wider than its column would be cut off."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    @property
    def shown(self) -> str:
        """The words as far as they have room."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - 2 * SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self.text() if self.shown != self.text() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
