"""A small card with the picture of a network, its name and where it is; a click or Enter opens it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from convstudio.ui.theme import theme

PICTURE = (160, 90)
WIDTH, HEIGHT = PICTURE[0], PICTURE[1] + 48
RADIUS = 9.0


class WelcomeCard(QAbstractButton):
    """Paints everything itself, in the manner of the cards on the canvas."""

    def __init__(self, words: str, remark: str, picture: QPixmap | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(words)
        self.setAccessibleDescription(remark)
        self._words, self._remark, self._picture = words, remark, picture
        self.setFixedSize(WIDTH, HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        hot = self.underMouse() or self.hasFocus()
        painter.fillPath(outline, theme.colour("hover" if self.isDown() else "panel"))
        painter.setClipPath(outline)
        self._paint_picture(painter)
        painter.setClipping(False)
        painter.setPen(QPen(theme.colour("accent" if hot else "line"), 1.6 if self.hasFocus() else 1.0))
        painter.drawPath(outline)
        self._paint_words(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        area = QRectF(0, 0, *PICTURE)
        painter.fillRect(area, theme.colour("canvas"))
        if self._picture:
            painter.drawPixmap(0, 0, self._picture)
        painter.setPen(theme.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _paint_words(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        lines = ((font, "text", self._words, 6), (self.font(), "dim", self._remark, 24))
        for used, ink, words, below in lines:
            room = QRectF(10, PICTURE[1] + below, WIDTH - 20, 18)
            painter.setFont(used)
            painter.setPen(theme.colour(ink))
            short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)
