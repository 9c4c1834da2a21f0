"""The sheet of a neuron: its largest contributions first, and its weights over the maps that its inputs were."""

from __future__ import annotations

from functools import cached_property
from math import ceil, prod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage

from convstudio.network.terms import Place, Sum
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Ink
from convstudio.ui.lens.sheet import LINE, Mark, Sheet, Table, at, exact, short
from convstudio.ui.live.colour_maps import DIVERGING, MAGMA, NOTHING
from convstudio.ui.live.levels import flat, largest_magnitude, signed_levels
from convstudio.ui.live.numbers import decimals
from convstudio.ui.live.tile_picture import image
from convstudio.ui.text import count, grouped, tr

ROW, TOP = 20, 8
"""Pixels of a line of the list; so many lines where the maps follow."""
LABEL, SUM, GAP = 56, 76, 10
LARGEST = 92.0


class NeuronSheet(Sheet):
    """A list of products, and, where the row of inputs was once maps, these maps: values, weights, products."""

    title: ClassVar[str] = "Largest contributions first"

    def __init__(self, found: Explanation, terms: Sum) -> None:
        super().__init__(found)
        self.terms = terms
        self._values = np.array(terms.rows[0].values, np.float32)
        self._weights = np.array(terms.rows[0].weights, np.float32)
        self._products = self._values.astype(np.float64) * self._weights
        self._order = np.argsort(-np.abs(self._products), kind="stable")

    def words(self) -> str:
        inputs = count(len(self._values), "input", "inputs")
        text = f"{tr('A neuron weighs all')} {inputs} {tr('and adds the products up; its bias is added.')}"
        if not self.terms.form:
            return f"{text} {tr('Each line is one input; the longest bars decide.')}"
        form = " × ".join(map(str, self.terms.form))
        return f"{text} {tr('Before they were laid in a row the inputs were')} {form}: " + tr(
            "below, its weights lie over these maps. Blue weights speak for this neuron, red ones against it."
        )

    def formula(self) -> str:
        best = self._order[:3]
        parts = [f"{_bracketed(self._values[n])}·{_bracketed(self._weights[n])}" for n in best]
        rest = float(self._products.sum() - self._products[best].sum())
        more = (
            f" + {grouped(len(self._values) - len(best))} {tr('others')} {short(rest)}" if len(self._values) > 3 else ""
        )
        bias = "" if self.terms.bias is None else f" + bias {short(self.terms.bias)}"
        return f"{' + '.join(parts)}{more}{bias} = {short(self.terms.result)}"

    def table(self) -> Table:
        body = [
            (str(n), self._name(int(n)), exact(self._values[n]), exact(self._weights[n]), exact(self._products[n]))
            for n in self._order
        ]
        bias = [("bias", "", "", "", exact(self.terms.bias))] if self.terms.bias is not None else []
        head = ("input", "where it was", "value", "weight", "product")
        return (head, *body, *bias, ("result", "", "", "", exact(self.terms.result)))

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        return tuple(Mark((int(n),), chosen=rank == 0) for rank, n in enumerate(self._order[:TOP]))

    # --- picture

    def height(self, width: int) -> int:
        high = self._listed * ROW + 6
        return high + (round(LINE + len(self._maps) * (self._tile(width)[1] + GAP)) if self._maps else 0)

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        first = max(0, seen.top() // ROW)
        for line in range(first, min(self._listed, seen.bottom() // ROW + 1)):
            self._paint_line(ink, line, width)
        if self._maps:
            self._paint_maps(ink, width, seen)

    def tip(self, x: float, y: float, width: int) -> str:
        line = int(y // ROW)
        return self._line_words(int(self._order[line])) if 0 <= line < self._listed else ""

    @property
    def _listed(self) -> int:
        return min(TOP, len(self._order)) if self._maps else len(self._order)

    @cached_property
    def _maps(self) -> tuple[int, ...]:
        """The channels of the maps, those that contribute most first; none where the inputs were never maps."""
        if len(self.terms.form) < 2:
            return ()
        sums = self._products.reshape(self.terms.form[0], -1).sum(axis=1)
        return tuple(int(n) for n in np.argsort(-np.abs(sums), kind="stable"))

    def _paint_line(self, ink: Ink, line: int, width: int) -> None:
        n, top = int(self._order[line]), line * ROW
        product, most = float(self._products[n]), float(np.abs(self._products[self._order[0]])) or 1.0
        room = max(40.0, width * 0.22)
        value, weight = float(self._values[n]), float(self._weights[n])
        texts = (self._brief(n), f"{short(value)} × {short(weight)}", f"= {short(product)}")
        left, share = 0.0, (width - room - 8) / 10
        for text, part in zip(texts, (3.2, 4.2, 2.6), strict=True):
            ink.digits(QRectF(left, top, part * share - 4, ROW), text, "dim" if not left else "text", size=7.5)
            left += part * share
        middle = width - room / 2
        long = abs(product) / most * (room / 2 - 4)
        ink.line(QPointF(middle, top + 2), QPointF(middle, top + ROW - 2), "line")
        ink.bar(QRectF(middle if product >= 0 else middle - long, top + 5, max(1.0, long), ROW - 10), _sign(product))

    def _paint_maps(self, ink: Ink, width: int, seen: QRect) -> None:
        wide, high = self._tile(width)
        top = self._listed * ROW + 6.0
        for n, words in enumerate((tr("values"), tr("weights"), tr("products"))):
            ink.words(QRectF(LABEL + n * (wide + GAP), top, wide + GAP, LINE), words, "dim")
        top += LINE
        for line, channel in enumerate(self._maps):
            place = top + line * (high + GAP)
            if place <= seen.bottom() and place + high >= seen.top():
                self._paint_map(ink, channel, place, (wide, high))

    def _paint_map(self, ink: Ink, channel: int, top: float, size: tuple[float, float]) -> None:
        wide, high = size
        ink.digits(QRectF(0, top, LABEL - 4, high), f"{tr('map')} {channel}", "dim")
        for n, picture in enumerate(self._pictures(channel)):
            place = QRectF(LABEL + n * (wide + GAP), top, wide, high)
            ink.painter.drawImage(place, picture)
            ink.frame(place, "line", 1)
        total = float(self._products.reshape(self.terms.form[0], -1)[channel].sum())
        left = LABEL + 3 * (wide + GAP)
        ink.digits(QRectF(left, top, SUM, high), f"Σ {decimals(total)}", size=9.5)

    def _pictures(self, channel: int) -> list[QImage]:
        values, weights, products = (self._map(numbers, channel) for numbers in self._all)
        low, high = float(self._values.min()), float(self._values.max())
        shares = (np.nan_to_num(values) - low) / (high - low) if high > low else np.zeros(values.shape)
        levels = np.rint(np.clip(shares, 0, 1) * (NOTHING - 1)).astype(np.uint8)
        signed = [
            signed_levels(part, largest_magnitude(whole))
            for part, whole in ((weights, self._all[1]), (products, self._all[2]))
        ]
        return [image(levels, MAGMA), *(image(np.ascontiguousarray(part), DIVERGING) for part in signed)]

    @cached_property
    def _all(self) -> tuple[NDArray[np.float32], ...]:
        return (self._values, self._weights, self._products.astype(np.float32))

    def _map(self, numbers: NDArray[np.float32], channel: int) -> NDArray[np.float32]:
        """(rows, columns) of one channel; the frames of a clip side by side."""
        found: NDArray[np.float32] = flat(numbers.reshape(self.terms.form)[channel : channel + 1])[0]
        return found

    def _tile(self, width: int) -> tuple[float, float]:
        """Pixels of a picture of one map."""
        rows, columns = self._map(self._values, 0).shape
        wide = max(16.0, min(LARGEST * max(1, ceil(columns / rows / 2)), (width - LABEL - SUM) / 3 - GAP))
        return wide, max(14.0, min(LARGEST, wide * rows / columns))

    def _line_words(self, n: int) -> str:
        value, weight = float(self._values[n]), float(self._weights[n])
        return f"{self._name(n)}: {short(value)} × {short(weight)} = {short(value * weight)}"

    def _brief(self, n: int) -> str:
        """'map 3 (2, 4)'."""
        if not self._maps:
            return self._name(n)
        channel, *place = _unravelled(n, self.terms.form)
        return f"{tr('map')} {channel} ({', '.join(map(str, place))})"

    def _name(self, n: int) -> str:
        """'map 3, row 2, column 4', where the row of inputs was maps; else its number."""
        if not self._maps:
            return f"{tr('input')} {n}"
        channel, *place = _unravelled(n, self.terms.form)
        return f"{tr('map')} {channel}, {at(tuple(place))}"


def _unravelled(number: int, form: Place) -> Place:
    found = []
    for axis in range(len(form)):
        size = prod(form[axis + 1 :])
        found.append(number // size)
        number %= size
    return tuple(found)


def _bracketed(value: float) -> str:
    return f"({short(float(value))})" if value < 0 else short(float(value))


def _sign(value: float) -> str:
    return "accent" if value >= 0 else "bad"
