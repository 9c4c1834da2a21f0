"""The sign of muting: an eye, struck through where something is off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from convstudio.ui.theme import theme

SIDE = 17
"""Pixels of a side of the sign on a thumbnail."""


def paint_eye(painter: QPainter, place: QRectF, off: bool) -> None:
    """On a dark disc, so that it can be seen on any map."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor("#12141a")
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place, 4, 4)
    eye = place.adjusted(3, 4.5, -3, -4.5)
    lid = QPainterPath(QPointF(eye.left(), eye.center().y()))
    lid.quadTo(QPointF(eye.center().x(), eye.top() - 2.5), QPointF(eye.right(), eye.center().y()))
    lid.quadTo(QPointF(eye.center().x(), eye.bottom() + 2.5), QPointF(eye.left(), eye.center().y()))
    colour = QColor("#f0b44c" if off else "#e8ebf1")
    painter.setPen(QPen(colour, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(lid)
    painter.setBrush(colour)
    painter.drawEllipse(eye.center(), 1.6, 1.6)
    if off:
        painter.setPen(QPen(colour, 1.5))
        painter.drawLine(place.bottomLeft() + QPointF(3.5, -3.5), place.topRight() + QPointF(-3.5, 3.5))
    painter.restore()


def paint_tag(painter: QPainter, corner: QPointF, words: str) -> None:
    """On the upper edge of a block, from its left corner: what of it is off."""
    painter.save()
    font = painter.font()
    font.setPointSizeF(7.5)
    painter.setFont(font)
    room = QRectF(corner.x(), corner.y(), painter.fontMetrics().horizontalAdvance(words) + 12, 15)
    painter.setPen(QPen(theme.colour("canvas"), 1))
    painter.setBrush(theme.colour("warning"))
    painter.drawRoundedRect(room, 5, 5)
    painter.setPen(QColor("#12141a" if theme.dark else "#ffffff"))
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()
