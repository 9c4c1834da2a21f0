"""Sizes of blocks, places of ports, and the course of wires, in canvas units; no painting."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from convstudio.network.document import Network
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape

CARD = (150.0, 138.0)
PILL_HEIGHT = 28.0
HEADER = 32.0
FOOTER = 24.0
PORT_RADIUS = 5.0
PORT_REACH = 14.0
"""How far from a port's centre a press still means the port."""
GRID = 10.0


def size(layer: Layer) -> tuple[float, float]:
    """Width and height of a block's body."""
    if not layer.pill:
        return CARD
    return max(72.0, 36.0 + 7.2 * len(layer.heading())), PILL_HEIGHT


def body(layer: Layer) -> QRectF:
    """A block's body in its own coordinates."""
    return QRectF(0, 0, *size(layer))


def input_ports(network: Network, block_id: str) -> dict[str, QPointF]:
    """Centres of the input ports, in the block's own coordinates."""
    layer = network.blocks[block_id].layer
    names = network.ports(block_id)
    height = size(layer)[1]
    step = min(height / (len(names) + 1), 24.0)
    top = height / 2 - step * (len(names) - 1) / 2
    return {name: QPointF(0, top + step * i) for i, name in enumerate(names)}


def output_port(layer: Layer) -> QPointF | None:
    """Centre of the output port in the block's own coordinates; None for an end."""
    width, height = size(layer)
    return None if layer.ends else QPointF(width, height / 2)


def wire_path(start: QPointF, end: QPointF) -> QPainterPath:
    """A Bézier curve that leaves to the right and arrives from the left."""
    reach = max(28.0, abs(end.x() - start.x()) * 0.5)
    if end.x() < start.x():
        reach = min(160.0, 60.0 + abs(end.x() - start.x()) * 0.25)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def wire_width(shape: Shape | None) -> float:
    """The larger the signal, the thicker the wire: 10 numbers 1.8, a million 4.2."""
    return 1.8 if shape is None else min(5.0, 1.3 + 0.48 * log10(max(shape.size, 1)))


def snapped(x: float, y: float) -> tuple[float, float]:
    """The nearest point of the grid."""
    return round(x / GRID) * GRID, round(y / GRID) * GRID
