"""The sheet of local response normalisation: the neighbouring maps at the same place, and the divisor they make."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRect

from convstudio.network.terms import Response
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens import chain
from convstudio.ui.lens.chain import Box
from convstudio.ui.lens.ink import Ink, Scale
from convstudio.ui.lens.sheet import Mark, Sheet, Table, exact, short
from convstudio.ui.text import tr


class ResponseSheet(Sheet):
    """Two chains: the squares of the neighbours with their mean, and the value divided by what follows."""

    title: ClassVar[str] = "Divided by how strong the neighbours are"

    def __init__(self, found: Explanation, terms: Response) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        t = self.terms
        more = f" {tr('Beyond the first and the last map zeros are counted.')}" if len(t.values) < t.size else ""
        return (
            tr("The values at the same place in the neighbouring maps are squared; their mean makes the divisor, so")
            + f" {tr('that strong answers quieten their neighbours.')}{more}"
        )

    def formula(self) -> str:
        t = self.terms
        inside = f"{short(t.k)} + {short(t.alpha)} · {short(t.mean)}"
        return f"{short(t.values[t.own])} / ({inside})^{short(t.beta)} = {short(t.result)}"

    def table(self) -> Table:
        t = self.terms
        body = [(f"channel {t.first + n}", exact(value), exact(value * value)) for n, value in enumerate(t.values)]
        return (
            ("name", "value", "square"),
            *body,
            ("mean of the squares", exact(t.mean), ""),
            ("divisor", exact(t.divisor), ""),
            ("result", exact(t.result), ""),
        )

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        near = self.terms.first <= channel < self.terms.first + len(self.terms.values)
        return (Mark(self.found.place, chosen=channel == self.found.channel),) if near else ()

    def height(self, width: int) -> int:
        return chain.height(self._neighbours(), width) + chain.height(self._division(), width) + 10

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        neighbours = self._neighbours()
        chain.paint(ink, neighbours, width)
        chain.paint(ink, self._division(), width, chain.height(neighbours, width) + 10.0)

    def _neighbours(self) -> tuple[Box, ...]:
        t, colours = self.terms, self.scale()
        return tuple(
            Box(value, f"{tr('map')} {t.first + n}", colours.colour(value), strong=n == t.own)
            for n, value in enumerate(t.values)
        )

    def _division(self) -> tuple[Box, ...]:
        t, output = self.terms, self.found.output
        return (
            Box(t.values[t.own], tr("value"), self.scale().colour(t.values[t.own])),
            Box(t.divisor, tr("divisor"), sign="÷"),
            Box(t.result, tr("result"), Scale(output.low, output.high).colour(t.result), "=", strong=True),
        )
