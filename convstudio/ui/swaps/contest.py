"""What is known of an experiment: its entrants, what was measured of each, and how far each is in the race. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from convstudio.protocol.messages import Array, Raced, RacerState, SwapMeasured
from convstudio.swaps.experiment import Entrant, Experiment
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.text import grouped, tr

OVER: tuple[RacerState, ...] = ("finished", "stopped", "failed")


class Lane:
    """One entrant. `chosen`: it takes part in the next race."""

    def __init__(self, entrant: Entrant) -> None:
        self.entrant = entrant
        self.chosen = entrant.possible
        self.measuring = False
        self.measured: SwapMeasured | None = None
        self.raced: Raced | None = None
        """The last report; None before the race."""
        self.record = RunRecord(0)
        self.step = 0
        self.seconds = 0.0

    @property
    def racing(self) -> bool:
        return self.raced is not None and self.raced.state not in OVER

    @property
    def failure(self) -> str:
        """Why it cannot be, or why it has failed; '' when all is well."""
        if self.entrant.words:
            return self.entrant.words
        if self.raced and self.raced.state == "failed":
            return self.raced.message
        return self.measured.message if self.measured else ""

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

    def begin(self) -> None:
        """A race begins: what was known of the one before is forgotten."""
        self.record, self.step, self.seconds = RunRecord(0), 0, 0.0
        self.raced = Raced(number=0, key=self.entrant.key, state="waiting")

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
            self.raced = Raced(number=0, key=self.entrant.key, state="failed", message=words)
        self.measuring = False


class Contest:
    """All lanes of one experiment, by key and in its order."""

    def __init__(self, experiment: Experiment, judged_by: int = 0) -> None:
        """`judged_by` so many validation samples, each right or wrong; 0 where that is not known, or otherwise."""
        self.experiment = experiment
        self.judged_by = judged_by
        self.lanes = {entrant.key: Lane(entrant) for entrant in experiment.entrants}

    @property
    def chosen(self) -> tuple[Lane, ...]:
        return tuple(lane for lane in self.lanes.values() if lane.chosen)

    @property
    def possible(self) -> tuple[Lane, ...]:
        return tuple(lane for lane in self.lanes.values() if lane.entrant.possible)

    @property
    def racing(self) -> bool:
        return any(lane.racing for lane in self.lanes.values())

    @property
    def raced(self) -> bool:
        """There was a race, or there is one."""
        return any(lane.raced for lane in self.lanes.values())

    @property
    def measuring(self) -> bool:
        return any(lane.measuring for lane in self.lanes.values())

    @property
    def share(self) -> float:
        """How much of the race is done."""
        shares = [lane.raced.share if lane.raced.state not in OVER else 1.0 for lane in self._racers() if lane.raced]
        return sum(shares) / len(shares) if shares else 0.0

    def _racers(self) -> Iterable[Lane]:
        return (lane for lane in self.lanes.values() if lane.raced)

    def begin_measuring(self) -> None:
        for lane in self.possible:
            lane.measuring, lane.measured = True, None

    def begin_race(self) -> None:
        """Those that are chosen start; of the others nothing is known any more."""
        for lane in self.lanes.values():
            if lane.chosen:
                lane.begin()
            else:
                lane.raced, lane.record = None, RunRecord(0)

    def take(self, told: SwapMeasured | Raced) -> None:
        """Take what the worker tells of an entrant."""
        lane = self.lanes.get(told.key)
        if lane is None:
            return
        if isinstance(told, Raced):
            lane.take(told)
        else:
            lane.measuring, lane.measured = False, told

    def lose(self, words: str) -> None:
        """The worker is gone, and with it what is under way."""
        for lane in self.lanes.values():
            lane.lose(words)

    @property
    def winner(self) -> Lane | None:
        """The one with the best accuracy, once the race is over and two or more have one."""
        found = [(lane.accuracy, lane) for lane in self._racers() if lane.accuracy is not None]
        if self.racing or len(found) < 2:
            return None
        return max(found, key=lambda pair: pair[0])[1]


def verdict(contest: Contest) -> str:
    """How the race ended, in a sentence; '' before that."""
    winner, present = contest.winner, contest.lanes[contest.experiment.present.key]
    if winner is None or winner.accuracy is None:
        return ""
    words = tr("Best is {name} with {accuracy:.1f} %").format(
        name=winner.entrant.variant.name, accuracy=winner.accuracy
    )
    if winner is present or present.accuracy is None:
        return words + "." + _chance(contest, winner.accuracy)
    told = words + tr("; as it is, it has {accuracy:.1f} %.").format(accuracy=present.accuracy)
    return told + _chance(contest, winner.accuracy)


def _chance(contest: Contest, accuracy: float) -> str:
    """What differences are too small to tell: 1.96 standard errors of a difference of two shares."""
    if not contest.judged_by:
        return ""
    spread = 196 * sqrt(2 * (accuracy / 100) * (1 - accuracy / 100) / contest.judged_by)
    words = tr(" On {samples} samples, less than {spread:.1f} % apart may be chance.")
    return words.format(samples=grouped(contest.judged_by), spread=max(spread, 0.1))


def _numbers(array: Array) -> NDArray[np.float32]:
    return np.frombuffer(array.data, np.float32)
