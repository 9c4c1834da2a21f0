"""The head of a run: how it stands, in one small file, so that hundreds of runs can be listed at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from convstudio.runs.formats import UnreadableError, decoded

FORMAT = 1
FILE = "summary.json"
LARGEST = 2**20
"""Bytes; a summary of ours has less than two thousand."""
State = Literal["running", "paused", "finished", "stopped", "failed"]
Count = Annotated[int, Meta(ge=0)]


class SummaryError(ValueError):
    """Why there is no summary to be read: a sentence for people."""


class Summary(Struct, frozen=True, kw_only=True):
    """What is known of a run. Accuracies are shares from 0 to 1; `loss` and `accuracy` are means over the last epoch
    that it began, the validation figures those of the last validation. Times are seconds since 1970.

    `seconds` is the time spent on training. `parent` is the folder of the run that it branched off, after
    `parent_step` steps.
    """

    name: str
    state: State
    started: float
    updated: float
    device: str
    dataset: str
    parameters: Count
    multiply_adds: Count
    epochs: Count
    epoch: Count = 0
    step: Count = 0
    seconds: float = 0.0
    loss: float | None = None
    accuracy: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    validation_mean_iou: float | None = None
    best_validation_loss: float | None = None
    parent: str = ""
    parent_step: Count = 0
    format: int = FORMAT


def dump(summary: Summary) -> bytes:
    """The text of the file."""
    return msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n"


def read(folder: Path) -> Summary:
    """The summary of the run in `folder`. SummaryError says why there is none."""
    try:
        with (folder / FILE).open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise SummaryError(
            f"There is no {FILE} in this folder: it is no run, or an older ConvStudio kept it."
        ) from error
    except OSError as error:
        raise SummaryError(f"{FILE} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if len(data) > LARGEST:
        raise SummaryError(f"{FILE} is too large to be one of ours.")
    try:
        return decoded(data, Summary, FORMAT)
    except UnreadableError as error:
        raise SummaryError(f"{FILE} {error}") from error
