"""The metrics of a run as arrays, read on from where reading stopped: for curves of runs that may still be going on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from convstudio.runs import metrics

Floats = NDArray[np.float32]
PORTION = 2**22
"""So many bytes are decoded at once."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Figures of steps in a row, the last of which is `step`; shares from 0 to 1, NaN where a figure was no number."""

    step: int
    losses: Floats
    hits: Floats
    rates: Floats


@dataclass(frozen=True)
class Validated:
    """The figures of a validation after `step` steps."""

    step: int
    loss: float
    accuracy: float
    mean_iou: float | None


class FigureReader:
    """Reads a metrics file that may grow; `news` gives what was appended since the last call."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / metrics.FILE
        self._at = 0

    @property
    def behind(self) -> bool:
        """Whether the file has grown since the last call of `news`."""
        try:
            return self._path.stat().st_size > self._at
        except OSError:
            return False

    def news(self) -> Iterator[Steps | Validated]:
        """In the order of the file; lines that are spoiled are passed over. OSError when it cannot be read."""
        rows: list[_Row] = []
        for row in self._rows():
            if row.loss is None and row.validation_loss is None and row.accuracy is None:
                continue
            if row.validation:
                yield from _steps(rows)
                rows = []
                yield Validated(
                    row.step, _nan(row.validation_loss), row.validation_accuracy or 0.0, row.validation_mean_iou
                )
            else:
                if rows and row.step != rows[-1].step + 1:
                    yield from _steps(rows)
                    rows = []
                rows.append(row)
        yield from _steps(rows)

    def _rows(self) -> Iterator[_Row]:
        """Whole lines only: the last may still be under way."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._at)
            rest = b""
            while portion := file.read(PORTION):
                *lines, rest = (rest + portion).split(b"\n")
                self._at += sum(len(line) + 1 for line in lines)
                yield from (row for line in lines if (row := _row(line)) is not None)


class _Row(Struct):
    step: int
    loss: float | None = None
    accuracy: float | None = None
    learning_rate: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    validation_mean_iou: float | None = None

    @property
    def validation(self) -> bool:
        return self.validation_accuracy is not None


_decoder = msgspec.json.Decoder(_Row)


def _row(line: bytes) -> _Row | None:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _steps(rows: list[_Row]) -> Iterator[Steps]:
    if rows:
        columns = (
            np.array([_nan(getattr(r, n)) for r in rows], np.float32) for n in ("loss", "accuracy", "learning_rate")
        )
        yield Steps(rows[-1].step, *columns)


def _nan(value: float | None) -> float:
    return float("nan") if value is None else value
