"""Heights of the nodes of a layered layout: chains stay straight, branches lie evenly around where they part and meet.

U. Brandes, B. Köpf, Fast and simple horizontal coordinate assignment, 2001: align each node with the middle one of
its neighbours, from four sides, and take the mean of the middle two of the four results. The alignments are made
compact as a graph of whole chains, which cannot overlap.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from convstudio.network.layering import Layering

Rows = Sequence[Sequence[int]]
Links = Mapping[int, Sequence[int]]


def centres(plan: Layering, rows: Rows, height: Callable[[int], float], gap: float) -> dict[int, float]:
    """The y of each node's centre, for some neighbouring layers of a plan; `gap` is free between two nodes."""
    up, down = _straight(plan, rows)
    found: list[dict[int, float]] = []
    for before, rightwards in ((up, True), (down, False)):
        ordered = rows if rightwards else rows[::-1]
        for sign in (1, -1):
            turned = [row[::sign] for row in ordered]
            root = _aligned(turned, before)
            tops = _compact(turned, root, height, gap)
            found.append({node: sign * y for node, y in tops.items()})
    return _balanced(found, height)


def _straight(plan: Layering, rows: Rows) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Which links may be made straight, in both directions: a wire that passes layers gives way to a neighbour's."""
    inside = {node for row in rows for node in row}

    def preferred(node: int, others: Sequence[int]) -> list[int]:
        known = [o for o in others if o in inside]
        blocks = [o for o in known if not plan.bend(o)]
        return known if plan.bend(node) or not blocks else blocks

    back = {node: set(preferred(node, plan.before[node])) for node in inside}
    forth = {node: set(preferred(node, plan.after[node])) for node in inside}
    place = {node: n for row in rows for n, node in enumerate(row)}
    up = {n: sorted((o for o in back[n] if n in forth[o]), key=place.__getitem__) for n in inside}
    down = {n: sorted((o for o in forth[n] if n in back[o]), key=place.__getitem__) for n in inside}
    return up, down


def _aligned(rows: Rows, towards: Links) -> dict[int, int]:
    """Each node's chain, named by its first node: the node takes the line of its middle neighbour, if none crosses."""
    place = {node: n for row in rows for n, node in enumerate(row)}
    root = {node: node for node in place}
    for row in rows:
        taken = -1
        for node in row:
            others = sorted(towards[node], key=place.__getitem__)
            for n in sorted({(len(others) - 1) // 2, len(others) // 2}) if others else ():
                if root[node] == node and place[others[n]] > taken:
                    root[node] = root[others[n]]
                    taken = place[others[n]]
    return root


def _compact(rows: Rows, root: Mapping[int, int], height: Callable[[int], float], gap: float) -> dict[int, float]:
    """The least y of every chain that keeps the order and the gaps, then moved on as far as its neighbours allow."""
    after: dict[int, dict[int, float]] = {r: {} for r in root.values()}
    waiting = dict.fromkeys(after, 0)
    for row in rows:
        for one, other in itertools.pairwise(row):
            apart = (height(one) + height(other)) / 2 + gap
            upper, lower = root[one], root[other]
            if lower not in after[upper]:
                waiting[lower] += 1
            after[upper][lower] = max(apart, after[upper].get(lower, 0.0))
    order = [r for r, count in waiting.items() if not count]
    y = dict.fromkeys(after, 0.0)
    for chain in order:  # grows while it is walked through
        for lower, apart in after[chain].items():
            y[lower] = max(y[lower], y[chain] + apart)
            waiting[lower] -= 1
            if not waiting[lower]:
                order.append(lower)
    for chain in reversed(order):
        if after[chain]:
            y[chain] = min(y[lower] - apart for lower, apart in after[chain].items())
    return {node: y[chain] for node, chain in root.items()}


def _balanced(found: list[dict[int, float]], height: Callable[[int], float]) -> dict[int, float]:
    """The mean of the middle two of four results, each first moved to the extent of the smallest."""

    def extent(ys: dict[int, float]) -> tuple[float, float]:
        return (
            min((y - height(n) / 2 for n, y in ys.items()), default=0.0),
            max((y + height(n) / 2 for n, y in ys.items()), default=0.0),
        )

    extents = [extent(ys) for ys in found]
    top, bottom = min(extents, key=lambda e: e[1] - e[0])
    for number, (ys, (least, most)) in enumerate(zip(found, extents, strict=True)):
        shift = bottom - most if number % 2 else top - least
        found[number] = {node: y + shift for node, y in ys.items()}
    middle = {}
    for node in found[0]:
        four = sorted(ys[node] for ys in found)
        middle[node] = (four[1] + four[2]) / 2
    return middle
