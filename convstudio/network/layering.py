"""From a network to layers, each ordered from top to bottom: the first two steps of a layered layout.

K. Sugiyama, S. Tagawa, M. Toda, Methods for visual understanding of hierarchical system structures, 1981: layers by
the longest path, then sweeps that order each layer by the barycentres of its neighbours, keeping the order with the
fewest crossings.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 8
MOST_BENDS = 4
"""At most so many bends of long wires are laid out for each block; the longest wires beyond that run freely."""

Edge = tuple[str, str]


@dataclass(frozen=True)
class Layering:
    """Nodes by layer, and the links between neighbouring layers.

    Nodes from 0 on stand for `ids`; those after them are bends of wires that pass a layer.
    """

    ids: tuple[str, ...]
    layers: tuple[tuple[int, ...], ...]
    before: Mapping[int, tuple[int, ...]]
    after: Mapping[int, tuple[int, ...]]

    def bend(self, node: int) -> bool:
        """Whether a node only leads a long wire past the blocks of its layer."""
        return node >= len(self.ids)


def layering(ids: Sequence[str], wires: Iterable[Edge]) -> Layering:
    """Assign connected blocks to layers and order these. `wires` in the order of their ports; circles are allowed."""
    forward = _without_circles(ids, tuple(dict.fromkeys(w for w in wires if w[0] != w[1])))
    place = _layers(ids, forward)
    number = {block_id: n for n, block_id in enumerate(ids)}
    before: dict[int, list[int]] = {n: [] for n in range(len(ids))}
    after: dict[int, list[int]] = {n: [] for n in range(len(ids))}
    level = {number[i]: place[i] for i in ids}
    for source, target in _bent(ids, forward, place):
        _link(number[source], number[target], level, before, after)
    rows: list[list[int]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in _depth_first(level, after):
        rows[level[node]].append(node)
    _order(rows, before, after)
    return Layering(
        tuple(ids),
        tuple(tuple(row) for row in rows),
        {n: tuple(found) for n, found in before.items()},
        {n: tuple(found) for n, found in after.items()},
    )


def _without_circles(ids: Sequence[str], wires: Sequence[Edge]) -> list[Edge]:
    """The wires without those that close a circle on a walk in depth, in the order of `ids`."""
    targets: dict[str, list[str]] = {i: [] for i in ids}
    for source, target in wires:
        targets[source].append(target)
    closing: set[Edge] = set()
    state: dict[str, int] = {}
    for start in ids:
        path = [] if start in state else [(start, iter(targets[start]))]
        state.setdefault(start, 1)
        while path:
            here, waiting = path[-1]
            following = next(waiting, None)
            if following is None:
                state[here] = 2
                path.pop()
            elif state.get(following) == 1:
                closing.add((here, following))
            elif following not in state:
                state[following] = 1
                path.append((following, iter(targets[following])))
    return [w for w in wires if w not in closing]


def _layers(ids: Sequence[str], wires: Sequence[Edge]) -> dict[str, int]:
    """The longest path to each block; what only leads into a later layer stands right before it."""
    sources: dict[str, list[str]] = {i: [] for i in ids}
    targets: dict[str, list[str]] = {i: [] for i in ids}
    for source, target in wires:
        sources[target].append(source)
        targets[source].append(target)
    order = _sorted(ids, sources, targets)
    place = dict.fromkeys(ids, 0)
    free: dict[str, bool] = {}
    for block_id in order:
        place[block_id] = max((place[s] + 1 for s in sources[block_id]), default=0)
        free[block_id] = all(free[s] and len(targets[s]) == 1 for s in sources[block_id])
    for block_id in reversed(order):
        if free[block_id] and targets[block_id]:
            place[block_id] = min(place[t] for t in targets[block_id]) - 1
    return place


def _sorted(ids: Sequence[str], sources: Mapping[str, list[str]], targets: Mapping[str, list[str]]) -> list[str]:
    missing = {i: len(sources[i]) for i in ids}
    order = [i for i in ids if not missing[i]]
    for block_id in order:  # grows while it is walked through
        for target in targets[block_id]:
            missing[target] -= 1
            if not missing[target]:
                order.append(target)
    return order


def _bent(ids: Sequence[str], wires: Sequence[Edge], place: Mapping[str, int]) -> list[Edge]:
    """The wires that the layout leads layer by layer, in their order: all but the longest where those are too many."""
    left = MOST_BENDS * len(ids) + 100
    kept: set[Edge] = set()
    for length, wire in sorted((place[w[1]] - place[w[0]], w) for w in wires):
        left -= length - 1
        if left < 0:
            break
        kept.add(wire)
    return [w for w in wires if w in kept]


def _link(
    source: int, target: int, level: dict[int, int], before: dict[int, list[int]], after: dict[int, list[int]]
) -> None:
    """Join two nodes, with a bend in every layer between them."""
    here = source
    for layer in range(level[source] + 1, level[target]):
        bend = len(level)
        level[bend] = layer
        before[bend], after[bend] = [here], []
        after[here].append(bend)
        here = bend
    after[here].append(target)
    before[target].append(here)


def _depth_first(level: Mapping[int, int], after: Mapping[int, list[int]]) -> list[int]:
    """All nodes, each branch followed to its end before the next: a first order with few crossings."""
    found: dict[int, None] = {}
    waiting = sorted(level, key=lambda n: (level[n], n), reverse=True)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += reversed(after[node])
    return list(found)


def _order(rows: list[list[int]], before: Mapping[int, list[int]], after: Mapping[int, list[int]]) -> None:
    """Sweep to and fro, and keep the best order that was met."""
    best, fewest = [list(row) for row in rows], crossings(rows, before, after)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        if sweep % 2:
            for n in range(len(rows) - 2, -1, -1):
                _by_barycentre(rows[n], rows[n + 1], after, before)
        else:
            for n in range(1, len(rows)):
                _by_barycentre(rows[n], rows[n - 1], before, after)
        count = crossings(rows, before, after)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    rows[:] = best


def _by_barycentre(
    row: list[int], fixed: list[int], towards: Mapping[int, list[int]], back: Mapping[int, list[int]]
) -> None:
    """Sort a layer by the mean place of the neighbours in the fixed one, each wire a little lower than the last."""
    place: dict[tuple[int, int], float] = {}
    for number, node in enumerate(fixed):
        step = 0.5 / max(1, len(back[node]))
        for count, neighbour in enumerate(back[node]):
            place[node, neighbour] = number + step * count
    means = {}
    for number, node in enumerate(row):
        known = [place[other, node] for other in towards[node]]
        means[node] = sum(known) / len(known) if known else float(number)
    row.sort(key=lambda node: means[node])


def crossings(
    rows: Sequence[Sequence[int]], before: Mapping[int, Sequence[int]], after: Mapping[int, Sequence[int]]
) -> int:
    """How many pairs of links cross; those that meet in one node arrive there one below the other."""
    total = 0
    for row, following in itertools.pairwise(rows):
        arriving = ((source, target) for target in following for source in before[target])
        place = {link: number for number, link in enumerate(arriving)}
        ends: list[int] = []
        for node in row:
            mine = sorted(place[node, target] for target in after[node])
            total += sum(len(ends) - bisect_right(ends, end) for end in mine)
            for end in mine:
                insort(ends, end)
    return total
