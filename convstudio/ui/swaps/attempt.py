"""One training of an entrant in a race: with one seed. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, stdev

import numpy as np
from numpy.typing import NDArray

from convstudio.protocol.messages import Array, Raced, RacerState
from convstudio.ui.live.run_record import RunRecord

OVER: tuple[RacerState, ...] = ("finished", "stopped", "failed")
MOST_SEEDS = 5
MARK = "+"


def key_of(entrant: str, number: int) -> str:
    """What the worker calls the training of an entrant with the seed of that number, from 0."""
    return f"{entrant}{MARK}{number}" if number else entrant


def parted(key: str) -> tuple[str, int]:
    """The entrant and the number of its seed."""
    entrant, _, number = key.partition(MARK)
    return entrant, int(number or 0)


class Attempt:
    """What the worker has told of it."""

    def __init__(self, key: str) -> None:
        self.raced = Raced(number=0, key=key, state="waiting")
        self.record = RunRecord(0)
        self.step = 0
        self.seconds = 0.0

    @property
    def racing(self) -> bool:
        return self.raced.state not in OVER

    @property
    def share(self) -> float:
        """How much of it is done; all of one that is over."""
        return self.raced.share if self.racing else 1.0

    @property
    def accuracy(self) -> float | None:
        """The last on the validation samples, in per cent; None before the first, and of what was not trained yet."""
        steps, _, accuracies = self.record.validations()
        return float(accuracies[-1]) if len(steps) and steps[-1] > 0 else None

    @property
    def loss(self) -> float | None:
        """The last on the validation samples."""
        steps, losses, _ = self.record.validations()
        return float(losses[-1]) if len(steps) and steps[-1] > 0 else None

    def take(self, told: Raced) -> None:
        """Take a report."""
        if told.losses is not None and told.hits is not None:
            self.record.add_steps(told.step, _numbers(told.losses), _numbers(told.hits))
        for found in told.validations:
            self.record.add_validation(found.step, found.loss, found.accuracy, found.mean_iou)
        self.raced = told
        self.step, self.seconds = max(self.step, told.step), max(self.seconds, told.seconds)

    def lose(self, words: str) -> None:
        """The worker is gone."""
        if self.racing:
            self.raced = Raced(number=0, key=self.raced.key, state="failed", message=words)


@dataclass(frozen=True)
class Mean:
    """Of `count` numbers: their mean, and their sample standard deviation (n - 1), where there are two or more."""

    value: float
    spread: float | None
    count: int


def mean_of(numbers: list[float]) -> Mean | None:
    """None of no numbers."""
    if not numbers:
        return None
    return Mean(mean(numbers), stdev(numbers) if len(numbers) > 1 else None, len(numbers))


def _numbers(array: Array) -> NDArray[np.float32]:
    return np.frombuffer(array.data, np.float32)
