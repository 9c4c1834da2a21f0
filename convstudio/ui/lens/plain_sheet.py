"""The sheet of what needs no arithmetic: a value of the sample, or a block that no lens knows."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Given, Untold
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Align, Ink, Scale
from convstudio.ui.lens.sheet import Sheet, Table, exact, short
from convstudio.ui.text import tr


class PlainSheet(Sheet):
    """One cell with the value, and words."""

    title: ClassVar[str] = "The value"

    def __init__(self, found: Explanation, terms: Given | Untold) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        if isinstance(self.terms, Given):
            return tr(
                "This is a value of the sample itself: nothing has been computed yet. Pixels come as 0 to 255 and are "
                "divided by 255."
            )
        return f"{tr('There is no lens for what this block computes')} ({self.terms.function}). " + tr(
            "Its inputs and its result are shown; how the one comes from the other is not known here."
        )

    def formula(self) -> str:
        if isinstance(self.terms, Untold):
            return f"{self.terms.function} → {short(self.terms.result)}"
        return f"{self.terms.result * 255:.4g} / 255 = {short(self.terms.result)}"

    def table(self) -> Table:
        return (("result",), (exact(self.terms.result),))

    def height(self, width: int) -> int:
        return 48

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        output = self.found.output
        colour = Scale(output.low, output.high).colour(self.terms.result)
        ink.cell(QRectF(0, 6, 84, 34), self.terms.result, colour, 4)
        ink.words(QRectF(96, 6, width - 96, 34), tr("the unit's value"), "dim", Align.AlignLeft)
