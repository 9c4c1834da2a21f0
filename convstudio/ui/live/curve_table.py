"""The numbers behind the curves as CSV text: one row a step, or a validation, or a mark. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from convstudio.ui.live.run_record import RunRecord

COLUMNS = (
    "step",
    "loss",
    "smoothed_loss",
    "accuracy_percent",
    "smoothed_accuracy_percent",
    "learning_rate",
    "validation_loss",
    "validation_accuracy_percent",
    "validation_mean_iou_percent",
    "event",
)


def csv_text(record: RunRecord) -> str:
    """Every step of the run with its raw and smoothed figures; what there is none of is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # as RFC 4180 has it
    writer.writerow(COLUMNS)
    writer.writerows(_rows(record))
    return text.getvalue()


def _rows(record: RunRecord) -> Iterator[list[str | int]]:
    """In order of the steps. Validation before the first step, and marks, may stand where no step was made."""
    steps, losses, accuracies = record.validations()
    validations = {int(s): (a, b) for s, a, b in zip(steps, losses, accuracies, strict=True)}
    overlaps = {int(s): v for s, v in zip(*record.overlaps(), strict=True)}
    marks: dict[int, list[str]] = {}
    for mark in record.marks:
        marks.setdefault(mark.step, []).append(mark.words)
    series = (
        record.loss.raw.values,
        record.loss.smooth.values,
        record.accuracy.raw.values,
        record.accuracy.smooth.values,
        record.rate.values,
    )
    made = range(record.offset + 1, record.offset + len(series[0]) + 1)
    for step in sorted({*made, *validations, *marks}):
        index = step - record.offset - 1
        values = [_number(s[index]) if 0 <= index < len(s) else "" for s in series]
        loss, accuracy = validations.get(step, (np.nan, np.nan))
        more = [_number(loss), _number(accuracy), _number(overlaps.get(step, np.nan))]
        yield [step, *values, *more, _safe("; ".join(marks.get(step, [])))]


def _number(value: float) -> str:
    return f"{value:.7g}" if np.isfinite(value) else ""


def _safe(words: str) -> str:
    """Words that no table program takes for a formula (OWASP, "CSV injection")."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t")) else words
