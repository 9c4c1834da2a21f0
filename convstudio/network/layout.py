"""Tidy places for the blocks of a network: layers from left to right, and long networks in rows like text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from convstudio.network.coordinates import centres
from convstudio.network.document import Network, port_number
from convstudio.network.layering import Layering, layering

ACROSS, BETWEEN, ROWS = 50.0, 44.0, 56.0
"""Free space between two layers, between two blocks of a layer, and between two rows."""
BEND = 8.0
"""Height that a wire takes which passes a layer."""
GRID = 10.0
ROOM = (1000.0, 580.0)
"""What can be seen of the canvas without zooming, where nobody says otherwise."""
PRICE = 0.8
"""A row more must let the network be shown larger by this: one over it."""
SMALL = 0.8
"""The same for rows that begin with one of the small blocks."""
MOST_ROWS = 8

Size = tuple[float, float]
Place = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Span = tuple[int, int]
"""The first layer of a row, and the first after it."""


def tidy(
    network: Network, sizes: Mapping[str, Size], ids: Iterable[str] | None = None, room: Size = ROOM
) -> dict[str, Place]:
    """Where to put the blocks `ids`, or all: their top left corners, in canvas units.

    `sizes` gives width and height of every block of the network, `room` the part of the canvas that can be seen.
    The top left corner of all stays about where it is; other blocks are not covered. Pure and deterministic.
    """
    within = set(network.blocks if ids is None else ids)
    chosen = [i for i in network.blocks if i in within]
    if not chosen:
        return {}
    wires = [w for w in network.wires if w.source in within and w.target in within]
    wires.sort(key=lambda w: port_number(w.port))
    edges = [(w.source, w.target) for w in wires]
    parts = _parts(chosen, edges)
    places: dict[str, Place] = {}
    bottom = 0.0
    for part in (p for p in parts if len(p) > 1):
        bottom = _add(places, _laid_out(part, edges, sizes, room), sizes, bottom)
    loose = [p[0] for p in parts if len(p) == 1]
    _add(places, _in_lines(loose, sizes, room[0]), sizes, bottom)
    return _settled(network, sizes, places)


def _parts(ids: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Blocks that wires join, each part in the order of `ids`."""
    near: dict[str, list[str]] = {i: [] for i in ids}
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    number: dict[str, int] = {}
    for count, start in enumerate(ids):
        waiting = [start]
        while waiting:
            block_id = waiting.pop()
            if block_id not in number:
                number[block_id] = count
                waiting += near[block_id]
    parts: dict[int, list[str]] = {}
    for block_id in ids:
        parts.setdefault(number[block_id], []).append(block_id)
    return list(parts.values())


def _add(places: dict[str, Place], more: Mapping[str, Place], sizes: Mapping[str, Size], top: float) -> float:
    """Put a part below the parts before it; returns where the next begins."""
    if not more:
        return top
    shift = _snapped(top - min(y for _, y in more.values()))
    for block_id, (x, y) in more.items():
        places[block_id] = (x, y + shift)
    return max(y + shift + sizes[i][1] for i, (_, y) in more.items()) + ROWS + 2 * GRID


def _in_lines(ids: Sequence[str], sizes: Mapping[str, Size], width: float) -> dict[str, Place]:
    """Blocks without wires side by side, as many in a line as fit."""
    tallest = max((sizes[i][1] for i in ids), default=0.0)
    places: dict[str, Place] = {}
    x = line = 0.0
    for block_id in ids:
        if x and x + sizes[block_id][0] > width:
            x, line = 0.0, line + _snapped(tallest + BETWEEN)
        places[block_id] = (x, line - sizes[block_id][1] / 2)
        x += sizes[block_id][0] + ACROSS
    return places


@dataclass(frozen=True)
class _Sheet:
    """A part in layers, with the sizes of its nodes."""

    plan: Layering
    sizes: Mapping[str, Size]

    def height(self, node: int) -> float:
        return BEND if self.plan.bend(node) else self.sizes[self.plan.ids[node]][1]

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """The broadest block of each layer."""
        plan = self.plan
        blocks = ([n for n in layer if not plan.bend(n)] for layer in plan.layers)
        return tuple(max((self.sizes[plan.ids[n]][0] for n in layer), default=0.0) for layer in blocks)

    @cached_property
    def lefts(self) -> tuple[float, ...]:
        """Where each layer, and one after the last, would begin if all were in one row."""
        return tuple(accumulate(self.widths, lambda x, width: x + width + ACROSS, initial=0.0))

    @cached_property
    def heights(self) -> tuple[float, ...]:
        """About how high each layer is."""
        return tuple(sum(map(self.height, layer)) + BETWEEN * (len(layer) - 1) for layer in self.plan.layers)

    @cached_property
    def tallest(self) -> float:
        return max(map(self.height, range(len(self.plan.ids))))

    def across(self, span: Span) -> float:
        """The length of a row."""
        return self.lefts[span[1]] - self.lefts[span[0]] - ACROSS

    def cuts(self) -> list[int]:
        """Layers that a new row may begin with: only one wire leads there."""
        plan = self.plan
        single = (n for n in range(1, len(plan.layers)) if len(plan.layers[n]) == 1 == len(plan.layers[n - 1]))
        return [n for n in single if len(plan.before[plan.layers[n][0]]) == 1 == len(plan.after[plan.layers[n - 1][0]])]

    def large(self, layer: int) -> bool:
        """Whether a layer of one block is none of the small ones."""
        return self.height(self.plan.layers[layer][0]) > self.tallest / 2


def _laid_out(
    ids: Sequence[str], edges: Iterable[tuple[str, str]], sizes: Mapping[str, Size], room: Size
) -> dict[str, Place]:
    """One connected part, from (0, 0)."""
    within = set(ids)
    sheet = _Sheet(layering(ids, [e for e in edges if e[0] in within]), sizes)
    places: dict[str, Place] = {}
    leaving: tuple[float, float] | None = None
    for span in _rows(sheet, room):
        ys = centres(sheet.plan, sheet.plan.layers[slice(*span)], sheet.height, BETWEEN)
        top = min(y - sheet.height(n) / 2 for n, y in ys.items())
        low = max(y + sheet.height(n) / 2 for n, y in ys.items())
        shift = -top
        if leaving:  # the wire to this row runs half way between its ends: both rows keep clear of it
            start, bottom = leaving
            entry = ys[sheet.plan.layers[span[0]][0]]
            shift = max(2 * (bottom + ROWS / 2) - start, start + 2 * (entry - top + ROWS / 2)) - entry
        shift = _snapped(shift + ys[sheet.plan.layers[span[0]][0]]) - ys[sheet.plan.layers[span[0]][0]]
        places |= _placed(sheet, span, ys, shift)
        leaving = ys[sheet.plan.layers[span[1] - 1][0]] + shift, low + shift
    return places


def _placed(sheet: _Sheet, span: Span, ys: Mapping[int, float], shift: float) -> Iterator[tuple[str, Place]]:
    """The corners of the blocks of a row: centred in their column, their middles on lines of the grid."""
    plan = sheet.plan
    for layer in range(*span):
        left, broad = sheet.lefts[layer] - sheet.lefts[span[0]], sheet.widths[layer]
        for node in plan.layers[layer]:
            if not plan.bend(node):
                width, height = sheet.sizes[plan.ids[node]]
                yield plan.ids[node], (left + (broad - width) / 2, _snapped(ys[node] + shift) - height / 2)


def _rows(sheet: _Sheet, room: Size) -> list[Span]:
    """The layers divided into rows, so that the whole is seen as large as possible; few rows rather than many."""
    whole = sheet.across((0, len(sheet.plan.layers)))
    every = sheet.cuts()
    best: list[Span] = [(0, len(sheet.plan.layers))]
    most = 0.0
    for cuts, price in (([n for n in every if sheet.large(n)], 1.0), (every, SMALL)):
        for count in range(1, min(MOST_ROWS, len(cuts) + 1) + 1):
            rows = _filled(sheet, cuts, whole / count)
            shown = _scale(sheet, rows, room) * PRICE ** (len(rows) - 1) * price
            if shown > most:
                best, most = rows, shown
    return best


def _filled(sheet: _Sheet, cuts: Sequence[int], width: float) -> list[Span]:
    """Rows of about that width: each ends at the cut that is nearest to it."""
    rows: list[Span] = []
    start, last = 0, len(sheet.plan.layers)
    while start < last:
        ends = [*(c for c in cuts if c > start), last]
        end = min(ends, key=lambda e: abs(sheet.across((start, e)) - width))
        rows.append((start, end))
        start = end
    return rows


def _scale(sheet: _Sheet, rows: Sequence[Span], room: Size) -> float:
    """How large the rows can be shown, at most as they are."""
    across = max(sheet.across(span) for span in rows)
    down = sum(max(sheet.heights[slice(*span)]) for span in rows) + ROWS * (len(rows) - 1)
    return min(1.0, room[0] / across, room[1] / down)


def _settled(network: Network, sizes: Mapping[str, Size], places: Mapping[str, Place]) -> dict[str, Place]:
    """Moved to where the blocks were, and from there down until no other block is covered."""
    left = _snapped(min(network.blocks[i].x for i in places)) - min(x for x, _ in places.values())
    top = _snapped(min(network.blocks[i].y for i in places)) - _snapped(min(y for _, y in places.values()))
    others = [(b.x, b.y, *sizes[b.id]) for b in network.blocks.values() if b.id not in places]
    highest = min(y for _, y in places.values())
    while covered := _covered(others, [(x + left, y + top, *sizes[i]) for i, (x, y) in places.items()]):
        top = _snapped(max(y + height for _, y, _, height in covered) + BETWEEN - highest + GRID / 2)
    return {i: (x + left, y + top) for i, (x, y) in places.items()}


def _covered(others: Iterable[Box], boxes: Sequence[Box]) -> list[Box]:
    """Those of `others` that lie under one of the boxes, or too close to it."""
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    near = (o for o in others if _meet(o, (left, top, right - left, bottom - top)))
    return [o for o in near if any(_meet(o, b) for b in boxes)]


def _meet(one: Box, other: Box) -> bool:
    apart = BETWEEN / 2
    return (
        one[0] < other[0] + other[2] + apart
        and other[0] < one[0] + one[2] + apart
        and one[1] < other[1] + other[3] + apart
        and other[1] < one[1] + one[3] + apart
    )


def _snapped(value: float) -> float:
    return round(value / GRID) * GRID
