"""The sheet of blocks that only hand values on: which cell goes where."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRect, QRectF

from convstudio.network.terms import Moved
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Align, Ink, Scale
from convstudio.ui.lens.sheet import Mark, Sheet, Table, at, exact, short
from convstudio.ui.live.numbers import percent
from convstudio.ui.text import grouped, tr

WORDS = {
    "row": "All maps are laid out in one row of numbers, map after map and row after row. The value itself stays.",
    "form": "The same numbers in another form, in the order in which Flatten makes a row of them.",
    "padded": "Cells are added around the maps, or cut off; what lies within stays as it is.",
    "repeated": "The map grows: each cell is repeated side by side and below itself. There is nothing to learn.",
    "joined": "The maps of all inputs stand one behind the other; the channel counts on through them.",
    "sliced": "Some of the maps are handed on as they are; the others go no further here.",
    "shuffled": "The maps change places: the first of each group, then the second of each, and so on.",
    "passed": "What arrives is handed on as it is.",
    "group": "The result of a group is that of the last block in it. Open the group (Alt+Down) to look into it.",
}


class MovedSheet(Sheet):
    """Two cells with an arrow between them, and where each lies."""

    title: ClassVar[str] = "Which cell goes where"

    def __init__(self, found: Explanation, terms: Moved) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        t = self.terms
        if t.name in ("dropout", "map dropout"):
            return self._of_dropout()
        if t.unit is None:
            return f"{tr(WORDS[t.name])} {tr('This cell is padding: there is nothing at its place, so it holds 0.')}"
        more = f" {tr('This cell is padding and repeats another one')} ({t.mode})." if t.padding else ""
        return f"{tr(WORDS[t.name])}{more}"

    def formula(self) -> str:
        t, found = self.terms, self.found
        here = self._name(found.output.block, (found.channel, *found.place))
        if t.unit is None:
            return f"0 → {here}"
        source = self._name(found.inputs[t.port].block, t.unit)
        if t.name == "row":
            return f"{source} → {here} = {self._count()} → {short(t.result)}"
        return f"{source} → {here}: {short(t.result)}"

    def table(self) -> Table:
        t, found = self.terms, self.found
        unit = ("", "") if t.unit is None else (str(t.unit[0]), at(t.unit[1:]))
        source = found.inputs[t.port].block if t.unit else tr("padding")
        rows = ((source, *unit, exact(t.value)), (found.block, str(found.channel), at(found.place), exact(t.result)))
        return (("block", "channel", "place", "value"), *rows)

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        unit = self.terms.unit
        if unit is None or port != self.terms.port:
            return ()
        if len(self.found.inputs[port].dims) == 1:
            return (Mark((unit[0],)),)
        return (Mark(unit[1:]),) if unit[0] == channel else ()

    def height(self, width: int) -> int:
        return 74

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        t, found = self.terms, self.found
        wide = min(150.0, (width - 60) / 2)
        left, right = QRectF(2, 4, wide, 34), QRectF(wide + 58, 4, wide, 34)
        output = Scale(found.output.low, found.output.high)
        ink.cell(left, t.value, output.colour(t.value) if t.unit is None else self.scale(t.port).colour(t.value), 5)
        if t.unit is None:
            ink.hatch(left)
        if t.padding:
            ink.hatch(right)
        ink.cell(right, t.result, output.colour(t.result), 5)
        ink.arrow(QPointF(left.right() + 10, 21), QPointF(right.left() - 10, 21))
        source = tr("padding") if t.unit is None else self._where(t.unit)
        for place, words in ((left, source), (right, self._where((found.channel, *found.place)))):
            ink.words(place.adjusted(-2, 38, 40, 22), words, "dim", Align.AlignLeft)

    def _of_dropout(self) -> str:
        what = tr("each value") if self.terms.name == "dropout" else tr("each map as a whole")
        grown = 1 / (1 - self.terms.share)
        return (
            f"{tr('While training,')} {what} {tr('is set to 0 with a probability of')} {percent(self.terms.share)}; "
            f"{tr('the others are multiplied by')} 1 / (1 - {self.terms.share:g}) = {grown:.3g}, "
            f"{tr('to keep the mean.')} " + tr("Here, as in use, it does nothing: the value passes as it is.")
        )

    def _count(self) -> str:
        """The number in the row: '2 · 196 + 3 · 14 + 5 = 439'."""
        unit, dims = self.terms.unit, self.found.inputs[self.terms.port].dims
        assert unit is not None
        sizes = [1]
        for length in reversed(dims[1:]):
            sizes.insert(0, sizes[0] * length)
        parts = [f"{n} · {size}" if size > 1 else str(n) for n, size in zip(unit, sizes, strict=True)]
        return f"{' + '.join(parts)} = {grouped(self.found.channel)}"

    def _where(self, unit: tuple[int, ...]) -> str:
        names = at(unit[1:])
        return f"{tr('map')} {unit[0]} · {names}" if names else f"{tr('number')} {unit[0]}"

    @staticmethod
    def _name(block: str, unit: tuple[int, ...]) -> str:
        return f"{block}[{', '.join(map(str, unit))}]"
