"""The signs on run buttons: play, pause, stop, restart, painted as paths so that they are sharp at any scale."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

Sign = Literal["play", "pause", "stop", "restart"]
SIDE = 14
GAP = 4
"""Room between a sign and the label after it."""


def size(labelled: bool) -> QSize:
    """How large the icon of a button is, in units; wider where a label follows."""
    return QSize(SIDE + GAP * labelled, SIDE)


def icon(sign: Sign, colour: QColor, faint: QColor, ratio: float, labelled: bool = False) -> QIcon:
    """The sign in `colour`, and in `faint` while its button is disabled; `ratio` is device pixels a unit."""
    found = QIcon()
    found.addPixmap(_pixmap(sign, colour, ratio, size(labelled)), QIcon.Mode.Normal)
    found.addPixmap(_pixmap(sign, faint, ratio, size(labelled)), QIcon.Mode.Disabled)
    return found


def _pixmap(sign: Sign, colour: QColor, ratio: float, size: QSize) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    {"play": _play, "pause": _pause, "stop": _stop, "restart": _restart}[sign](painter)
    painter.end()
    return pixmap


def _play(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(3.5, 1.5), QPointF(12, 7), QPointF(3.5, 12.5)]))


def _pause(painter: QPainter) -> None:
    for x in (2.5, 8.0):
        painter.drawRoundedRect(QRectF(x, 2, 3.5, 10), 1, 1)


def _stop(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2, 10, 10), 1.5, 1.5)


def _restart(painter: QPainter) -> None:
    """Three quarters of a circle with an arrow head at its end."""
    colour = painter.brush().color()
    head = QPolygonF([QPointF(12.8, 1.6), QPointF(12.8, 6.4), QPointF(8.2, 4.9)])
    painter.drawPolygon(head)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawArc(QRectF(2, 2, 10, 10), 35 * 16, 285 * 16)
