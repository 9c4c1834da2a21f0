"""A growing row of numbers that can be drawn at any length: minima and maxima of bins, kept up to date on append.

Level k holds the least and the largest of each BASE ** k neighbours. A question for some hundred bins reads at most
BASE entries a bin, so a million points cost no more than a few thousand. Without Qt.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
BASE = 16


class Bins(NamedTuple):
    """Bins of `size` neighbours: `starts` (index of the first of each), least and largest number in each."""

    starts: NDArray[np.int64]
    low: Floats
    high: Floats
    size: int


class Growing:
    """A float32 array with room to grow: appending costs O(1) a number."""

    def __init__(self) -> None:
        self._room: Floats = np.empty(256, np.float32)
        self.length = 0

    @property
    def values(self) -> Floats:
        """What is in it, without a copy."""
        return self._room[: self.length]

    def put(self, start: int, values: Floats) -> None:
        """Write `values` from index `start` (at most the length) on; what was behind is gone."""
        end = start + len(values)
        if end > len(self._room):
            larger = np.empty(max(end, 2 * len(self._room)), np.float32)
            larger[:start] = self._room[:start]
            self._room = larger
        self._room[start:end] = values
        self.length = end


class Pyramid:
    """Numbers with the minima and maxima of their bins. NaN counts as no number; a bin of nothing else is NaN."""

    def __init__(self) -> None:
        self._raw = Growing()
        self._levels: list[tuple[Growing, Growing]] = []

    def __len__(self) -> int:
        return self._raw.length

    @property
    def values(self) -> Floats:
        """All numbers, without a copy; valid until the next append."""
        return self._raw.values

    def append(self, values: ArrayLike) -> None:
        """Put numbers at the end."""
        self._write(len(self), np.asarray(values, np.float32).reshape(-1))

    def truncate(self, length: int) -> None:
        """Forget all numbers from index `length` on."""
        if length < len(self):
            self._write(max(length, 0), np.empty(0, np.float32))

    def bins(self, first: int, last: int, count: int) -> Bins:
        """About `count` bins (never more than count + 1) that cover the numbers `first` to `last` - 1.

        A bin's start is a multiple of its size, so that bins stand still while the row grows; the first and the last
        may reach beyond the range asked for.
        """
        first, last = max(0, first), min(last, len(self))
        if last <= first:
            return Bins(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32), 1)
        size = -(-(last - first) // max(1, count))
        level = 0
        while BASE ** (level + 1) <= size:
            level += 1
        unit = BASE**level
        size = -(-size // unit) * unit
        starts = np.arange(first // size * size, last, size, dtype=np.int64)
        return self._binned(starts, size, level)

    def extremes(self) -> tuple[float, float]:
        """The least and the largest number; NaN where there is none."""
        if not len(self):
            return float("nan"), float("nan")
        low, high = self._level(len(self._levels))
        return float(np.fmin.reduce(low)), float(np.fmax.reduce(high))

    def _binned(self, starts: NDArray[np.int64], size: int, level: int) -> Bins:
        low, high = self._level(level)
        unit = BASE**level
        end = -(-min(int(starts[-1]) + size, len(self)) // unit)
        cuts = starts // unit
        if size == unit:
            return Bins(starts, low[cuts[0] : end], high[cuts[0] : end], size)
        return Bins(starts, np.fmin.reduceat(low[:end], cuts), np.fmax.reduceat(high[:end], cuts), size)

    def _level(self, level: int) -> tuple[Floats, Floats]:
        if level == 0:
            return self._raw.values, self._raw.values
        low, high = self._levels[level - 1]
        return low.values, high.values

    def _write(self, start: int, values: Floats) -> None:
        """Put `values` at `start` and bring every level up to date from there on."""
        self._raw.put(start, values)
        level = 1
        while BASE**level <= len(self) or level <= len(self._levels):
            if level > len(self._levels):
                self._levels.append((Growing(), Growing()))
                changed = 0
            else:
                changed = start // BASE**level
            self._renew(level, changed)
            level += 1

    def _renew(self, level: int, changed: int) -> None:
        """Compute the entries of a level from `changed` on from the level below."""
        below_low, below_high = self._level(level - 1)
        low, high = self._levels[level - 1]
        cuts = np.arange(changed * BASE, len(below_low), BASE)
        if len(cuts):
            low.put(changed, np.fmin.reduceat(below_low, cuts))
            high.put(changed, np.fmax.reduceat(below_high, cuts))
        else:
            nothing = np.empty(0, np.float32)
            low.put(min(changed, low.length), nothing)
            high.put(min(changed, high.length), nothing)
