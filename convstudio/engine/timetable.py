"""The timetable of a run: to which epoch and batch each step belongs, its learning rate, and the samples before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from convstudio.network import schedule
from convstudio.network.training_settings import TrainingSettings


class Timetable:
    """Of a run whose epochs are batches of these `sizes`. Steps, epochs and batches are counted from 0.

    `origin` is the step at which the batches of this run became what they are, and its epoch: the first, or the one
    before which the batch size or the data were changed.
    """

    def __init__(self, settings: TrainingSettings, sizes: Sequence[int]) -> None:
        self._settings, self._sizes = settings, sizes
        self._samples = sum(sizes)
        self.origin = (0, 0)
        self.varies = schedule.changes(settings)
        """The learning rate is not the same at every step."""

    def place(self, step: int) -> tuple[int, int]:
        """Epoch, and batch within it."""
        first, epoch = self.origin
        epochs, within = divmod(step - first, len(self._sizes))
        return epoch + epochs, within

    def samples(self, step: int) -> int:
        """How many samples are trained on before this step."""
        epochs, within = self.place(step)
        return epochs * self._samples + sum(self._sizes[:within])

    @property
    def all_samples(self) -> int:
        """How many samples are trained on in the whole run."""
        return self._settings.epochs * self._samples

    def rate(self, step: int) -> float:
        """The learning rate."""
        epoch, within = self.place(step)
        count = len(self._sizes)
        return schedule.rate(self._settings, epoch * count + within, count)

    def rates(self, step: int, count: int) -> NDArray[np.float64]:
        """The learning rates of the last `count` steps before this one."""
        if not self.varies:
            return np.full(count, self._settings.learning_rate)
        return np.array([self.rate(n) for n in range(step - count, step)])
