"""The base of what the lens draws in its middle: one sheet for each family of blocks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QRect

from convstudio.network.terms import Place
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.ink import Ink, Scale
from convstudio.ui.live.numbers import significant

Table = tuple[tuple[str, ...], ...]
LINE = 22
"""Pixels from one line of words to the next."""


@dataclass(frozen=True)
class Mark:
    """A cell of an input map to mark: its place, and whether it lies in the padding or is the one that counts."""

    place: Place
    padded: bool = False
    chosen: bool = False


class Sheet(ABC):
    """Paints how a unit's value comes about, and says it in words, as a formula and as a table of numbers.

    It is a picture of one explanation and knows no widget, so that it can be painted into a file as well.
    """

    title: ClassVar[str] = ""

    def __init__(self, found: Explanation) -> None:
        self.found = found

    @abstractmethod
    def words(self) -> str:
        """A paragraph that says what is being seen."""

    @abstractmethod
    def formula(self) -> str:
        """The formula with its numbers, in one line."""

    @abstractmethod
    def table(self) -> Table:
        """All numbers, a heading first."""

    @abstractmethod
    def height(self, width: int) -> int:
        """Pixels that the picture needs below each other at that width."""

    @abstractmethod
    def paint(self, ink: Ink, width: int, seen: QRect) -> None:
        """Draw what lies in `seen`; the sheet begins at 0, 0."""

    def tip(self, x: float, y: float, width: int) -> str:
        """What to say of the place under the mouse."""
        return ""

    def top_of(self, port: int, channel: int, width: int) -> int | None:
        """Where the sheet shows an input channel; None where it has no place of its own."""
        return None

    def marks(self, port: int, channel: int) -> tuple[Mark, ...]:
        """The cells of an input's channel that the unit looks at."""
        return ()

    def covered(self) -> tuple[Place, ...]:
        """First and last cell of a part of the output to frame; none of most families."""
        return ()

    def scale(self, port: int = 0) -> Scale:
        """The colours of an input's values."""
        seen = self.found.inputs[port]
        return Scale(seen.low, seen.high)


def csv_text(sheet: Sheet, headline: str) -> str:
    """All numbers as comma-separated text; the unit and the formula stand above them as remarks."""
    lines = [f"# {headline}", f"# {sheet.formula()}"]
    lines += [",".join(f'"{word}"' if "," in word else word for word in row) for row in sheet.table()]
    return "\n".join(lines) + "\n"


def exact(value: float) -> str:
    """All digits that a float32 has, for tables."""
    return f"{value:.9g}"


def short(value: float) -> str:
    """As in a formula."""
    return significant(value, 4)


def at(place: Place) -> str:
    """'row 3, column 4'; 'time 5' of a signal; '' of a single number."""
    names = {1: ("time",), 2: ("row", "column"), 3: ("time", "row", "column")}.get(len(place), ())
    return ", ".join(f"{name} {number}" for name, number in zip(names, place, strict=True))
