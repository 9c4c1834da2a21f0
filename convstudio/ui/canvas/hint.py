"""The small label at the cursor that says what letting go would do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from convstudio.ui.theme import theme

MAX_WIDTH = 320
SIDE, ABOVE = 9, 4
"""Pixels between the text and the frame."""
OFFSET = QPoint(16, 18)


class Hint(QLabel):
    """A line or two of text in a frame of the colour that it is said in; lies over the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str, token: str, at: QPoint) -> None:
        """Show `words` in the colour of a token, beside the point `at` of the parent."""
        colour = theme.text(token)
        self.setStyleSheet(
            f"background: {theme.text('raised')}; color: {colour}; border: 1px solid {colour};"
            f" border-radius: 6px; padding: {ABOVE - 1}px {SIDE - 1}px;"
        )
        self.setText(words)
        self.setFixedSize(self._room(words))
        self.move(self._inside(at + OFFSET))
        self.show()
        self.raise_()

    def _room(self, words: str) -> QSize:
        """As much as the words take; a label that has a style sheet asks for its padding twice."""
        most, wrap = QRect(0, 0, MAX_WIDTH - 2 * SIDE, 10_000), Qt.TextFlag.TextWordWrap
        return self.fontMetrics().boundingRect(most, wrap, words).size() + QSize(2 * SIDE + 1, 2 * ABOVE)

    def _inside(self, place: QPoint) -> QPoint:
        parent = self.parentWidget()
        assert parent is not None
        x = min(place.x(), parent.width() - self.width() - 4)
        y = min(place.y(), parent.height() - self.height() - 4)
        return QPoint(max(4, x), max(4, y))
