"""The learning-rate range test: a copy of the network is trained while the rate rises from step to step.

Leslie N. Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3; here the rate rises
exponentially, so that every power of ten gets equally many steps.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from math import isfinite, log10
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from convstudio.engine.build import LiveNetwork
from convstudio.engine.resident import ResidentData
from convstudio.engine.training import Trainer
from convstudio.network.training_settings import TrainingSettings

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 100
SMOOTHING = 0.85
"""So much of the smoothed loss goes on from step to step."""
DIVERGED = 3.0
"""A smoothed loss of so many times the smallest ends the test."""
FALL = 0.02
"""The smoothed loss must fall by this part of what it was, or no rate is suggested."""
REACH = 3
"""The slope at a step is that of a line through so many steps before it and after it."""


class Point(NamedTuple):
    """One step: its learning rate, the loss of its mini-batch, and the smoothed loss."""

    rate: float
    loss: float
    smoothed: float


class RangeTest:
    """Trains a copy of `live`, which stays as it is, for at most `STEPS` mini-batches; raises what `Trainer` raises."""

    def __init__(
        self, live: LiveNetwork, data: ResidentData, settings: TrainingSettings, frozen: Collection[str] = ()
    ) -> None:
        plain = replace(settings, schedule="constant", warm_up=0.0, early_stopping=0, compile=False)
        self._trainer = Trainer(copy.deepcopy(live), data, plain, frozen)
        self.points: list[Point] = []

    def steps(self) -> Iterator[Point]:
        """One step at a time, until the last rate, or until the loss has diverged."""
        mean = weight = 0.0
        for number in range(STEPS):
            rate = rate_at(number)
            loss = self._trainer.step_at(rate)
            if not isfinite(loss):
                return
            mean, weight = SMOOTHING * mean + (1 - SMOOTHING) * loss, SMOOTHING * weight + 1 - SMOOTHING
            point = Point(rate, loss, mean / weight)
            self.points.append(point)
            yield point
            if point.smoothed > DIVERGED * min(p.smoothed for p in self.points):
                return


def rate_at(number: int) -> float:
    """The learning rate of step `number`, from 0."""
    return float(LOWEST * (HIGHEST / LOWEST) ** (number / (STEPS - 1)))


def suggestion(points: Sequence[Point]) -> float:
    """The rate at which the smoothed loss falls fastest; 0 where it hardly falls at all."""
    if len(points) <= 2 * REACH + 1:
        return 0.0
    smoothed = np.array([p.smoothed for p in points])
    rates = np.array([log10(p.rate) for p in points])
    last = int(smoothed.argmin())
    if smoothed[last] > (1 - FALL) * smoothed[: last + 1].max():
        return 0.0
    middles = range(REACH, max(REACH + 1, min(last + 1, len(points) - REACH)))
    slopes = {n: _slope(rates[n - REACH : n + REACH + 1], smoothed[n - REACH : n + REACH + 1]) for n in middles}
    return points[min(slopes, key=lambda n: slopes[n])].rate


def _slope(across: np.ndarray, up: np.ndarray) -> float:
    """Of the line through these points with the least squares."""
    apart = across - across.mean()
    return float((apart * (up - up.mean())).sum() / (apart**2).sum())
