"""Where the cells of a patch or a mask stand on a sheet: rows and columns, the slices of a clip side by side."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from PySide6.QtCore import QRectF

GAP = 2.0
SMALL = 7.0
"""Cells of less than so many pixels stand side by side, without a gap."""
APART = 8.0


@dataclass(frozen=True)
class CellGrid:
    """Cells of `axes` (none to three) at a size in pixels, from a left upper corner."""

    axes: tuple[int, ...]
    left: float
    top: float
    wide: float
    high: float

    @property
    def gap(self) -> float:
        return GAP if self.wide >= SMALL else 0.0

    @property
    def slices(self) -> int:
        return self.axes[0] if len(self.axes) == 3 else 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a slice."""
        return flat_shape(self.axes)

    @property
    def width(self) -> float:
        return across(self.axes) * (self.wide + self.gap) - self.gap + (self.slices - 1) * APART

    @property
    def height(self) -> float:
        return self.shape[0] * (self.high + self.gap) - self.gap

    def place(self, cell: int) -> QRectF:
        """Of the cell with that number, in C order."""
        rows, columns = self.shape
        part, inside = divmod(cell, rows * columns)
        row, column = divmod(inside, columns)
        left = self.left + (part * columns + column) * (self.wide + self.gap) + part * APART
        return QRectF(left, self.top + row * (self.high + self.gap), self.wide, self.high)

    def at(self, x: float, y: float) -> int | None:
        """The number of the cell at a pixel."""
        rows, columns = self.shape
        one = columns * (self.wide + self.gap) + APART
        part, inside = divmod(x - self.left, one) if self.slices > 1 else (0, x - self.left)
        row, column = (y - self.top) // (self.high + self.gap), inside // (self.wide + self.gap)
        there = 0 <= part < self.slices and 0 <= row < rows and 0 <= column < columns
        return int(part * rows * columns + row * columns + column) if there else None


def flat_shape(axes: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of a slice: one number is one cell, an axis alone is one row."""
    if len(axes) < 2:
        return 1, axes[0] if axes else 1
    return axes[-2], axes[-1]


def cell_width(axes: tuple[int, ...], room: float, widest: float, narrowest: float = 3.0) -> float:
    """How wide a cell may be for all of them to fit beside each other into so many pixels."""
    slices = axes[0] if len(axes) == 3 else 1
    wide = (room - (slices - 1) * APART) / max(1, across(axes)) - GAP
    return max(narrowest, min(widest, wide if wide >= SMALL else wide + GAP))


def across(axes: tuple[int, ...]) -> int:
    """Cells beside each other, those of all slices."""
    return flat_shape(axes)[1] * (prod(axes[:-2]) if len(axes) > 2 else 1)
