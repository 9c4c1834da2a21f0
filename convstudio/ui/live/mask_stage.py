"""One set of weights of a block as it is shown: which tiles, in how many columns, and the words for each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from convstudio.network.call import Call
from convstudio.ui.live.levels import Levels, cell_at, flat, largest_magnitude, signed_levels
from convstudio.ui.live.mask_reading import MaskReading, reading
from convstudio.ui.live.neighbours import Source
from convstudio.ui.live.numbers import decimals, significant
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import count, grouped, tr

_AXES = {1: ("place",), 2: ("row", "column"), 3: ("time", "row", "column")}


@dataclass(frozen=True)
class MaskStage:
    """Weights `values`: output channels × input channels of a mask × cells; `total` output channels exist.

    They are shown in another order where `rows` says which output channel stands in which row. Fully connected weights
    (outputs × inputs, no cells) are a matrix: one tile, a row, for each output.
    """

    name: str
    values: NDArray[np.float32]
    total: int
    reading: MaskReading
    rows: tuple[int, ...] = ()

    def ordered(self, rows: NDArray[np.intp]) -> MaskStage:
        """The same in another order of the output channels."""
        return replace(self, values=self.values[rows], rows=tuple(int(row) for row in rows))

    def norms(self) -> NDArray[np.float64]:
        """The norm of all weights of each output channel; 0 where one is no number."""
        flat_rows = np.nan_to_num(self.values.reshape(self.outputs, -1).astype(np.float64))
        return np.asarray(np.sqrt(np.square(flat_rows).sum(1)))

    def row_of(self, number: int) -> int:
        """The output channel that stands in a row."""
        return self.rows[number] if self.rows else number

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
            what = tr("maps of weights of") if self.reading.over else tr("masks of")
            words = f"{block} · {grouped(self.total)} × {grouped(self.inputs)} {what} {self._size()}"
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
        row, column = (tile, 0) if self.matrix else divmod(tile, max(self.inputs, 1))
        if self.matrix:
            return f"{tr('output')} {self.row_of(row)} ← {tr('all inputs')}"
        return self.reading.words(self.row_of(row), column, self.inputs)

    def cell_words(self, cell: Cell) -> str:
        """Tile, place in it and value; '' between the slices of a clip's mask."""
        place = cell_at(self.axes, cell.row, cell.column)
        if place is None:
            return ""
        value = significant(float(self.tiles[cell.tile, cell.row, cell.column]), 6)
        if self.matrix:
            return f"{tr('output')} {self.row_of(cell.tile)} ← {tr('input')} {cell.column}: {value}"
        names = _AXES.get(len(place), ())
        where = ", ".join(f"{tr(name)} {number}" for name, number in zip(names, place, strict=False))
        return f"{self.tile_words(cell.tile)}{' · ' if where else ''}{where}: {value}"

    def summary(self, tile: int) -> str:
        """Mean and norm (root of the sum of squares) of one tile's weights."""
        weights = self._weights(tile)
        return f"{tr('mean')} {decimals(float(weights.mean()))} · {tr('norm')} {decimals(self.norm(tile))}"

    def norm(self, tile: int) -> float:
        """Root of the sum of the squares of one tile's weights."""
        return float(np.sqrt(np.square(self._weights(tile)).sum()))

    def _weights(self, tile: int) -> NDArray[np.float64]:
        number = self.outputs if self.matrix else self.outputs * self.inputs
        weights: NDArray[np.float64] = self.values.reshape(number, -1)[tile].astype(np.float64)
        return weights

    def _size(self) -> str:
        return " × ".join(str(cells) for cells in self.axes) or "1"


_CHANNELS = ("output channel", "output channels")
_INPUTS = ("input channel", "input channels")


def stage(call: Call | None, name: str, values: NDArray[np.float32], total: int) -> MaskStage:
    """The weight `name` of a block with that call. Of a fixed mask one is enough: the copies are the same."""
    found = reading(call, name, total)
    return MaskStage(name, values[:1], 1, found) if found.fixed else MaskStage(name, values, total, found)


def laid_over(matrix: MaskStage, over: Source | None) -> MaskStage | None:
    """The weights of a fully connected block over the maps that reach it in a row; None where none do."""
    if over is None or not matrix.matrix or matrix.inputs != over.shape.size:
        return None
    values = matrix.values.reshape(matrix.outputs, over.shape.channels, *over.shape.axes)
    return MaskStage(tr("over the maps"), values, matrix.total, MaskReading(matrix.total, over=over.block))
