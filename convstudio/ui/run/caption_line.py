"""A line with a text at each end that gives way: shorter wordings are shown where the whole ones do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.theme import theme

GAP = 12
"""Free pixels between the two texts."""


class CaptionLine(QWidget):
    """Paints its texts itself, so that 15 changes a second lay nothing out anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left: tuple[str, ...] = ("",)
        self._right: tuple[str, ...] = ()
        self._token = "text"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """All there is to say, whether or not there is room for it."""
        return " · ".join(text for text in (self._left[0], *self._right[:1]) if text)

    def show_texts(self, left: Sequence[str], right: Sequence[str] = (), token: str = "text") -> None:
        """Wordings of both texts, the longest first; `token` is the colour of the left one."""
        self._left, self._right, self._token = tuple(left), tuple(right), token
        self.setAccessibleName(self.text)
        self.setToolTip(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(330, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left, right = fitting(self._left, self._right, self.width(), self.fontMetrics().horizontalAdvance)
        cut = self.fontMetrics().elidedText(left, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(theme.colour(self._token))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        painter.setPen(theme.colour("dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)


def fitting(left: Sequence[str], right: Sequence[str], room: int, width: Callable[[str], int]) -> tuple[str, str]:
    """The wordings for `room` pixels: the left text comes first, then as much of the right one as still fits."""
    first = next((text for text in left if width(text) <= room), left[-1])
    free = room - width(left[0]) - GAP
    return first, next((text for text in right if width(text) <= free), "")
