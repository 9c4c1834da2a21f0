"""One set of weights of a block as it is shown: which tiles, in how many columns, and the words for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from convstudio.network.call import Call
from convstudio.ui.live.levels import Levels, cell_at, flat, largest_magnitude, signed_levels
from convstudio.ui.live.mask_reading import MaskReading, reading
from convstudio.ui.live.numbers import decimals, significant
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import count, grouped, tr

_AXES = {1: ("place",), 2: ("row", "column"), 3: ("time", "row", "column")}


@dataclass(frozen=True)
class MaskStage:
    """Weights `values`: output channels × input channels of a mask × cells; `total` output channels exist.

    Fully connected weights (outputs × inputs, no cells) are a matrix: one tile, a row, for each output.
    """

    name: str
    values: NDArray[np.float32]
    total: int
    reading: MaskReading

    @property
    def matrix(self) -> bool:
        return self.values.ndim == 2

    @property
    def outputs(self) -> int:
        return len(self.values)

    @property
    def inputs(self) -> int:
        return int(self.values.shape[1])

    @property
    def axes(self) -> tuple[int, ...]:
        """The cells of one tile along each axis."""
        return (self.inputs,) if self.matrix else self.values.shape[2:]

    @property
    def columns(self) -> int | None:
        """Tiles beside each other: the input channels; None (as many as fit) where a mask has only one."""
        if self.matrix:
            return 1
        return None if self.inputs == 1 else self.inputs

    @cached_property
    def tiles(self) -> NDArray[np.float32]:
        """Every mask, flat: number × rows × columns."""
        number = self.outputs if self.matrix else self.outputs * self.inputs
        return flat(self.values.reshape(number, *self.axes))

    @cached_property
    def limit(self) -> float:
        """The largest |weight|: the end of the one scale for all tiles."""
        return largest_magnitude(self.values)

    @cached_property
    def levels(self) -> Levels:
        """`tiles` as levels of the diverging table."""
        number = self.outputs if self.matrix else self.outputs * self.inputs
        return flat(signed_levels(self.values, self.limit).reshape(number, *self.axes))

    def caption(self, block: str) -> str:
        """'conv_2 · 8 × 16 masks of 3 × 3'."""
        if self.matrix:
            words = f"{block} · {grouped(self.total)} × {grouped(self.inputs)} {tr('weights')}"
        elif self.inputs == 1 and self.reading.groups > 1:
            words = f"{block} · {count(self.total, 'mask', 'masks')} {tr('of')} {self._size()}"
        else:
            words = f"{block} · {grouped(self.total)} × {grouped(self.inputs)} {tr('masks of')} {self._size()}"
        if not self.matrix and (remark := self.reading.remark(self.inputs)):
            words += f", {remark}"
        if self.outputs < self.total:
            channels = _INPUTS if self.reading.transposed else _CHANNELS
            words += f" · {tr('first')} {grouped(self.outputs)} {tr('of')} {count(self.total, *channels)}"
        return words

    def directions(self) -> str:
        """What the rows and the columns of the picture are."""
        if self.matrix:
            return tr("input → output ↓")
        return self.reading.directions(self.inputs)

    def tile_words(self, tile: int) -> str:
        """'output 3 ← input 5'."""
        if self.matrix:
            return f"{tr('output')} {tile} ← {tr('all inputs')}"
        return self.reading.words(*divmod(tile, max(self.inputs, 1)), self.inputs)

    def cell_words(self, cell: Cell) -> str:
        """Tile, place in it and value; '' between the slices of a clip's mask."""
        place = cell_at(self.axes, cell.row, cell.column)
        if place is None:
            return ""
        value = significant(float(self.tiles[cell.tile, cell.row, cell.column]), 6)
        if self.matrix:
            return f"{tr('output')} {cell.tile} ← {tr('input')} {cell.column}: {value}"
        names = _AXES.get(len(place), ())
        where = ", ".join(f"{tr(name)} {number}" for name, number in zip(names, place, strict=False))
        return f"{self.tile_words(cell.tile)}{' · ' if where else ''}{where}: {value}"

    def summary(self, tile: int) -> str:
        """Mean and norm (root of the sum of squares) of one tile's weights."""
        number = self.outputs if self.matrix else self.outputs * self.inputs
        weights = self.values.reshape(number, -1)[tile].astype(np.float64)
        norm = float(np.sqrt(np.square(weights).sum()))
        return f"{tr('mean')} {decimals(float(weights.mean()))} · {tr('norm')} {decimals(norm)}"

    def _size(self) -> str:
        return " × ".join(str(cells) for cells in self.axes) or "1"


_CHANNELS = ("output channel", "output channels")
_INPUTS = ("input channel", "input channels")


def stage(call: Call | None, name: str, values: NDArray[np.float32], total: int) -> MaskStage:
    """The weight `name` of a block with that call. Of a fixed mask one is enough: the copies are the same."""
    found = reading(call, name, total)
    return MaskStage(name, values[:1], 1, found) if found.fixed else MaskStage(name, values, total, found)
