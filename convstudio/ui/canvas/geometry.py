"""Sizes of blocks, places of ports, and the course of wires, in canvas units; no painting."""

from __future__ import annotations

from functools import lru_cache
from math import log10

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from convstudio.network.document import Block, Network
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape

CARD = (150.0, 140.0)
PILL_HEIGHT = 28.0
HEADER = 32.0
FOOTER = 24.0
PORT_RADIUS = 5.0
PORT_REACH = 14.0
"""How far from a port's centre a press still means the port."""
GRID = 10.0
DOTS_STEP = 16
"""Rows and columns by which the grid of dots grows."""
TURN = 56.0
"""How far a wire that leads back reaches beyond its ports."""


def size(layer: Layer) -> tuple[float, float]:
    """Width and height of a block's body."""
    if not layer.pill:
        return CARD
    return max(72.0, 36.0 + 7.2 * len(layer.heading())), PILL_HEIGHT


def body(layer: Layer) -> QRectF:
    """A block's body in its own coordinates."""
    return QRectF(0, 0, *size(layer))


def place(block: Block) -> QRectF:
    """A block's body on the canvas."""
    return QRectF(block.x, block.y, *size(block.layer))


def input_ports(network: Network, block_id: str) -> tuple[tuple[str, float, float], ...]:
    """Names and centres of the input ports, in the block's own coordinates."""
    return _down_the_side(size(network.blocks[block_id].layer)[1], network.ports(block_id))


@lru_cache(maxsize=4096)
def _down_the_side(height: float, names: tuple[str, ...]) -> tuple[tuple[str, float, float], ...]:
    step = min(height / (len(names) + 1), 24.0)
    top = height / 2 - step * (len(names) - 1) / 2
    return tuple((name, 0.0, top + step * i) for i, name in enumerate(names))


def output_port(layer: Layer) -> QPointF | None:
    """Centre of the output port in the block's own coordinates; None for an end."""
    width, height = size(layer)
    return None if layer.ends else QPointF(width, height / 2)


def turns(start: QPointF, end: QPointF) -> bool:
    """Whether a wire leads back to a row far enough above or below."""
    return end.x() < start.x() and abs(end.y() - start.y()) > 2 * TURN


def wire_path(start: QPointF, end: QPointF, lane: float | None = None) -> QPainterPath:
    """A curve that leaves to the right and arrives from the left.

    One that leads back runs half way between rows; one with a `lane` runs at that y, past what is in between.
    """
    path = QPainterPath(start)
    if turns(start, end):
        middle = (start.y() + end.y()) / 2 if lane is None else lane
        path.cubicTo(start + QPointF(TURN, 0), QPointF(start.x() + TURN, middle), QPointF(start.x(), middle))
        path.lineTo(end.x(), middle)
        path.cubicTo(QPointF(end.x() - TURN, middle), end - QPointF(TURN, 0), end)
        return path
    if lane is not None:
        bend = QPointF(min(60.0, (end.x() - start.x()) / 4), 0)
        down, up = QPointF(start.x() + bend.x(), lane), QPointF(end.x() - bend.x(), lane)
        path.cubicTo(start + bend / 1.6, down - bend / 1.6, down)
        path.lineTo(up)
        path.cubicTo(up + bend / 1.6, end - bend / 1.6, end)
        return path
    reach = max(28.0, abs(end.x() - start.x()) * 0.5)
    if end.x() < start.x():
        reach = min(160.0, 60.0 + abs(end.x() - start.x()) * 0.25)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def wire_width(shape: Shape | None) -> float:
    """The larger the signal, the thicker the wire: 10 numbers 1.8, a million 4.2."""
    return 1.8 if shape is None else min(5.0, 1.3 + 0.48 * log10(max(shape.size, 1)))


def dots(width: float, height: float, spacing: float) -> QPolygonF:
    """A grid of points from 0, 0 on that covers an area; some more are cheaper than new ones for each area."""
    columns, rows = (DOTS_STEP * (int(side / spacing / DOTS_STEP) + 1) for side in (width + spacing, height + spacing))
    return _grid(columns, rows, spacing)


@lru_cache(maxsize=32)
def _grid(columns: int, rows: int, spacing: float) -> QPolygonF:
    return QPolygonF([QPointF(spacing * c, spacing * r) for r in range(rows) for c in range(columns)])


def snapped(layer: Layer, x: float, y: float) -> tuple[float, float]:
    """The nearest corner at which the left edge and the line of the ports lie on the grid."""
    middle = size(layer)[1] / 2
    return on_grid(x), on_grid(y + middle) - middle


def on_grid(value: float) -> float:
    return round(value / GRID) * GRID
