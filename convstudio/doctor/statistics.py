"""What the doctor judges by: one value with the figures of a run so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite, nan

from convstudio.network.training_settings import TrainingSettings
from convstudio.protocol.messages import Health

RECENT = 20
"""Steps whose mean loss is the loss of now."""
FIRST = 5
"""Steps whose mean loss is the loss at the start."""


@dataclass(frozen=True)
class Course:
    """Mean losses: of the first steps, of the last ones, and the lowest that the last ones ever had."""

    steps: int
    start: float
    now: float
    best: float


@dataclass(frozen=True)
class Epoch:
    """After so many whole epochs: mean training loss of the last of them, validation loss and accuracy."""

    number: int
    training: float
    validation: float
    accuracy: float


@dataclass(frozen=True)
class Breakdown:
    """The run ended because a number was none any more; `block` is where that began, '' where that is unknown."""

    words: str
    block: str = ""


@dataclass(frozen=True)
class Statistics:
    """All that is known of a run, the newest last.

    `looks` are of the network as it is now; `counts` the training samples of each class, empty where each pixel has
    one; `batches` the steps of an epoch.
    """

    settings: TrainingSettings
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    batches: int = 0
    course: Course | None = None
    epochs: tuple[Epoch, ...] = ()
    looks: tuple[Health, ...] = ()
    breakdown: Breakdown | None = None


@dataclass
class LossTrack:
    """Sums the losses of all steps up, a few numbers being kept."""

    steps: int = 0
    _first: list[float] = field(default_factory=list)
    _last: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    _best: float = inf
    _sum: float = 0.0
    _count: int = 0

    def add(self, losses: Sequence[float]) -> None:
        """The losses of the next steps."""
        for loss in losses:
            self.steps += 1
            if len(self._first) < FIRST:
                self._first.append(loss)
            self._last.append(loss)
            if len(self._last) == RECENT:
                self._best = min(self._best, sum(self._last) / RECENT)
            self._sum, self._count = self._sum + loss, self._count + 1

    def epoch(self) -> float:
        """The mean loss since the last call; not a number where there was no step."""
        mean = self._sum / self._count if self._count else nan
        self._sum, self._count = 0.0, 0
        return mean

    @property
    def course(self) -> Course | None:
        """None before there are enough steps to tell start from now."""
        if self.steps < FIRST + RECENT:
            return None
        now = sum(self._last) / len(self._last)
        return Course(self.steps, sum(self._first) / len(self._first), now, self._best if isfinite(self._best) else now)
