"""What is known of an experiment: its entrants, what was measured of each, and how far each is in the race. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean

from convstudio.protocol.messages import Raced, RacerState, SwapMeasured
from convstudio.swaps.experiment import Entrant, Experiment
from convstudio.ui.swaps.attempt import Attempt, Mean, key_of, mean_of, parted


class Lane:
    """One entrant. `chosen`: it takes part in the next race."""

    def __init__(self, entrant: Entrant) -> None:
        self.entrant = entrant
        self.chosen = entrant.possible
        self.measuring = False
        self.measured: SwapMeasured | None = None
        self.attempts: tuple[Attempt, ...] = ()
        """Its trainings in the last race, one for each seed; none before the race."""

    @property
    def racing(self) -> bool:
        return any(attempt.racing for attempt in self.attempts)

    @property
    def state(self) -> RacerState | None:
        """Where it is in the race; None before it."""
        states = [attempt.raced.state for attempt in self.attempts]
        if self.racing:
            started = any(attempt.share > 0 for attempt in self.attempts)
            return "running" if started else next(s for s in ("running", "preparing", "waiting") if s in states)
        return next((s for s in ("failed", "stopped", "finished") if s in states), None)

    @property
    def message(self) -> str:
        """Why it has failed, or ended early."""
        said = (a.raced.message for a in self.attempts if a.raced.state == self.state)
        return next((words for words in said if words), "")

    @property
    def share(self) -> float:
        """How much of its race is done."""
        return mean(attempt.share for attempt in self.attempts) if self.attempts else 0.0

    @property
    def seconds(self) -> float:
        """Time spent on it."""
        return sum(attempt.seconds for attempt in self.attempts)

    @property
    def failure(self) -> str:
        """Why it cannot be, or why it has failed; '' when all is well."""
        if self.entrant.words:
            return self.entrant.words
        if self.state == "failed":
            return self.message
        return self.measured.message if self.measured else ""

    @property
    def accuracy(self) -> Mean | None:
        """On the validation samples, in per cent, over the seeds that are done; before that of the one under way."""
        return mean_of([a.accuracy for a in self._judged() if a.accuracy is not None])

    @property
    def loss(self) -> Mean | None:
        """The same of the loss."""
        return mean_of([a.loss for a in self._judged() if a.loss is not None])

    @property
    def results(self) -> tuple[float | None, ...]:
        """By seed the accuracy at the end of its race; None where that was not reached."""
        return tuple(a.accuracy if a.raced.state == "finished" else None for a in self.attempts)

    def _judged(self) -> tuple[Attempt, ...]:
        known = [a for a in self.attempts if a.accuracy is not None]
        done = [a for a in known if a.raced.state == "finished"]
        return tuple(done or [a for a in known if not a.racing] or known[:1])

    def begin(self, seeds: int) -> None:
        """A race begins: what was known of the one before is forgotten."""
        self.attempts = tuple(Attempt(key_of(self.entrant.key, number)) for number in range(seeds))

    def lose(self, words: str) -> None:
        """The worker is gone."""
        for attempt in self.attempts:
            attempt.lose(words)
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
        return any(lane.attempts for lane in self.lanes.values())

    @property
    def measuring(self) -> bool:
        return any(lane.measuring for lane in self.lanes.values())

    @property
    def share(self) -> float:
        """How much of the race is done."""
        shares = [lane.share for lane in self._racers()]
        return sum(shares) / len(shares) if shares else 0.0

    def _racers(self) -> Iterable[Lane]:
        return (lane for lane in self.lanes.values() if lane.attempts)

    def begin_measuring(self) -> None:
        for lane in self.possible:
            lane.measuring, lane.measured = True, None

    def begin_race(self, seeds: int = 1) -> None:
        """Those that are chosen start, once with each seed; of the others nothing is known any more."""
        for lane in self.lanes.values():
            lane.begin(seeds if lane.chosen else 0)

    def take(self, told: SwapMeasured | Raced) -> None:
        """Take what the worker tells of an entrant."""
        key, number = parted(told.key)
        lane = self.lanes.get(key)
        if lane is None:
            return
        if isinstance(told, Raced):
            if number < len(lane.attempts):
                lane.attempts[number].take(told)
        else:
            lane.measuring, lane.measured = False, told

    def lose(self, words: str) -> None:
        """The worker is gone, and with it what is under way."""
        for lane in self.lanes.values():
            lane.lose(words)

    @property
    def winner(self) -> Lane | None:
        """The one with the best mean accuracy, once the race is over and two or more have one."""
        return self.ranking[0] if len(self.ranking) > 1 and not self.racing else None

    @property
    def ranking(self) -> tuple[Lane, ...]:
        """Those that have an accuracy, the best first."""
        found = [(lane.accuracy.value, lane) for lane in self._racers() if lane.accuracy]
        return tuple(lane for _, lane in sorted(found, key=lambda pair: -pair[0]))
