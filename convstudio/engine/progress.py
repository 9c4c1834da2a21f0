"""What a training run reports: steps, epochs, progress, and the two ways in which it can be refused or go wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class StepDone:
    """A mini-batch was trained on: `step` counts all of the run; `batch` is its number in `epoch`; all from 1."""

    step: int
    epoch: int
    batch: int


@dataclass(frozen=True)
class EpochDone:
    """Mean loss and accuracy (share of right answers, 0..1) on the validation samples after `epoch` whole epochs.

    Epoch 0 is the network before its first step. `mean_iou` is the mean intersection over union of the classes, where
    each pixel has one.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    mean_iou: float | None = None


@dataclass(frozen=True, eq=False)
class Progress:
    """Where a run stands, and the steps since the last report: losses, shares of right answers, and learning rates.

    `epoch` (from 1) and `batch` (of `batches`) are those of the last step; `batch` is 0 before the first. The rate
    and the time left come from the time spent on training alone; both are 0 before the first step.
    """

    step: int
    epoch: int
    epochs: int
    batch: int
    batches: int
    losses: NDArray[np.float32]
    hits: NDArray[np.float32]
    samples_per_second: float
    seconds_left: float
    rates: NDArray[np.float64]


class Unfit(ValueError):
    """A network, data and settings that cannot be trained together; `words` say why and what to change."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NotANumber(Exception):
    """A loss is not a finite number any more. `block` is the first block whose result is not ('' if only the loss).

    `progress` is what `Trainer.read` would have returned.
    """

    def __init__(self, words: str, block: str, progress: Progress) -> None:
        super().__init__(words)
        self.words = words
        self.block = block
        self.progress = progress
