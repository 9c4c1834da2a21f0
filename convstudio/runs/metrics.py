"""The metrics of a run on the disk: one JSON object a line, appended as training goes, readable by other tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from convstudio.runs.appending import append

FILE = "metrics.jsonl"
Row = dict[str, int | float | str | None]


def record(folder: Path, rows: Iterable[Mapping[str, int | float | str]]) -> None:
    """Append rows, each with its "step". A number that is not finite is written as null. OSError when it fails."""
    lines = b"".join(msgspec.json.encode(dict(row)) + b"\n" for row in rows)
    if lines:
        append(folder / FILE, lines)


def metrics(folder: Path) -> list[Row]:
    """All rows, in order of their steps; none if the file is missing.

    A run that went on from a checkpoint says the steps after it again: the later rows count. A line that a crash cut
    short, or that somebody spoiled, is passed over.
    """
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    rows: list[Row] = []
    for line in lines:
        row = _row(line)
        if row is None:
            continue
        if rows and _step(row) < _step(rows[-1]):
            rows = [earlier for earlier in rows if _step(earlier) < _step(row)]
        rows.append(row)
    return rows


def _row(line: bytes) -> Row | None:
    try:
        row = msgspec.json.decode(line, type=Row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return row if isinstance(row.get("step"), int) else None


def _step(row: Row) -> int:
    step = row["step"]
    assert isinstance(step, int)
    return step
