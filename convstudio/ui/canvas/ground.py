"""The ground of the canvas: its colour, and a grid of dots that keeps its density at every scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from convstudio.ui.canvas import geometry
from convstudio.ui.theme import theme

SPACING = 24.0
LEAST = 14
"""Pixels from dot to dot; nearer ones are left out."""


def paint_ground(painter: QPainter, area: QRectF, scale: float) -> None:
    """Paint an area of the canvas as it is seen at a scale."""
    painter.fillRect(area, theme.colour("canvas"))
    spacing = SPACING
    while spacing * scale < LEAST:
        spacing *= 2
    pen = QPen(theme.colour("dot"), 1.6)
    pen.setCosmetic(True)
    painter.setPen(pen)
    left, top = area.left() // spacing * spacing, area.top() // spacing * spacing
    painter.translate(left, top)
    painter.drawPoints(geometry.dots(area.width(), area.height(), spacing))
    painter.translate(-left, -top)
