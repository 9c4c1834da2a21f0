"""Ways around: a long wire whose straight way would run behind other blocks passes above or below them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import inf

from PySide6.QtCore import QPointF, QRectF

LONG = 130.0
"""Shorter wires have no block in between, not even a small one."""
CLEAR_ABOVE, CLEAR_BELOW = 18.0, 30.0
"""Space between a wire and a block that it passes; below a small one stands its shape."""
APART = 12.0
"""Between two wires that pass the same blocks."""
DETOUR = 120.0
"""A wire takes the side of its port unless that way is so much longer."""
TRIES = 6
CELL = 512.0
"""Side of a cell of the grid in which blocks are looked up: some hold a few, none holds many."""
Cell = tuple[int, int]


class Bodies:
    """The bodies of blocks as they are drawn now, in the cells of a grid, to be asked for those in an area."""

    def __init__(self) -> None:
        self._bodies: dict[str, QRectF] = {}
        self._cells: dict[Cell, dict[str, QRectF]] = {}

    def put(self, block_id: str, body: QRectF) -> None:
        """A block lies here now."""
        if self._bodies.get(block_id) != body:
            self.drop(block_id)
            self._bodies[block_id] = body
            for cell in _cells(body):
                self._cells.setdefault(cell, {})[block_id] = body

    def drop(self, block_id: str) -> None:
        """A block lies nowhere any more."""
        if body := self._bodies.pop(block_id, None):
            for cell in _cells(body):
                del self._cells[cell][block_id]

    def between(self, area: QRectF, without: Collection[str]) -> list[QRectF]:
        """Those that meet an area, but for some by their ids."""
        found = {i: body for i, body in self._near(area).items() if i not in without}
        return [body for body in found.values() if area.intersects(body)]

    def _near(self, area: QRectF) -> dict[str, QRectF]:
        if area.width() * area.height() > CELL * CELL * len(self._bodies):
            return self._bodies
        found: dict[str, QRectF] = {}
        for cell in _cells(area):
            found.update(self._cells.get(cell, {}))
        return found


def _cells(area: QRectF) -> list[Cell]:
    """The cells that an area meets."""
    columns = range(int(area.left() // CELL), int(area.right() // CELL) + 1)
    rows = range(int(area.top() // CELL), int(area.bottom() // CELL) + 1)
    return [(column, row) for column in columns for row in rows]


def way_around(
    start: QPointF,
    end: QPointF,
    bodies: Sequence[QRectF],
    others: Iterable[tuple[float, float, float]] = (),
    *,
    low: bool = True,
) -> float | None:
    """The y at which a wire from start to end should run; None where nothing is in its straight way.

    `low` wires pass below, others above, unless that is much farther.
    `bodies` are those of all blocks near; `others` are the ways around of other wires as (left, right, y).
    """
    left, right = start.x() + 10, end.x() - 10
    if right - left < LONG - 20:
        return None
    near = [b for b in bodies if b.left() < right and left < b.right()]
    blocking = [b for b in near if _crosses(start, end, b)]
    if not blocking:
        return None
    between = (start.y() + end.y()) / 2
    below = _clear(max(b.bottom() for b in blocking) + CLEAR_BELOW, near, 1)
    above = _clear(min(b.top() for b in blocking) - CLEAR_ABOVE, near, -1)
    farther = below - between - (between - above)
    step = 1 if farther < (DETOUR if low else -DETOUR) else -1
    lane = below if step == 1 else above
    taken = sorted(y for start_x, end_x, y in others if start_x < right and left < end_x)
    for _ in range(len(taken)):
        if all(abs(lane - y) >= APART for y in taken):
            break
        lane += step * APART
    return lane


def way_back(start: QPointF, end: QPointF, bodies: Iterable[QRectF]) -> float | None:
    """The y between two rows at which a wire that leads back should run.

    None for half way: where nothing lies there, or no other place is free.
    """
    top, bottom = sorted((start.y(), end.y()))
    taken = [(b.top() - APART, b.bottom() + APART) for b in bodies if b.left() < start.x() and end.x() < b.right()]
    middle = (top + bottom) / 2
    if not any(low < middle < high for low, high in taken):
        return None
    free = [(max(low, top), min(high, bottom)) for low, high in _between(taken)]
    lanes = [low + min(CLEAR_BELOW - APART, (high - low) / 2) for low, high in free if low < high]
    return min(lanes, key=lambda y: abs(y - middle), default=None)


def _between(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The gaps between spans, which may overlap, and what is before and behind them all."""
    found, reached = [], -inf
    for low, high in sorted(spans):
        if low > reached:
            found.append((reached, low))
        reached = max(reached, high)
    return [*found, (reached, inf)]


def _crosses(start: QPointF, end: QPointF, body: QRectF) -> bool:
    """Whether the straight line between the ends passes a body, or close by."""
    slope = (end.y() - start.y()) / (end.x() - start.x())
    ys = [start.y() + slope * (min(max(x, start.x()), end.x()) - start.x()) for x in (body.left(), body.right())]
    return min(ys) < body.bottom() + 4 and body.top() - 4 < max(ys)


def _clear(lane: float, bodies: Sequence[QRectF], step: int) -> float:
    """The lane moved on until it passes no body."""
    for _ in range(TRIES):
        hit = [b for b in bodies if b.top() - CLEAR_ABOVE < lane < b.bottom() + CLEAR_BELOW]
        if not hit:
            break
        lane = max(b.bottom() + CLEAR_BELOW for b in hit) if step > 0 else min(b.top() - CLEAR_ABOVE for b in hit)
    return lane
