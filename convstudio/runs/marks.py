"""What happened to a run besides its steps: edits, pauses, its end. One JSON object a line, only ever appended to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from convstudio.runs import appending

FILE = "events.jsonl"
Kind = Literal["edit", "rate", "pause", "early", "stop", "fault", "continue", "branch"]


class Mark(Struct, frozen=True):
    """Something that happened after `step` steps, in words for people."""

    step: Annotated[int, Meta(ge=0)]
    kind: Kind
    words: str


def append(folder: Path, marks: Iterable[Mark]) -> None:
    """Write marks down. OSError when that fails."""
    lines = b"".join(msgspec.json.encode(mark) + b"\n" for mark in marks)
    if lines:
        appending.append(folder / FILE, lines)


def read(folder: Path) -> list[Mark]:
    """All marks in the order in which they were made; lines that are none are passed over. OSError as for any file."""
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [mark for line in lines if (mark := _mark(line)) is not None]


def _mark(line: bytes) -> Mark | None:
    try:
        return msgspec.json.decode(line, type=Mark)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
