"""Strokes as a picture: painted large and smooth, and as numbers for the sample that is made of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from convstudio.ui.drawing.sketch import Stroke

FINE = 280
"""Pixels that the longer side of a rendered drawing has at least."""


def fineness(rows: int, columns: int) -> int:
    """Pixels of a rendered drawing for each pixel of the sample."""
    return max(1, -(-FINE // max(rows, columns)))


def blank(rows: int, columns: int, paper: str) -> QImage:
    """Empty paper for a sample of that size."""
    fine = fineness(rows, columns)
    picture = QImage(QSize(columns * fine, rows * fine), QImage.Format.Format_RGB32)
    picture.fill(QColor(paper))
    return picture


def paint(picture: QImage, strokes: Iterable[Stroke], fine: float, paper: str) -> None:
    """Paint strokes onto a picture with `fine` pixels for each of the sample's."""
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stroke in strokes:
        paint_stroke(painter, stroke, fine, paper)
    painter.end()


def paint_stroke(painter: QPainter, stroke: Stroke, fine: float, paper: str) -> None:
    colour = QColor(paper if stroke.erases else stroke.colour)
    pen = QPen(colour, stroke.width * fine)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    line = [QPointF(x * fine, y * fine) for x, y in stroke.points]
    if len(line) == 1:
        painter.drawPoint(line[0])
    else:
        painter.drawPolyline(QPolygonF(line))


def pixels(picture: QImage) -> NDArray[np.uint8]:
    """A picture as uint8 (rows, columns, 3)."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
