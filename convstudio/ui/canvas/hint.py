"""The small label at the cursor that says what letting go would do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from convstudio.ui.theme import theme

MAX_WIDTH = 320
OFFSET = QPoint(16, 18)


class Hint(QLabel):
    """A line or two of text in a frame of the colour that it is said in; lies over the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str, token: str, at: QPoint) -> None:
        """Show `words` in the colour of a token, beside the point `at` of the parent."""
        colour = theme.text(token)
        self.setStyleSheet(
            f"background: {theme.text('raised')}; color: {colour}; border: 1px solid {colour};"
            " border-radius: 6px; padding: 4px 8px;"
        )
        self.setText(words)
        width = min(MAX_WIDTH, max(map(self.fontMetrics().horizontalAdvance, words.splitlines()), default=0) + 22)
        self.setFixedWidth(width)
        self.setFixedHeight(self.heightForWidth(width))
        self.move(self._inside(at + OFFSET))
        self.show()
        self.raise_()

    def _inside(self, place: QPoint) -> QPoint:
        parent = self.parentWidget()
        assert parent is not None
        x = min(place.x(), parent.width() - self.width() - 4)
        y = min(place.y(), parent.height() - self.height() - 4)
        return QPoint(max(4, x), max(4, y))
