"""Ways around: a long wire whose straight way would run behind other blocks passes above or below them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF

LONG = 230.0
"""Shorter wires have no block in between."""
CLEAR_ABOVE, CLEAR_BELOW = 18.0, 30.0
"""Space between a wire and a block that it passes; below a small one stands its shape."""
APART = 12.0
"""Between two wires that pass the same blocks."""
DETOUR = 120.0
"""A wire takes the side of its port unless that way is so much longer."""
TRIES = 6


class Bodies:
    """The bodies of all blocks as they are drawn now, to be asked for those in an area."""

    def __init__(self, bodies: Mapping[str, QRectF]) -> None:
        order = sorted(bodies, key=lambda i: bodies[i].left())
        self._found = [(i, bodies[i], bodies[i].top(), bodies[i].bottom()) for i in order]
        self._lefts = [bodies[i].left() for i in order]
        self._broadest = max((b.width() for b in bodies.values()), default=0.0)

    def between(self, area: QRectF, without: Collection[str]) -> list[QRectF]:
        """Those that meet an area, but for some by their ids."""
        first = bisect_left(self._lefts, area.left() - self._broadest)
        last = bisect_right(self._lefts, area.right())
        top, bottom = area.top(), area.bottom()
        rows = (row for row in self._found[first:last] if row[2] < bottom and top < row[3])
        return [body for block_id, body, _, _ in rows if body.right() > area.left() and block_id not in without]


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
