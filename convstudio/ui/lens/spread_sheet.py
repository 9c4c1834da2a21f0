"""The sheet of a transposed convolution: which input cells reach the unit, and how one of them is spread."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Place, Spread
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.grid import CellGrid, cell_width
from convstudio.ui.lens.ink import Align, Ink
from convstudio.ui.lens.sheet import LINE, at, short
from convstudio.ui.lens.sum_sheet import SumSheet
from convstudio.ui.text import count, tr


class SpreadSheet(SumSheet):
    """The sums as of a convolution; below them the whole mask of the input value that contributes most."""

    title: ClassVar[str] = "Input cells that reach the unit × their weights"

    def __init__(self, found: Explanation, terms: Spread) -> None:
        super().__init__(found, terms.sum)
        self.spread = terms

    def words(self) -> str:
        cells = count(len(self.spread.taps), "input cell reaches", "input cells reach")
        if not self.spread.taps:
            return tr("No input cell's mask reaches this place: with a stride longer than the mask there are gaps.")
        return (
            tr("Each input value lays its whole mask on the output, multiplied with the value; the next one lays it a")
            + f" {tr('stride further, and where masks overlap they add up.')} {cells} "
            + tr("this unit, each with another cell of the mask. Below: how one of them is spread, the cell that lands")
            + f" {tr('here framed; the dotted frame on the output shows all that it covers.')}"
        )

    def height(self, width: int) -> int:
        above = super().height(width) if self.spread.taps else 0
        return round(above + (self._whole(width).height + 2 * LINE if self.spread.taps else 0))

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        if not self.spread.taps:
            return
        super().paint(ink, width, QRect(0, seen.top(), width, min(seen.height(), super().height(width) - seen.top())))
        grid, (row, cell) = self._whole(width), self.strongest()
        value = self.terms.rows[row].values[cell]
        words = (
            f"{tr('channel')} {self.terms.rows[row].channel} · {at(self.terms.cells.places[cell])}: {short(value)} × "
        )
        ink.words(QRectF(0, grid.top - LINE, width, LINE), f"{words}{tr('its mask')}", "dim", Align.AlignLeft)
        landing = _flat(self.spread.taps[cell], self.spread.mask)
        for n, weight in enumerate(self.spread.masks[row]):
            ink.cell(grid.place(n), value * weight, self._products.colour(value * weight))
            if n == landing:
                ink.frame(grid.place(n), "heat", 2.5)

    def strongest(self) -> tuple[int, int]:
        """Row and cell of the largest product."""
        rows = self.terms.rows
        places = [(row, cell) for row in range(len(rows)) for cell in range(len(self.spread.taps))]
        return max(places, key=lambda at: abs(rows[at[0]].products[at[1]]))

    def covered(self) -> tuple[Place, ...]:
        """The cells of the output that the strongest input value covers."""
        if not self.spread.taps or self.terms.scanning is None:
            return ()
        _, cell = self.strongest()
        source, scanning = self.terms.cells.places[cell], self.terms.scanning
        first = tuple(n * s - c for n, s, c in zip(source, scanning.stride, self.spread.cut, strict=True))
        last = tuple(f + (m - 1) * d for f, m, d in zip(first, self.spread.mask, scanning.dilation, strict=True))
        return (first, last)

    def _whole(self, width: int) -> CellGrid:
        wide = cell_width(self.spread.mask, width - 20, 44.0)
        return CellGrid(self.spread.mask, 0.0, super().height(width) + LINE, wide, min(22.0, wide))


def _flat(place: Place, axes: tuple[int, ...]) -> int:
    """The number of a cell in C order."""
    number = 0
    for cell, length in zip(place, axes, strict=True):
        number = number * length + cell
    return number
