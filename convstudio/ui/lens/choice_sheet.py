"""The sheet of max pooling: the window, its winner, and where the gradient will go."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Choice
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.grid import CellGrid, cell_width, flat_shape
from convstudio.ui.lens.ink import Align, Ink, Scale
from convstudio.ui.lens.sheet import LINE, Mark, Sheet, Table, at, exact, short
from convstudio.ui.text import count, tr

APART = 36


class ChoiceSheet(Sheet):
    """Two grids: the values with the winner framed, and each cell's share of the gradient."""

    title: ClassVar[str] = "The window and its winner"

    def __init__(self, found: Explanation, terms: Choice) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        shared = sum(share > 0 for share in self.terms.gradient)
        goes = (
            tr("On the way back the whole gradient goes to it, and nothing to the others.")
            if shared == 1
            else f"{count(shared, 'cell is', 'cells are')} {tr('equally large and share the gradient.')}"
        )
        padding = f" {tr('Padding never wins.')}" if self.terms.cells.outside else ""
        return (
            f"{tr('Of the values in the window the largest is handed on, the others are forgotten.')} {goes}{padding}"
        )

    def formula(self) -> str:
        cells = self.terms.cells
        shown = [short(v) for n, v in enumerate(self.terms.values) if not cells.padded(n)]
        inside = ", ".join(shown if len(shown) <= 9 else [*shown[:4], "…", *shown[-2:]])
        return f"max({inside}) = {short(self.terms.result)}"

    def table(self) -> Table:
        cells = self.terms.cells
        body = [
            (at(place), "yes" if cells.padded(n) else "", exact(v), "yes" if n == self.terms.winner else "", exact(g))
            for n, (place, v, g) in enumerate(zip(cells.places, self.terms.values, self.terms.gradient, strict=True))
        ]
        result = ("result", "", exact(self.terms.result), "", "")
        return (("place", "padding", "value", "winner", "gradient share"), *body, result)

    def height(self, width: int) -> int:
        return round(self._grids(width)[0].height + LINE + 10)

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        if channel != self.terms.channel:
            return ()
        cells = self.terms.cells
        return tuple(Mark(p, cells.padded(n), n == self.terms.winner) for n, p in enumerate(cells.places))

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        values, gradient = self._grids(width)
        ink.words(QRectF(0, 0, gradient.left - 8, LINE), tr("values"), "dim", Align.AlignLeft)
        ink.words(QRectF(gradient.left, 0, width, LINE), tr("share of the gradient"), "dim", Align.AlignLeft)
        colours, shares = self.scale(), Scale(0.0, 1.0)
        ink.cells(values, self.terms.values, colours)
        ink.cells(gradient, self.terms.gradient, shares)
        for n, outside in enumerate(self.terms.cells.outside):
            if outside:
                ink.hatch(values.place(n))
        ink.frame(values.place(self.terms.winner), "heat", 2.5)

    def tip(self, x: float, y: float, width: int) -> str:
        for grid in self._grids(width):
            if (cell := grid.at(x, y)) is not None:
                cells = self.terms.cells
                where = tr("padding") if cells.padded(cell) else at(cells.places[cell])
                return f"{where}: {short(self.terms.values[cell])}"
        return ""

    def _grids(self, width: int) -> tuple[CellGrid, CellGrid]:
        axes = self.terms.cells.grid
        wide = cell_width(axes, (width - APART) / 2, 52.0)
        high = min(26.0, wide) if flat_shape(axes)[0] > 1 else 26.0
        values = CellGrid(axes, 0.0, LINE + 2.0, wide, high)
        return values, CellGrid(axes, values.width + APART, values.top, wide, high)
