"""What the commands print: one JSON object, or tables that need no terminal to be readable."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 400
"""Columns where there is no terminal: wide enough that no line of a table breaks."""


def print_json(form: dict[str, Any]) -> None:
    """One JSON object on stdout, indented."""
    print(msgspec.json.format(msgspec.json.encode(form), indent=2).decode())


def console() -> Console:
    """Where tables go: the terminal's width, or plenty when the output is read by a program."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def lines(text: str) -> None:
    """Text on stdout at once, also when stdout is a pipe."""
    print(text, flush=True)
