"""What the curves of one run are drawn from: the figures of every step and of every validation, and marks. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convstudio.runs.marks import Mark
from convstudio.ui.live.pyramid import Pyramid
from convstudio.ui.live.smoothing import Smoother

Floats = NDArray[np.float32]


class Series:
    """One number a step, raw and smoothed."""

    def __init__(self, smoothing: float) -> None:
        self.raw = Pyramid()
        self.smooth = Pyramid()
        self._smoother = Smoother(smoothing)
        self.smoothing = smoothing

    def append(self, values: Floats) -> None:
        """Add the numbers of the next steps."""
        self.raw.append(values)
        self.smooth.append(self._smoother.smooth(values))

    def set_smoothing(self, smoothing: float) -> None:
        """Smooth everything again with another factor."""
        self.smoothing = smoothing
        self._smoother = Smoother(smoothing)
        self.smooth = Pyramid()
        self.smooth.append(self._smoother.smooth(self.raw.values))

    def truncate(self, length: int) -> None:
        """Forget the steps from index `length` on."""
        self.raw.truncate(length)
        self.set_smoothing(self.smoothing)

    def last(self) -> float:
        """The newest smoothed number that is one; NaN where there is none."""
        return self.at(len(self.smooth) - 1)

    def at(self, index: int) -> float:
        """The smoothed number at an index, or the nearest before it that is finite; NaN where there is none."""
        index = min(index, len(self.smooth) - 1)
        if index < 0:
            return float("nan")
        if np.isfinite(value := self.smooth.values[index]):
            return float(value)
        known = np.flatnonzero(np.isfinite(self.smooth.values[: index + 1]))
        return float(self.smooth.values[known[-1]]) if len(known) else float("nan")


class RunRecord:
    """The curves of run number `run`. Index i of a series is step `offset` + i + 1; accuracies are in per cent."""

    def __init__(self, run: int, smoothing: float = 0.6) -> None:
        self.run = run
        self.offset = 0
        self.total = 0
        """Steps that the run will have, 0 while unknown."""
        self.loss = Series(smoothing)
        self.accuracy = Series(smoothing)
        self.rate = Pyramid()
        """The learning rate of each step."""
        self.marks: list[Mark] = []
        self._validations: dict[int, tuple[float, float]] = {}
        self._overlaps: dict[int, float] = {}

    @property
    def step(self) -> int:
        """The last step that is known of."""
        return max(self.offset + len(self.loss.raw), next(reversed(self._validations), 0))

    def add_steps(self, step: int, losses: Floats, hits: Floats, rates: Floats | None = None) -> None:
        """Add the steps up to `step`: loss, share of right answers (0..1), and where known learning rate of each.

        A run that goes on from an earlier step overwrites what came after it; steps that are missing leave a hole.
        """
        count = min(len(losses), len(hits))
        start = step - count
        if not len(self.loss.raw):
            self.offset = max(0, start)
        index = max(0, start - self.offset)
        for series, values in ((self.loss, losses), (self.accuracy, np.float32(100) * hits)):
            if index < len(series.raw):
                series.truncate(index)
            missing = np.full(index - len(series.raw), np.nan, np.float32)
            series.append(np.concatenate([missing, values[:count]]).astype(np.float32))
        known = rates is not None and len(rates) >= count
        self.rate.truncate(index)
        self.rate.append(np.full(index - len(self.rate), np.nan, np.float32))
        self.rate.append(rates[:count] if known and rates is not None else np.full(count, np.nan, np.float32))

    def add_validation(self, step: int, loss: float, accuracy: float, mean_iou: float | None = None) -> None:
        """Loss, accuracy (0..1) and where there is one mean IoU (0..1) on the validation samples after `step` steps."""
        self._validations = {at: pair for at, pair in self._validations.items() if at < step}
        self._validations[step] = (loss, 100 * accuracy)
        self._overlaps = {at: share for at, share in self._overlaps.items() if at < step}
        if mean_iou is not None:
            self._overlaps[step] = 100 * mean_iou

    def take_over(self, later: RunRecord) -> None:
        """Add the steps, validations and marks of a record that begins later."""
        if len(later.loss.raw):
            hits = later.accuracy.raw.values / np.float32(100)
            self.add_steps(later.offset + len(hits), later.loss.raw.values, hits, later.rate.values)
        for step, (loss, accuracy) in later._validations.items():
            self.add_validation(step, loss, accuracy / 100)
        self.marks += later.marks

    def index(self, step: float) -> int:
        """Where the nearest step that is known stands in the series; -1 without any."""
        return min(max(round(step) - self.offset - 1, 0), len(self.loss.raw) - 1)

    def set_smoothing(self, smoothing: float) -> None:
        """Smooth both curves with another factor."""
        self.loss.set_smoothing(smoothing)
        self.accuracy.set_smoothing(smoothing)

    def copy(self) -> RunRecord:
        """A record of its own with the same numbers."""
        other = RunRecord(self.run, self.loss.smoothing)
        other.offset, other.total, other.marks = self.offset, self.total, list(self.marks)
        other._validations, other._overlaps = dict(self._validations), dict(self._overlaps)
        for mine, its in ((self.loss, other.loss), (self.accuracy, other.accuracy)):
            its.append(mine.raw.values.copy())
        other.rate.append(self.rate.values.copy())
        return other

    def validations(self) -> tuple[Floats, Floats, Floats]:
        """Steps, losses and accuracies (per cent) of the validations, in order."""
        steps = np.array(list(self._validations), np.float32)
        pairs = np.array(list(self._validations.values()), np.float32).reshape(-1, 2)
        return steps, pairs[:, 0], pairs[:, 1]

    def validation_at(self, step: float) -> tuple[float, float]:
        """Loss and accuracy of the validation nearest to a step; NaN where there was none yet."""
        if not self._validations:
            return float("nan"), float("nan")
        return self._validations[min(self._validations, key=lambda at: abs(at - step))]

    def overlaps(self) -> tuple[Floats, Floats]:
        """Steps and mean IoU (per cent) of the validations that have one, in order."""
        return np.array(list(self._overlaps), np.float32), np.array(list(self._overlaps.values()), np.float32)

    def overlap_at(self, step: float) -> float:
        """The mean IoU of the validation nearest to a step; NaN where there was none."""
        if not self._overlaps:
            return float("nan")
        return self._overlaps[min(self._overlaps, key=lambda at: abs(at - step))]
