"""How fast a run goes, by a clock that stands still while the run does."""

from __future__ import annotations

from math import exp

MEMORY = 3.0
"""Seconds of training after which what was measured counts 1/e."""


class Pace:
    """Samples a second, smoothed over the last seconds of work; `seconds` is all time spent, validation included."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.validation = 0.0
        self._samples = 0.0
        self._weight = 0.0

    def trained(self, samples: int, seconds: float) -> None:
        """`samples` took `seconds`; 0 samples for time in which the device finished earlier ones."""
        fade = exp(-seconds / MEMORY)
        self._samples = self._samples * fade + samples
        self._weight = self._weight * fade + seconds
        self.seconds += seconds

    def validated(self, seconds: float) -> None:
        """One validation took `seconds`."""
        self.validation = seconds
        self.seconds += seconds

    @property
    def rate(self) -> float:
        """Samples a second; 0 as long as nothing was trained."""
        return self._samples / self._weight if self._weight else 0.0

    def left(self, samples: int, validations: int) -> float:
        """Seconds that so much more work will take; 0 as long as nothing was trained."""
        return samples / self.rate + validations * self.validation if self.rate else 0.0
