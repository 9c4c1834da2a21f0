"""The feature maps of a block as they are shown: tiles, real values, and the words for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from convstudio.ui.live.levels import Levels, cell_at, flat, map_levels
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import count, grouped, tr

_NAMES = {0: (), 1: ("place",), 2: ("row", "column"), 3: ("time", "row", "column")}


@dataclass(frozen=True)
class Dead:
    """Maps that are 0 everywhere for each of `samples` validation samples."""

    maps: frozenset[int] = frozenset()
    samples: int = 0

    def words(self, number: int | None = None) -> str:
        """'2 dead: 0 for all of 64 validation samples'."""
        count_of = "" if number is None else f"{number} "
        return f"{count_of}{tr('dead: 0 for all of')} {self.samples} {tr('validation samples')}"


NONE_DEAD = Dead()


@dataclass(frozen=True)
class MapStack:
    """`maps` (uint8, number × cells) stand for low + n · (high - low) / 255; `total` maps exist.

    Maps of one row (signals, and vectors as one such map) have a single axis of cells here.
    """

    maps: NDArray[np.uint8]
    low: float
    high: float
    total: int

    def __post_init__(self) -> None:
        if self.maps.ndim == 3 and self.maps.shape[1] == 1:
            object.__setattr__(self, "maps", self.maps[:, 0])

    @property
    def vector(self) -> bool:
        """One number for each map, or one row of numbers: bars tell more than cells."""
        return self.maps.ndim == 1 or self.maps[0].size == 1 or (self.maps.ndim == 2 and len(self.maps) == 1)

    @cached_property
    def tiles(self) -> Levels:
        """Maps as levels, flat: number × rows × columns."""
        return flat(map_levels(self.maps))

    @cached_property
    def dead(self) -> tuple[int, ...]:
        """Maps that have one and the same value everywhere (within 1/255 of the scale)."""
        cells = self.maps.reshape(len(self.maps), -1)
        return tuple(int(at) for at in np.flatnonzero((cells == cells[:, :1]).all(axis=1)))

    def values(self) -> NDArray[np.float32]:
        """All values in one row."""
        return (self.low + self.maps.reshape(-1).astype(np.float32) * (self.high - self.low) / 255).astype(np.float32)

    def scale(self) -> tuple[str, str, str]:
        """Numbers for the two ends and the middle of the scale."""
        return significant(self.low), significant((self.low + self.high) / 2), significant(self.high)

    def on_scale(self, low: float, high: float) -> Levels:
        """Maps as levels, flat, on the scale of others; what is beyond has the colour of the end."""
        steps = self.low + self.maps.astype(np.float32) * np.float32((self.high - self.low) / 255) - np.float32(low)
        levels = np.rint(np.clip(steps * np.float32(255 / (high - low) if high > low else 0), 0, 255))
        return flat(map_levels(levels.astype(np.uint8)))

    def caption(self, block: str, dead: Dead = NONE_DEAD, off: frozenset[int] = frozenset()) -> str:
        """'conv_1 · 8 maps of 28 × 28 · 2 muted · 2 dead: 0 for all of 64 validation samples · 1 constant for this …'.

        `off` are those that are switched off.
        """
        muted = f" · {len(off)} {tr('muted')}" if off else ""
        if self.vector:
            words = f"{block} · {count(self.maps.size, 'value', 'values')}{muted}"
            return words + (f" · {dead.words(len(dead.maps))}" if dead.maps else "")
        size = " × ".join(grouped(cells) for cells in self.maps.shape[1:])
        words = f"{block} · {count(self.total, 'map', 'maps')} {tr('of')} {size}"
        if len(self.maps) < self.total:
            words += f" · {tr('first')} {grouped(len(self.maps))}"
        words += muted
        if dead.maps:
            words += f" · {dead.words(len(dead.maps))}"
        still = len(set(self.dead) - dead.maps - off)
        return words + (f" · {still} {tr('constant for this sample')}" if still else "")

    def tile_words(self, tile: int, dead: Dead = NONE_DEAD, off: bool = False) -> str:
        """'map 3' and its mean, or that it is `off`, dead or constant."""
        if off:
            return f"{tr('map')} {tile} · {tr('muted: 0 for all that follows')}"
        if tile in dead.maps:
            return f"{tr('map')} {tile} · {dead.words()}"
        if tile in self.dead:
            return f"{tr('map')} {tile} · {tr('constant for this sample')}"
        mean = self.low + float(self.maps[tile].mean()) * (self.high - self.low) / 255
        return f"{tr('map')} {tile} · {tr('mean')} {significant(mean)}"

    def cell_words(self, cell: Cell) -> str:
        """Map, place and value; '' between the slices of a clip."""
        place = cell_at(self.maps.shape[1:], cell.row, cell.column)
        if place is None:
            return ""
        value = self.low + int(self.maps[(cell.tile, *place)]) * (self.high - self.low) / 255
        names = _NAMES.get(len(place), ())
        where = ", ".join(f"{tr(name)} {number}" for name, number in zip(names, place, strict=False))
        return f"{tr('map')} {cell.tile} · {where}: {self._words(value)}"

    def _words(self, value: float) -> str:
        """As exact as 256 steps are: no digit stands for less than a tenth of a step."""
        step = (self.high - self.low) / 255
        return significant(round(value, 1 - floor(log10(step))) if step > 0 else value, 6)
