"""What the commands print: one JSON object, or tables that need no terminal to be readable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

GAP = "   "
"""Between two columns of a table."""


def print_json(form: dict[str, Any]) -> None:
    """One JSON object on stdout, indented."""
    print(msgspec.json.format(msgspec.json.encode(form), indent=2).decode())


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> None:
    """A line for the heads, a rule, and a line a row; columns with numbers in `right` end at their right edge."""
    cells = [tuple(heads), *map(tuple, rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(heads))]
    shown = [_line(row, widths, right) for row in cells]
    print("\n".join(["", shown[0], "─" * max(map(_width, shown)), *shown[1:], ""]))


def lines(text: str) -> None:
    """Text on stdout at once, also when stdout is a pipe."""
    print(text, flush=True)


def _line(row: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    cells = []
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(text))
        cells.append(space + text if column in right else text + space)
    return GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal; letters of East Asian scripts take two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
