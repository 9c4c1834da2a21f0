"""The sheet of adding and multiplying: one value from each input, and what they make together."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect

from convstudio.network.terms import Join
from convstudio.protocol.messages import Explanation, Seen
from convstudio.ui.lens import chain
from convstudio.ui.lens.chain import Box
from convstudio.ui.lens.ink import Ink, Scale
from convstudio.ui.lens.sheet import Mark, Sheet, Table, at, exact, short
from convstudio.ui.text import tr


class JoinSheet(Sheet):
    """A chain of boxes, one for each input."""

    title: ClassVar[str] = "One value from each input"

    def __init__(self, found: Explanation, terms: Join) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        stretched = any(len(unit) < len(self.terms.units[0]) or 1 in seen.dims for unit, seen in self._pairs())
        if self.terms.operator == "+":
            return tr(
                "The values at the same place of the same channel are added. On the way back each input gets the whole "
                "gradient: this is what keeps deep networks with ways around their blocks trainable."
            )
        more = f" {tr('An input of one number a channel, or of a single map, meets all places.')}" if stretched else ""
        return (
            tr("The values at the same place of the same channel are multiplied: where one is 0 nothing passes,")
            + f" {tr('where it is 1 the other passes as it is.')}{more}"
        )

    def formula(self) -> str:
        sign = " + " if self.terms.operator == "+" else " · "
        return sign.join(map(short, self.terms.values)) + f" = {short(self.terms.result)}"

    def table(self) -> Table:
        body = [
            (seen.block, str(unit[0]), at(unit[1:]), exact(value))
            for (unit, seen), value in zip(self._pairs(), self.terms.values, strict=True)
        ]
        return (("input", "channel", "place", "value"), *body, ("result", "", "", exact(self.terms.result)))

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        unit = self.terms.units[port]
        if len(self.found.inputs[port].dims) == 1:
            return (Mark((unit[0],)),)
        return (Mark(unit[1:]),) if channel == unit[0] else ()

    def height(self, width: int) -> int:
        return chain.height(self._boxes(), width)

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        chain.paint(ink, self._boxes(), width)

    def _boxes(self) -> tuple[Box, ...]:
        sign = "+" if self.terms.operator == "+" else "×"
        output = self.found.output
        parts = [
            Box(value, self.found.inputs[n].block, self.scale(n).colour(value), sign if n else "")
            for n, value in enumerate(self.terms.values)
        ]
        result = Scale(output.low, output.high).colour(self.terms.result)
        return (*parts, Box(self.terms.result, tr("result"), result, "=", strong=True))

    def _pairs(self) -> list[tuple[tuple[int, ...], Seen]]:
        return list(zip(self.terms.units, self.found.inputs, strict=True))
