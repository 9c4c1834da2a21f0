"""The sheet of a separable convolution: each map filtered alone, then mixed, in its two stages."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Stages, Sum
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.grid import GAP, CellGrid, cell_width, flat_shape
from convstudio.ui.lens.ink import Align, Ink, around_zero
from convstudio.ui.lens.sheet import Mark, Sheet, Table, at, exact, short
from convstudio.ui.live.numbers import decimals
from convstudio.ui.text import count, tr

LABEL, SIGN, NUMBER, BETWEEN = 46, 20, 66, 14


class StagesSheet(Sheet):
    """Paints a `Stages`: a row for each filtered map, from its patch to its part of the result."""

    title: ClassVar[str] = "Filter each map, then mix"

    def __init__(self, found: Explanation, terms: Stages) -> None:
        super().__init__(found)
        self.terms = terms
        self._weights = around_zero(tuple(w for one in terms.first for w in one.rows[0].weights))
        self._mix = around_zero(tuple(row.weights[0] for row in terms.second.rows))

    def words(self) -> str:
        maps = count(len(self.terms.first), "filtered map", "filtered maps")
        bent = f" {tr('Each sum then passes')} {self.terms.between}." if self.terms.between else ""
        scanning = self.terms.first[0].scanning
        dilated = scanning is not None and max(scanning.dilation) > 1
        gaps = f" {tr('The masks are dilated: what lies in their gaps is not looked at.')}" if dilated else ""
        return (
            tr("First stage: each input map is filtered alone, by a mask of its own (depthwise).")
            + f"{bent}{gaps} {tr('Second stage: the')} {maps} "
            + tr("at this place are weighed and added up (pointwise): a mask of a single cell across all maps.")
        )

    def formula(self) -> str:
        second = self.terms.second
        total = sum(row.sum for row in second.rows)
        bias = "" if second.bias is None else f" + bias {short(second.bias)}"
        maps = count(len(second.rows), "map", "maps")
        return f"Σ over {maps} of (Σ patch × mask) · weight = {short(total)}{bias} = {short(self.terms.result)}"

    def table(self) -> Table:
        head = ("filtered map", "input channel", "place", "value", "mask", "product")
        body = [
            (str(n), str(one.rows[0].channel), at(place), exact(v), exact(w), exact(v * w))
            for n, one in enumerate(self.terms.first)
            for place, v, w in zip(one.cells.places, one.rows[0].values, one.rows[0].weights, strict=True)
        ]
        mixed = [
            (str(row.channel), "", "mixed", exact(row.values[0]), exact(row.weights[0]), exact(row.sum))
            for row in self.terms.second.rows
        ]
        second = self.terms.second
        bias = [("bias", "", "", "", "", exact(second.bias))] if second.bias is not None else []
        return (head, *body, *mixed, *bias, ("result", "", "", "", "", exact(self.terms.result)))

    def height(self, width: int) -> int:
        return round(len(self.terms.first) * self._pitch(width))

    def top_of(self, port: int, channel: int, width: int) -> int | None:
        rows = (n for n, one in enumerate(self.terms.first) if one.rows[0].channel == channel)
        first = next(rows, None)
        return None if first is None else round(first * self._pitch(width))

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        cells = self.terms.first[0].cells
        return tuple(Mark(place, cells.padded(n)) for n, place in enumerate(cells.places))

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        pitch = self._pitch(width)
        first = max(0, int(seen.top() // pitch))
        for number in range(first, min(len(self.terms.first), int(seen.bottom() // pitch) + 1)):
            self._paint_row(ink, number, width)

    def tip(self, x: float, y: float, width: int) -> str:
        number = int(y // self._pitch(width))
        if not 0 <= number < len(self.terms.first):
            return ""
        row = self.terms.first[number].rows[0]
        for grid in self._grids(number, width):
            if (cell := grid.at(x, y)) is not None:
                return f"{short(row.values[cell])} × {short(row.weights[cell])} = {short(row.products[cell])}"
        return ""

    def _grids(self, number: int, width: int) -> tuple[CellGrid, CellGrid]:
        one, cell = self.terms.first[number], self._cell(width)
        patch = CellGrid(one.cells.grid, LABEL, number * self._pitch(width), cell, min(22.0, max(cell, 7.0)))
        return patch, CellGrid(patch.axes, patch.left + patch.width + SIGN, patch.top, patch.wide, patch.high)

    def _paint_row(self, ink: Ink, number: int, width: int) -> None:
        one = self.terms.first[number]
        patch, mask = self._grids(number, width)
        row, values = one.rows[0], self.scale()
        ink.digits(QRectF(0, patch.top, LABEL - 6, patch.height), f"ch {row.channel}", "dim")
        for n, (value, weight) in enumerate(zip(row.values, row.weights, strict=True)):
            ink.cell(patch.place(n), value, values.colour(value))
            if one.cells.padded(n):
                ink.hatch(patch.place(n))
            ink.cell(mask.place(n), weight, self._weights.colour(weight))
        sign = QRectF(patch.left + patch.width, patch.top, SIGN, patch.height)
        ink.words(sign, "×", align=Align.AlignHCenter)
        self._paint_mixing(ink, number, mask, width)

    def _paint_mixing(self, ink: Ink, number: int, mask: CellGrid, width: int) -> None:
        """= the filtered value × its weight = its part."""
        row = self.terms.second.rows[number]
        one = self.terms.first[number]
        left, middle = mask.left + mask.width, mask.top + mask.height / 2
        value = f"= {decimals(row.values[0])}"
        ink.digits(QRectF(left + 4, middle - 10, NUMBER, 20), value)
        if self.terms.between or one.bias:
            ink.digits(QRectF(left + 4, middle + 7, NUMBER, 14), self._inside(one), "dim", size=6.5)
        left += NUMBER + 4
        ink.words(QRectF(left - SIGN + 8, middle - 10, SIGN, 20), "×", align=Align.AlignHCenter)
        ink.cell(QRectF(left + 10, middle - 11, 44, 22), row.weights[0], self._mix.colour(row.weights[0]))
        ink.digits(QRectF(left + 60, middle - 10, NUMBER, 20), f"= {decimals(row.sum)}", size=9.5)

    def _inside(self, one: Sum) -> str:
        """How the value came from the sum: 'ReLU(0.24)', or '0.21 + 0.03' with the bias."""
        if self.terms.between:
            return f"{self.terms.between}({decimals(one.worked, 2)})"
        return f"{decimals(one.rows[0].sum, 2)} + {decimals(one.bias or 0.0, 2)}"

    def _pitch(self, width: int) -> float:
        high = min(22.0, max(self._cell(width), 7.0))
        return max(flat_shape(self.terms.first[0].cells.grid)[0] * (high + GAP) - GAP, 30.0) + BETWEEN

    def _cell(self, width: int) -> float:
        room = width - LABEL - SIGN - 2 * NUMBER - 64
        return cell_width(self.terms.first[0].cells.grid, room / 2, 44.0, 4.0)
