"""The sheet of softmax and of the Output: scores, the shares that they become, and the loss of the right class."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import QRect, QRectF

from convstudio.network.terms import Shares
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Align, Ink
from convstudio.ui.lens.sheet import Mark, Sheet, Table, exact, short
from convstudio.ui.live.numbers import decimals
from convstudio.ui.text import tr

ROW = 22
COLUMNS = (84, 72, 96, 72)
"""Pixels for class, score, power and share; the rest is for the bars."""


class SharesSheet(Sheet):
    """A row for each channel: its score, exp of it, and its share as a number and as a bar."""

    title: ClassVar[str] = "From scores to shares"

    def __init__(self, found: Explanation, terms: Shares, classes: tuple[str, ...] = ()) -> None:
        """`classes` are the names of the channels of the Output, where they are known."""
        super().__init__(found)
        self.terms = terms
        self._classes = classes if terms.final and len(classes) == len(terms.scores) else ()
        self._shares = terms.shares
        most = max(terms.scores)
        self._powers = tuple(math.exp(score - most) for score in terms.scores)

    def words(self) -> str:
        made = tr(
            "Of each score exp is taken, after the largest was subtracted, which changes no share and keeps the "
            "numbers small; divided by their sum they are shares that add up to 1."
        )
        if not self.terms.final:
            return f"{tr('Softmax over the channels at this place.')} {made}"
        loss = tr(
            "The loss is minus the logarithm of the right class's share: the smaller that share, the larger it is."
        )
        unknown = tr("The right class of this sample is not known here, so there is no loss.")
        start = tr("The scores leave the network as they are; training makes shares of them by softmax.")
        return f"{start} {made} {loss if self.terms.loss is not None else unknown}"

    def formula(self) -> str:
        t, own = self.terms, self.terms.own
        total = sum(self._powers)
        share = f"exp({short(t.scores[own] - max(t.scores))}) / {short(total)} = {short(self._shares[own])}"
        if not t.final:
            return share
        scored = f"{tr('score')} {short(t.result)} → {share}"
        if t.loss is None:
            return scored
        return f"{scored}    loss = -log({short(self._shares[t.target])}) = {short(t.loss)}"

    def table(self) -> Table:
        t = self.terms
        head = ("channel", "score", "exp(score - largest)", "share", "right")
        body = [
            (
                self._classes[n] if self._classes else str(n),
                exact(score),
                exact(power),
                exact(share),
                "yes" if n == t.target else "",
            )
            for n, (score, power, share) in enumerate(zip(t.scores, self._powers, self._shares, strict=True))
        ]
        loss = [("loss", exact(t.loss), "", "", "")] if t.loss is not None else []
        return (head, *body, *loss, ("result", exact(t.result), "", "", ""))

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        return (Mark(self.found.place if len(self.found.output.dims) > 1 else (self.terms.own,)),)

    def top_of(self, port: int, channel: int, width: int) -> int | None:
        return (channel + 1) * ROW

    def height(self, width: int) -> int:
        return (len(self.terms.scores) + 1) * ROW + 4

    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        heads = (tr("class") if self.terms.final else tr("map"), tr("score"), "exp(s - max)", tr("share"))
        for left, wide, words in self._columns(heads):
            ink.words(QRectF(left, 0, wide - 8, ROW), words, "dim", Align.AlignLeft if not left else Align.AlignRight)
        first = max(0, seen.top() // ROW - 1)
        for number in range(first, min(len(self.terms.scores), seen.bottom() // ROW + 1)):
            self._paint_row(ink, number, width)

    def _paint_row(self, ink: Ink, number: int, width: int) -> None:
        t, top = self.terms, (number + 1) * ROW
        if number == t.own:
            ink.frame(QRectF(0, top, width - 2, ROW), "dilated", 1.5)
        right = " ✓" if number == t.target else ""
        numbers = (
            f"{self._name(number)}{right}",
            decimals(t.scores[number]),
            f"{self._powers[number]:.4f}",
            f"{self._shares[number]:.4f}",
        )
        token = "good_text" if number == t.target else "text"
        for left, wide, words in self._columns(numbers):
            side = Align.AlignLeft if not left else Align.AlignRight
            ink.digits(QRectF(left + (6 if not left else 0), top, wide - 8, ROW), words, token, side)
        start = float(sum(COLUMNS))
        room = width - start - 10
        if room > 20:
            bar = QRectF(start, top + 5, max(1.5, room * self._shares[number]), ROW - 10)
            ink.bar(bar, "good" if number == t.target else "accent")

    def _name(self, number: int) -> str:
        return self._classes[number] if self._classes else str(number)

    @staticmethod
    def _columns(words: tuple[str, ...]) -> list[tuple[int, int, str]]:
        return [(sum(COLUMNS[:n]), COLUMNS[n], word) for n, word in enumerate(words)]
