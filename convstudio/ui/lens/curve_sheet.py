"""The sheet of an activation: its curve, with the value on it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from convstudio.network.terms import Curve
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Align, Ink
from convstudio.ui.lens.sheet import Mark, Sheet, Table, exact, short
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

HIGH = 190
FORMULAS = {
    "relu": "max(0, {x})",
    "hardtanh": "min(max(0, {x}), {p})",
    "leaky_relu": "{x} · {p}",
    "prelu": "{x} · {p}",
    "elu": "{p} · (exp({x}) - 1)",
    "gelu": "{x} · Φ({x})",
    "silu": "{x} · sigmoid({x})",
    "hardswish": "{x} · min(max(0, {x} + 3), 6) / 6",
    "hardsigmoid": "min(max(0, {x} + 3), 6) / 6",
    "sigmoid": "1 / (1 + exp(-{x}))",
    "tanh": "tanh({x})",
}
"""With the numbers; those of two parts are written for the part that is not the identity."""
SPLIT = ("leaky_relu", "prelu", "elu")
WORDS = {
    "relu": "Negative values become 0, others stay.",
    "hardtanh": "Negative values become 0, and values above the ceiling become the ceiling.",
    "leaky_relu": "Positive values stay; negative ones are multiplied by a small factor.",
    "prelu": "Positive values stay; negative ones are multiplied by a slope that is learned.",
    "elu": "Positive values stay; negative ones bend softly towards a floor.",
    "gelu": "Each value is multiplied by the share of a normal distribution that lies below it.",
    "silu": "Each value is multiplied by its own sigmoid.",
    "hardswish": "Each value is multiplied by its own hard sigmoid: by 0 below -3, by 1 above 3.",
    "hardsigmoid": "Every value is squeezed into 0 to 1 along straight lines.",
    "sigmoid": "Every value is squeezed into 0 to 1.",
    "tanh": "Every value is squeezed into -1 to 1.",
}


class CurveSheet(Sheet):
    """Paints a `Curve`."""

    title: ClassVar[str] = "The curve and the value on it"

    def __init__(self, found: Explanation, terms: Curve) -> None:
        super().__init__(found)
        self.terms = terms

    def words(self) -> str:
        t = self.terms
        slope = f"{tr('The slope here is')} {short(t.slope)}: {tr('a gradient is multiplied by it on its way back')}"
        stopped = f", {tr('so that none passes.')}" if t.slope == 0 else "."
        return f"{tr(WORDS[t.function])} {tr('Neighbours play no part.')} {slope}{stopped}"

    def formula(self) -> str:
        t = self.terms
        x = f"({short(t.value)})" if t.value < 0 else short(t.value)
        if t.function in SPLIT and t.value >= 0:
            return f"{short(t.value)} ≥ 0 → {short(t.result)}"
        body = FORMULAS[t.function].format(x=x, p="" if t.parameter is None else short(t.parameter))
        return f"{body} = {short(t.result)}"

    def table(self) -> Table:
        t = self.terms
        points = [(exact(x), exact(y)) for x, y in zip(t.xs, t.ys, strict=True)]
        return (("value", "result"), (exact(t.value), exact(t.result)), ("curve x", "curve y"), *points)

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        if len(self.found.output.dims) == 1:
            return (Mark((self.found.channel,)),)
        return (Mark(self.found.place),) if channel == self.found.channel else ()

    def height(self, width: int) -> int:
        return HIGH

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        frame = QRectF(40, 8, min(width - 60, 420), HIGH - 34)
        low, high = min(*self.terms.ys, 0.0), max(*self.terms.ys, 0.0)
        low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)

        def pixel(x: float, y: float) -> QPointF:
            across = (x - self.terms.xs[0]) / (self.terms.xs[-1] - self.terms.xs[0])
            return QPointF(
                frame.left() + across * frame.width(), frame.bottom() - (y - low) / (high - low) * frame.height()
            )

        self._paint_axes(ink, frame, pixel(0, 0))
        curve = QPolygonF([pixel(x, y) for x, y in zip(self.terms.xs, self.terms.ys, strict=True)])
        ink.painter.setPen(QPen(theme.colour("activation"), 2))
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.drawPolyline(curve)
        self._paint_value(ink, frame, pixel(self.terms.value, self.terms.result), pixel(0, 0))

    def _paint_axes(self, ink: Ink, frame: QRectF, zero: QPointF) -> None:
        ink.line(QPointF(frame.left(), zero.y()), QPointF(frame.right(), zero.y()), "wire")
        ink.line(QPointF(zero.x(), frame.top()), QPointF(zero.x(), frame.bottom()), "wire")
        for x, side in ((self.terms.xs[0], Align.AlignLeft), (self.terms.xs[-1], Align.AlignRight)):
            ink.digits(QRectF(frame.left(), frame.bottom() + 4, frame.width(), 16), short(x), "dim", side, 7.5)

    def _paint_value(self, ink: Ink, frame: QRectF, dot: QPointF, zero: QPointF) -> None:
        pen = QPen(theme.colour("dilated"), 1.2, Qt.PenStyle.DashLine)
        ink.painter.setPen(pen)
        ink.painter.drawLine(QPointF(dot.x(), zero.y()), dot)
        ink.painter.drawLine(dot, QPointF(zero.x(), dot.y()))
        ink.painter.setPen(QPen(QColor(theme.colour("panel")), 1.5))
        ink.painter.setBrush(theme.colour("dilated"))
        ink.painter.drawEllipse(dot, 5, 5)
        words = f"{short(self.terms.value)} → {short(self.terms.result)}"
        left = dot.x() > frame.center().x()
        place = QRectF(dot.x() - 170 if left else dot.x() + 10, dot.y() - 20, 160, 18)
        ink.digits(place, words, "text", Align.AlignRight if left else Align.AlignLeft)
