"""Runs side by side in numbers: the settings that differ between them, what they cost, and how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

from convstudio.network.differences import differences
from convstudio.network.document import Document
from convstudio.network.numbers import grouped
from convstudio.runs.entry import Entry
from convstudio.runs.summary import Summary
from convstudio.runs.words import clock, loss, share

NOTHING = "–"


class Line(NamedTuple):
    """A line of the comparison: what it tells, a text for each run, and which of the runs are the best in it."""

    what: str
    values: tuple[str, ...]
    best: frozenset[int] = frozenset()


class Part(NamedTuple):
    """Lines under a heading; `words` stand instead of them where there are none."""

    title: str
    lines: tuple[Line, ...]
    words: str = ""


def comparison(entries: Sequence[Entry], documents: Sequence[Document | None]) -> tuple[Part, ...]:
    """Settings (only those that differ), costs, and final figures of these runs."""
    return (_settings(documents), Part("COSTS", _costs(entries)), Part("FINAL FIGURES", _figures(entries)))


def _settings(documents: Sequence[Document | None]) -> Part:
    title, known = "SETTINGS THAT DIFFER", [document for document in documents if document is not None]
    if len(known) < len(documents):
        return Part(title, (), "The project file of one of these runs cannot be read.")
    lines = tuple(
        Line(found.what, tuple(NOTHING if value is None else value for value in found.values))
        for found in differences(known)
    )
    return Part(title, lines, "" if lines else "None: network, data and training settings are the same.")


def _costs(entries: Sequence[Entry]) -> tuple[Line, ...]:
    return (
        _line("Weights", entries, "parameters", lambda n: grouped(int(n)), min),
        _line("Multiply-adds", entries, "multiply_adds", lambda n: grouped(int(n)), min),
        _line("Time", entries, "seconds", clock, min),
        _line("Steps", entries, "step", lambda n: grouped(int(n))),
    )


def _figures(entries: Sequence[Entry]) -> tuple[Line, ...]:
    lines = (
        _line("Validation loss", entries, "validation_loss", loss, min),
        _line("Best validation loss", entries, "best_validation_loss", loss, min),
        _line("Validation accuracy", entries, "validation_accuracy", share, max),
        _line("Mean IoU", entries, "validation_mean_iou", share, max),
        _line("Training loss", entries, "loss", loss, min),
        _line("Training accuracy", entries, "accuracy", share, max),
    )
    return tuple(line for line in lines if set(line.values) != {NOTHING})


def _line(
    what: str,
    entries: Sequence[Entry],
    name: str,
    form: Callable[[float], str],
    best: Callable[[Sequence[float]], float] | None = None,
) -> Line:
    found = [_value(entry.summary, name) for entry in entries]
    texts = tuple(NOTHING if value is None else form(value) for value in found)
    known = [value for value in found if value is not None and isfinite(value)]
    if best is None or len(set(texts)) < 2 or not known:
        return Line(what, texts)
    return Line(what, texts, frozenset(n for n, value in enumerate(found) if value == best(known)))


def _value(summary: Summary | None, name: str) -> float | None:
    found = getattr(summary, name, None)
    return None if found is None else float(found)
