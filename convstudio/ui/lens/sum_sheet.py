"""The sheet of a convolution: patch times mask, channel by channel, the sums, the bias, and the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Row, Sum
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.grid import GAP, CellGrid, cell_width, flat_shape
from convstudio.ui.lens.ink import Align, Ink, around_zero
from convstudio.ui.lens.sheet import Mark, Sheet, Table, at, exact, short
from convstudio.ui.live.numbers import decimals
from convstudio.ui.text import count, tr

LABEL, SIGN, TOTAL = 46, 22, 84
BETWEEN = 14
"""Pixels between the rows of two channels."""
WIDEST, NARROWEST, ROOMY = 48.0, 4.0, 26.0
HIGHEST = 22.0


@dataclass(frozen=True)
class RowPlaces:
    """Where the parts of one channel's row stand; the products only where there is room for them."""

    patch: CellGrid
    mask: CellGrid
    products: CellGrid | None

    @property
    def last(self) -> CellGrid:
        return self.products or self.mask


class SumSheet(Sheet):
    """Paints a `Sum` over channels."""

    title: ClassVar[str] = "Patch × mask, channel by channel"

    def __init__(self, found: Explanation, terms: Sum) -> None:
        super().__init__(found)
        self.terms = terms
        self._weights = around_zero(tuple(w for row in terms.rows for w in row.weights))
        self._products = around_zero(tuple(p for row in terms.rows for p in row.products))

    # --- words

    def words(self) -> str:
        terms = self.terms
        many = len(terms.rows) > 1
        channels = f"{tr('each of')} {len(terms.rows)} {tr('input channels')}" if many else tr("one input channel")
        cells = " × ".join(map(str, terms.cells.grid))
        text = (
            f"{tr('Under the mask lies a patch of')} {cells} {tr('cells in')} {channels}. "
            + tr("Each value is multiplied with the weight that lies on it; the products of all cells and channels are")
            + f" {tr('added up') if terms.bias is None else tr('added up, and the bias is added')}."
        )
        return " ".join([text, *self._peculiarities()])

    def _peculiarities(self) -> list[str]:
        scanning, found = self.terms.scanning, []
        if scanning is None:
            return []
        if max(self.terms.cells.grid, default=1) == 1:
            found.append(tr("The mask is a single cell: it mixes the maps and does not look at neighbours."))
        if scanning.groups > 1 and len(self.terms.rows) == 1:
            found.append(tr("Depthwise: each output map sees one input map only, by a mask of its own."))
        elif scanning.groups > 1:
            found.append(f"{tr('Grouped: this output map sees only its own group, one of')} {scanning.groups}.")
        if max(scanning.dilation) > 1:
            apart = " × ".join(map(str, dict.fromkeys(scanning.dilation)))
            found.append(
                f"{tr('Dilated: the cells lie')} {apart} {tr('apart; what lies in the gaps is not looked at.')}"
            )
        if max(scanning.stride) > 1:
            step = " × ".join(map(str, dict.fromkeys(scanning.stride)))
            found.append(f"{tr('From one place to the next the mask moves by')} {step} {tr('cells (the stride).')}")
        if any(self.terms.cells.outside):
            found.append(f"{tr('Hatched cells are padding')} ({scanning.mode}).")
        if scanning.fixed:
            found.append(tr("The numbers of this mask were chosen; training leaves them as they are."))
        return found

    def formula(self) -> str:
        terms = self.terms
        rows = terms.rows
        total = sum(row.sum for row in rows)
        over = f"Σ over {count(len(rows), 'channel', 'channels')}" if len(rows) > 1 else "Σ"
        if terms.bias is None:
            return f"{over} = {short(terms.result)}"
        return f"{over} = {short(total)} + bias {short(terms.bias)} = {short(terms.result)}"

    def table(self) -> Table:
        head = ("input channel", "cell", "place", "padding", "value", "weight", "product")
        cells = self.terms.cells
        body = [
            (str(row.channel), str(n), at(place), "yes" if cells.padded(n) else "", exact(v), exact(w), exact(v * w))
            for row in self.terms.rows
            for n, (place, v, w) in enumerate(zip(cells.places, row.values, row.weights, strict=True))
        ]
        bias = [("bias", "", "", "", "", "", exact(self.terms.bias))] if self.terms.bias is not None else []
        return (head, *body, *bias, ("result", "", "", "", "", "", exact(self.terms.result)))

    # --- picture

    def height(self, width: int) -> int:
        return round(len(self.terms.rows) * self._pitch(width))

    def top_of(self, port: int, channel: int, width: int) -> int | None:
        for number, row in enumerate(self.terms.rows):
            if row.channel == channel:
                return round(number * self._pitch(width))
        return None

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        pitch = self._pitch(width)
        first = max(0, int(seen.top() // pitch))
        for number in range(first, min(len(self.terms.rows), int(seen.bottom() // pitch) + 1)):
            self._paint_row(ink, self.terms.rows[number], self.places(number, width))

    def places(self, number: int, width: int) -> RowPlaces:
        """Where the parts of the row with that number stand."""
        wide, three = self._cell(width)
        high = min(HIGHEST, max(wide, 12.0)) if wide >= ROOMY - 4 else min(HIGHEST, wide)
        top, left, grids = number * self._pitch(width), float(LABEL), []
        for _ in range(3 if three else 2):
            grids.append(CellGrid(self.terms.cells.grid, left, top, wide, high))
            left += grids[-1].width + SIGN
        return RowPlaces(grids[0], grids[1], grids[2] if three else None)

    def tip(self, x: float, y: float, width: int) -> str:
        number = int(y // self._pitch(width))
        if not 0 <= number < len(self.terms.rows):
            return ""
        row, places = self.terms.rows[number], self.places(number, width)
        for grid in (places.patch, places.mask, places.products):
            if grid is not None and (cell := grid.at(x, y)) is not None:
                return self._cell_words(row, cell)
        return ""

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        if not any(row.channel == channel for row in self.terms.rows):
            return ()
        cells = self.terms.cells
        return tuple(Mark(place, cells.padded(n)) for n, place in enumerate(cells.places))

    def _cell_words(self, row: Row, cell: int) -> str:
        cells = self.terms.cells
        where = tr("padding") if cells.padded(cell) else at(cells.places[cell])
        value, weight = row.values[cell], row.weights[cell]
        product = f"{short(value)} × {short(weight)} = {short(value * weight)}"
        return (
            f"{tr('channel')} {row.channel} · {where}: {product}"
            if where
            else f"{tr('channel')} {row.channel}: {product}"
        )

    def _paint_row(self, ink: Ink, row: Row, places: RowPlaces) -> None:
        patch, cells = places.patch, self.terms.cells
        middle = QRectF(0, patch.top, LABEL - 6, patch.height)
        ink.digits(middle, f"ch {row.channel}", "dim")
        values, weights = self.scale(), self._weights
        for n, (value, weight) in enumerate(zip(row.values, row.weights, strict=True)):
            ink.cell(patch.place(n), value, values.colour(value))
            if cells.padded(n):
                ink.hatch(patch.place(n))
            ink.cell(places.mask.place(n), weight, weights.colour(weight))
            if places.products:
                ink.cell(places.products.place(n), value * weight, self._products.colour(value * weight))
        self._paint_signs(ink, row, places)

    def _paint_signs(self, ink: Ink, row: Row, places: RowPlaces) -> None:
        patch, last = places.patch, places.last
        signs = [(patch, "×"), (places.mask, "=")] if places.products else [(patch, "×")]
        for grid, sign in signs:
            ink.words(QRectF(grid.left + grid.width, grid.top, SIGN, grid.height), sign, align=Align.AlignHCenter)
        total = QRectF(last.left + last.width + 4, last.top, TOTAL, last.height)
        ink.digits(total, f"{'Σ' if places.products else '='} {decimals(row.sum)}", size=9.5)

    def _pitch(self, width: int) -> float:
        wide, _ = self._cell(width)
        high = min(HIGHEST, max(wide, 12.0)) if wide >= ROOMY - 4 else min(HIGHEST, wide)
        return max(flat_shape(self.terms.cells.grid)[0] * (high + GAP) - GAP, 14.0) + BETWEEN

    def _cell(self, width: int) -> tuple[float, bool]:
        """How wide a cell is, and whether there is room for the products beside patch and mask."""
        grid, room = self.terms.cells.grid, width - LABEL - TOTAL - 4
        three = cell_width(grid, (room - 2 * SIGN) / 3, WIDEST)
        if three >= ROOMY:
            return three, True
        return cell_width(grid, (room - SIGN) / 2, WIDEST, NARROWEST), False
