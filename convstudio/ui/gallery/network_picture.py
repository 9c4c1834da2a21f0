"""The picture of a whole network in little: blocks in the colours of their kinds, and wires; no text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from convstudio.network.document import Block, Network
from convstudio.ui.canvas import geometry
from convstudio.ui.theme import theme

MARGIN = 12.0
LARGEST = 0.34
"""Canvas units are drawn at most so large, so that blocks of a short network do not look coarse."""
LEAST = 3.0
"""No block is drawn smaller than this."""


def network_picture(network: Network, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The network fitted into `size` pixels, on a ground that can be seen through; `ratio` is the screen's."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    if network.blocks:
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint(painter, network, QRectF(0, 0, size.width(), size.height()))
        painter.end()
    return picture


def _paint(painter: QPainter, network: Network, room: QRectF) -> None:
    bodies = {i: _body(block) for i, block in network.blocks.items()}
    whole = QRectF()
    for body in bodies.values():
        whole = whole.united(body)
    inner = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    factor = min(inner.width() / whole.width(), inner.height() / whole.height(), LARGEST)
    painter.translate(inner.center())
    painter.scale(factor, factor)
    painter.translate(-whole.center())
    _paint_wires(painter, network, bodies, factor)
    painter.setPen(Qt.PenStyle.NoPen)
    for block_id, body in bodies.items():
        layer = network.blocks[block_id].layer
        painter.setBrush(theme.colour(layer.colour))
        body = _visible(body, LEAST / factor)
        radius = min(body.height(), body.width()) / (2 if layer.pill else 9)
        painter.drawRoundedRect(body, radius, radius)


def _paint_wires(painter: QPainter, network: Network, bodies: dict[str, QRectF], factor: float) -> None:
    colour = QColor(theme.colour("wire"))
    colour.setAlphaF(0.75)
    painter.setPen(QPen(colour, max(1.8, 0.9 / factor)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for wire in network.wires:
        start, end = bodies[wire.source], bodies[wire.target]
        leaves, arrives = QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
        painter.drawPath(geometry.wire_path(leaves, arrives))


def _body(block: Block) -> QRectF:
    return geometry.body(block.layer).translated(block.x, block.y)


def _visible(body: QRectF, least: float) -> QRectF:
    """The body, about its centre at least so high and wide."""
    wide, high = max(body.width(), least), max(body.height(), least)
    return QRectF(body.center().x() - wide / 2, body.center().y() - high / 2, wide, high)
