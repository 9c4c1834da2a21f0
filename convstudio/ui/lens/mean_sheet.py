"""The sheet of a mean or of what lies between neighbours: the cells that are looked at, with how much each counts."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Sum
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.grid import CellGrid, cell_width, flat_shape
from convstudio.ui.lens.ink import Align, Ink, Scale
from convstudio.ui.lens.sheet import LINE, Mark, Sheet, Table, at, exact, short
from convstudio.ui.text import count, tr

APART = 36


class MeanSheet(Sheet):
    """Two grids: the values, and the share with which each counts."""

    title: ClassVar[str] = "The window and its mean"

    def __init__(self, found: Explanation, terms: Sum) -> None:
        super().__init__(found)
        self.terms = terms
        self.row = terms.rows[0]

    def words(self) -> str:
        if self.terms.name == "between":
            return tr(
                "The middle of this cell lies between cells of the smaller map. Each of these counts the more the "
                "nearer it is; the shares add up to 1. There is nothing to learn."
            )
        cells = count(self.terms.divisor, "value", "values")
        text = f"{tr('The mean of')} {cells} {tr('stands for them. On the way back each gets an equal part of')} "
        text += tr("the gradient.")
        if not self.terms.cells.outside:
            return text
        counted = any(w for n, w in enumerate(self.row.weights) if self.terms.cells.padded(n))
        return f"{text} {tr('Padding counts as zeros.') if counted else tr('Padding does not count.')}"

    def formula(self) -> str:
        if self.terms.name == "between":
            pairs = zip(self.row.values, self.row.weights, strict=True)
            return " + ".join(f"{short(w)}·{short(v)}" for v, w in pairs) + f" = {short(self.terms.result)}"
        total = self.terms.worked * self.terms.divisor
        return f"Σ / n = {short(total)} / {self.terms.divisor} = {short(self.terms.result)}"

    def table(self) -> Table:
        cells = self.terms.cells
        body = [
            (at(place), "yes" if cells.padded(n) else "", exact(v), exact(w), exact(v * w))
            for n, (place, v, w) in enumerate(zip(cells.places, self.row.values, self.row.weights, strict=True))
        ]
        result = ("result", "", "", "", exact(self.terms.result))
        return (("place", "padding", "value", "share", "product"), *body, result)

    def height(self, width: int) -> int:
        return round(self._grids(width)[0].height + LINE + 10)

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        cells = self.terms.cells
        if channel != self.row.channel:
            return ()
        return tuple(Mark(place, cells.padded(n)) for n, place in enumerate(cells.places))

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        grids, colours = self._grids(width), self.scale()
        ink.words(QRectF(0, 0, width, LINE), self._caption(), "dim", Align.AlignLeft)
        ink.cells(grids[0], self.row.values, colours)
        for n, outside in enumerate(self.terms.cells.outside):
            if outside:
                ink.hatch(grids[0].place(n))
        if len(grids) > 1:
            ink.words(QRectF(grids[1].left, 0, width, LINE), tr("how much each counts"), "dim", Align.AlignLeft)
            counting = Scale(0.0, max(self.row.weights))
            ink.cells(grids[1], self.row.weights, counting, 3)

    def _caption(self) -> str:
        if self._unlike:
            return tr("values")
        return f"{tr('values, of which each counts')} 1 / {self.terms.divisor} = {short(self.row.weights[0])}"

    @property
    def _unlike(self) -> bool:
        """The values count unequally."""
        return len(set(self.row.weights)) > 1 or self.terms.name == "between"

    def tip(self, x: float, y: float, width: int) -> str:
        for grid in self._grids(width):
            if (cell := grid.at(x, y)) is not None:
                value, share = self.row.values[cell], self.row.weights[cell]
                where = tr("padding") if self.terms.cells.padded(cell) else at(self.terms.cells.places[cell])
                return f"{where}: {short(value)} × {short(share)} = {short(value * share)}"
        return ""

    def _grids(self, width: int) -> tuple[CellGrid, ...]:
        """The values, and, where they count unequally, how much each does."""
        axes = self.terms.cells.grid
        wide = cell_width(axes, (width - APART) / 2, 52.0)
        high = min(26.0, wide) if flat_shape(axes)[0] > 1 else 26.0
        values = CellGrid(axes, 0.0, LINE + 2.0, wide, high)
        shares = CellGrid(axes, values.width + APART, values.top, wide, high)
        return (values, shares) if self._unlike else (values,)
