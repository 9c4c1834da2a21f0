"""Runs as files for other programs: a CSV table of each, one of all, and TensorBoard event files. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convstudio.network.file import write_atomically
from convstudio.runs.entry import Entry
from convstudio.runs.summary import Summary
from convstudio.runs.tensorboard import Scalar, event_file, file_name
from convstudio.ui.live.curve_table import csv_text
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.runs.loading import load

HEADS = tuple(name for name in Summary.__struct_fields__ if name != "format")


def write_csv(entries: Sequence[Entry], folder: Path) -> str:
    """A table of the steps of each run, and `runs.csv` with their summaries; what was written, in words.

    OSError when that fails.
    """
    for entry in entries:
        write_atomically(folder / f"{entry.folder.name}.csv", csv_text(load(entry.folder).record).encode())
    write_atomically(folder / "runs.csv", summary_table(entries).encode())
    return f"{len(entries)} × CSV, runs.csv"


def write_events(entries: Sequence[Entry], folder: Path) -> str:
    """A folder with an event file for each run, as TensorBoard looks for them. OSError when that fails."""
    for entry in entries:
        place = folder / entry.folder.name
        place.mkdir(parents=True, exist_ok=True)
        started = entry.summary.started if entry.summary else 0.0
        write_atomically(place / file_name(started), events(entry))
    return f"{len(entries)} × events.out.tfevents"


def events(entry: Entry) -> bytes:
    """The event file of a run. OSError when its metrics cannot be read."""
    head = entry.summary
    record = load(entry.folder).record
    return event_file(scalars(record), head.started if head else 0.0, head.seconds if head else 0.0)


def scalars(record: RunRecord) -> tuple[Scalar, ...]:
    """The curves of a record under the names that TensorBoard shows; accuracies as shares from 0 to 1."""
    steps = np.arange(record.offset + 1, record.offset + 1 + len(record.loss.raw))
    validated, losses, accuracies = record.validations()
    overlaps = record.overlaps()
    found = (
        Scalar("loss/train", steps, record.loss.raw.values),
        Scalar("loss/validation", validated, losses),
        Scalar("accuracy/train", steps, record.accuracy.raw.values / 100),
        Scalar("accuracy/validation", validated, accuracies / 100),
        Scalar("mean_iou/validation", overlaps[0], overlaps[1] / 100),
        Scalar("learning_rate", steps[: len(record.rate)], record.rate.values),
    )
    return tuple(scalar for scalar in found if len(np.asarray(scalar.steps)))


def summary_table(entries: Sequence[Entry]) -> str:
    """One line a run, with all of its summary and the person's own words."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("folder", "title", "note", *HEADS))
    for entry in entries:
        values = [getattr(entry.summary, name, None) for name in HEADS]
        words = [entry.folder.name, entry.name, entry.about.note]
        writer.writerow([_safe(str(value)) if value is not None else "" for value in [*words, *values]])
    return text.getvalue()


def _safe(words: str) -> str:
    """What no table program takes for a formula; numbers stay as they are."""
    return f"'{words}" if words[:1] in ("=", "+", "@", "\t") else words
