"""Alignment while dragging: pulls what is moved into line with its neighbours, and says which lines to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF

PULL = 5.0
"""Canvas units within which an edge or a middle is pulled to a neighbour's."""
NEAR = 420.0
"""How far away neighbours count."""
BEYOND = 14.0
"""How far a line reaches beyond what it joins."""


@dataclass(frozen=True)
class Pull:
    """How far to move, and the lines that then hold."""

    by: QPointF
    lines: tuple[QLineF, ...]


def pulled(moved: QRectF, others: Iterable[QRectF]) -> Pull:
    """Bring the left, right, top or bottom edge or the middle of a rectangle in line with the same of others."""
    room = moved.adjusted(-NEAR, -NEAR, NEAR, NEAR)
    near = [o for o in others if room.intersects(o)]
    by = QPointF(_nearest(_across(moved), map(_across, near)), _nearest(_down(moved), map(_down, near)))
    there = moved.translated(by)
    return Pull(by, (*_upright(there, near), *_level(there, near)))


def _across(area: QRectF) -> tuple[float, float, float]:
    return area.left(), area.center().x(), area.right()


def _down(area: QRectF) -> tuple[float, float, float]:
    return area.top(), area.center().y(), area.bottom()


def _nearest(own: Sequence[float], others: Iterable[Sequence[float]]) -> float:
    """The least shift that brings two of the same marks together; 0 where all are too far apart."""
    found = [theirs - mine for marks in others for mine, theirs in zip(own, marks, strict=True)]
    close = [f for f in found if abs(f) <= PULL]
    return min(close, key=abs, default=0.0)


def _upright(there: QRectF, near: Sequence[QRectF]) -> list[QLineF]:
    lines: dict[int, QLineF] = {}
    for number, x in enumerate(_across(there)):
        same = [there, *(o for o in near if abs(_across(o)[number] - x) < 0.01)]
        if len(same) > 1:
            top, bottom = min(a.top() for a in same), max(a.bottom() for a in same)
            lines[number] = QLineF(x, top - BEYOND, x, bottom + BEYOND)
    return _chief(lines)


def _level(there: QRectF, near: Sequence[QRectF]) -> list[QLineF]:
    lines: dict[int, QLineF] = {}
    for number, y in enumerate(_down(there)):
        same = [there, *(o for o in near if abs(_down(o)[number] - y) < 0.01)]
        if len(same) > 1:
            left, right = min(a.left() for a in same), max(a.right() for a in same)
            lines[number] = QLineF(left - BEYOND, y, right + BEYOND, y)
    return _chief(lines)


def _chief(lines: dict[int, QLineF]) -> list[QLineF]:
    """The middle where that is in line, since then edges of the same size are as well; else the edges."""
    return [lines[1]] if 1 in lines else list(lines.values())
