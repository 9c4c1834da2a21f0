"""In how many ways each cell of the input reaches a unit: the counts that make gaps between dilated masks visible.

Every mask is taken as full of ones and every map as one: then the way back from the unit through the network, each
window laid open along each axis, gives the number of paths of places. Cells within the field that no path reaches are
what Wang et al., "Understanding Convolution for Semantic Segmentation" (2018), section 3.2, call gridding. Padding ends
a path, as zeros do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convstudio.network.document import Network
from convstudio.network.expansion import expanded
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.layer import Window
from convstudio.network.shape import Shape
from convstudio.network.terms import Place
from convstudio.ui.text import grouped, tr

Counts = NDArray[np.float64]
MOST = 2**22
"""A map of more cells than this is not followed."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Counts (rows × columns) of the cells within the field, of which the first is at `row` and `column`."""

    counts: Counts
    row: int
    column: int

    @property
    def most(self) -> int:
        return int(self.counts.max())

    @property
    def missed(self) -> int:
        """Cells within the field that do not reach the unit."""
        return int(np.count_nonzero(self.counts == 0))

    def words(self) -> str:
        """'A cell reaches it in up to 9 ways; 40 of 81 cells of its field never do'."""
        most = grouped(self.most) if self.most < 10**6 else f"{float(self.counts.max()):.1e}"
        up_to = f"{tr('A cell reaches it in up to')} {most} {tr('ways') if self.most != 1 else tr('way')}"
        if not self.missed:
            return f"{up_to}, {tr('no gaps')}"
        missed = f"{grouped(self.missed)} {tr('of')} {grouped(self.counts.size)}"
        return f"{up_to}; {missed} {tr('cells of its field never do')}"


def ways(network: Network, analysis: Analysis, block_id: str, place: Place) -> Ways | None:
    """Of a unit of a block, by the name that the worker has for it; None where it cannot be told.

    Of a clip the counts of its frames are added up.
    """
    counts = way_counts(*expanded(network, analysis), block_id, place)
    if counts is None or not counts.any():
        return None
    flat = np.atleast_2d(counts.sum(0) if counts.ndim == 3 else counts)
    rows, columns = np.flatnonzero(flat.any(1)), np.flatnonzero(flat.any(0))
    cut = flat[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Ways(cut, int(rows[0]), int(columns[0]))


def way_counts(network: Network, analysis: Analysis, block_id: str, place: Place) -> Counts | None:
    """Counts over the axes of the input, of a network without groups; None where there is no such unit, or no way."""
    facts = analysis.blocks.get(block_id)
    if facts is None or facts.output is None:
        return None
    start = _start(facts.output, place)
    if start is None:
        return None
    found = {block_id: start}
    for current in reversed(analysis.order[: analysis.order.index(block_id) + 1]):
        counts = found.get(current)
        if counts is None:
            continue
        sources = network.sources(current)
        if not sources:
            return counts
        for source, came in zip(sources, analysis.blocks[current].inputs, strict=False):
            back = _back(counts, analysis.blocks[current], came)
            if back is None:
                return None
            found[source] = found[source] + back if source in found else back
    return None


def _start(shape: Shape, place: Place) -> Counts | None:
    """One at the unit, none elsewhere; a vector has no places."""
    counts = np.zeros(shape.axes)
    if counts.size > MOST:
        return None
    if not shape.axes:
        return counts + 1
    if len(place) != shape.rank or not all(0 <= n < length for n, length in zip(place, shape.axes, strict=True)):
        return None
    counts[place] = 1
    return counts


def _back(counts: Counts, facts: BlockFacts, came: Shape) -> Counts | None:
    """From the counts at a block's result to those at one of its inputs."""
    if int(np.prod(came.axes, dtype=np.int64)) > MOST:
        return None
    if facts.windows is None:
        return np.full(came.axes, counts.sum())
    if len(facts.inputs) > 1 and counts.shape != came.axes:
        return _stretched_back(counts, came)
    if len(facts.windows) != counts.ndim or counts.ndim != came.rank:
        return counts if counts.shape == came.axes else None
    for axis, window in enumerate(facts.windows):
        counts = _laid_back(counts, axis, window, came.axes[axis])
    return counts


def _stretched_back(counts: Counts, came: Shape) -> Counts | None:
    """Where ways meet, an axis of length 1 that was stretched over the result is reached from all of it."""
    if not came.rank:
        return np.asarray(counts.sum())
    if came.rank != counts.ndim:
        return None
    for axis, length in enumerate(came.axes):
        if length == 1:
            counts = counts.sum(axis, keepdims=True)
    return counts if counts.shape == came.axes else None


def _laid_back(counts: Counts, axis: int, window: Window, cells: int) -> Counts:
    """Along one axis, each unit's count is added to every cell that it looks at; cells outside are padding."""
    units = np.moveaxis(counts, axis, 0)
    found = np.zeros((cells, *units.shape[1:]))
    seen = window.phases or ((-window.before, window.size - 1 - window.before),)
    for phase, (first, last) in enumerate(seen):
        same = units[phase :: len(seen)]
        for cell in range(first, last + 1, window.dilation):
            _add(found, same, cell, window.stride)
    return np.moveaxis(found, 0, axis)


def _add(found: Counts, units: Counts, cell: int, stride: int) -> None:
    """Add units to the cells from `cell` on, one every `stride`, as far as there are any."""
    begin = max(0, -(cell // stride))
    end = min(len(units), (len(found) - 1 - cell) // stride + 1)
    if begin < end:
        found[cell + begin * stride : cell + (end - 1) * stride + 1 : stride] += units[begin:end]
