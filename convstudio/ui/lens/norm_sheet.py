"""The sheet of normalisation: the value shifted and scaled step by step, and where it lies among the others."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRect, QRectF

from convstudio.network.terms import Normal
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens import chain
from convstudio.ui.lens.chain import Box
from convstudio.ui.lens.ink import Align, Ink, Scale
from convstudio.ui.lens.sheet import Mark, Sheet, Table, exact, short
from convstudio.ui.text import grouped, tr

LINE_HIGH = 64


class NormSheet(Sheet):
    """Paints a `Normal`: a chain of boxes, and a line of numbers with mean and deviation."""

    title: ClassVar[str] = "Shift to mean 0, scale to variance 1"

    def __init__(self, found: Explanation, terms: Normal) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        first, last = self.terms.channels
        over = {
            "batch": tr(
                "Mean and variance are the running averages of this map, collected while training; while training "
                "itself those of the mini-batch are used, so that there the result differs a little."
            ),
            "group": f"{tr('Mean and variance are of all')} {grouped(self.terms.count)} {tr('values of maps')} {first} "
            f"{tr('to')} {last} {tr('in this one sample.')}",
            "sample": f"{tr('Mean and variance are of all')} {grouped(self.terms.count)} {tr('values of the sample.')}",
        }[self.terms.over]
        return f"{tr('The value is shifted by the mean and divided by the standard deviation; then a learned')} " + (
            f"{tr('scale and shift follow.')} {over}"
        )

    def formula(self) -> str:
        t = self.terms
        return (
            f"({short(t.value)} - {short(t.mean)}) / √({short(t.variance)} + {short(t.epsilon)}) · {short(t.scale)} + "
            f"{short(t.shift)} = {short(t.result)}"
        ).replace(" - −", " + ")

    def table(self) -> Table:
        t = self.terms
        names = ("value", "mean", "variance", "epsilon", "scale", "shift", "standardised", "result")
        numbers = (t.value, t.mean, t.variance, t.epsilon, t.scale, t.shift, t.standard, t.result)
        return (("name", "number"), *zip(names, map(exact, numbers), strict=True))

    def height(self, width: int) -> int:
        return chain.height(self._boxes(), width) + LINE_HIGH

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        place = self.found.place if len(self.found.output.dims) > 1 else (self.found.channel,)
        return (Mark(place),) if channel == self.found.channel or len(self.found.output.dims) == 1 else ()

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        boxes = self._boxes()
        chain.paint(ink, boxes, width)
        self._paint_line(ink, width, chain.height(boxes, width) + 6.0)

    def _boxes(self) -> tuple[Box, ...]:
        t, output = self.terms, self.found.output
        return (
            Box(t.value, tr("value"), self.scale().colour(t.value)),
            Box(t.mean, tr("mean"), sign="−"),
            Box(t.deviation, tr("deviation"), sign="÷"),
            Box(t.scale, tr("scale"), sign="×"),
            Box(t.shift, tr("shift"), sign="+"),
            Box(t.result, tr("result"), Scale(output.low, output.high).colour(t.result), "=", strong=True),
        )

    def _paint_line(self, ink: Ink, width: int, top: float) -> None:
        """The value on a line on which mean and deviation are marked."""
        t = self.terms
        reach = max(3.0, abs(t.standard) * 1.1)
        middle, unit = width / 2, (width / 2 - 24) / reach
        band = QRectF(middle - unit, top + 12, 2 * unit, 14)
        ink.painter.setOpacity(0.25)
        ink.bar(band, "normalisation")
        ink.painter.setOpacity(1.0)
        ink.line(QPointF(8, top + 19), QPointF(width - 8, top + 19), "wire")
        for steps in range(-int(reach), int(reach) + 1):
            x = middle + steps * unit
            ink.line(QPointF(x, top + 15), QPointF(x, top + 23), "dim")
            if abs(steps) <= 1 or unit > 40:
                words = short(t.mean + steps * t.deviation)
                ink.digits(QRectF(x - 40, top + 26, 80, 16), words, "dim", Align.AlignHCenter, 7.5)
        x = middle + t.standard * unit
        ink.bar(QRectF(x - 4, top + 11, 8, 16), "dilated")
        ink.words(QRectF(middle - 60, top - 8, 120, 16), tr("mean ± deviation"), "dim", Align.AlignHCenter)
