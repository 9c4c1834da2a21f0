"""Range tests of the learning rate, one at a time, a step between two looks at the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from convstudio.engine import starting
from convstudio.engine.range_test import STEPS, Point, RangeTest, suggestion
from convstudio.network.freezing import frozen_ids
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.desk import Desk
from convstudio.worker.pictures import packed
from convstudio.worker.runs import Runs

REPORT_SECONDS = 1 / 15


class RangeTests:
    """Holds the test that is under way. The network on the bench, and a paused run, stay as they are."""

    def __init__(self, desk: Desk, runs: Runs, send: Callable[[m.Event], None], clock: Callable[[], float]) -> None:
        self._desk, self._runs, self._send, self._clock = desk, runs, send, clock
        self._number = 0
        self._test: RangeTest | None = None
        self._steps: Iterator[Point] = iter(())
        self._reported = 0.0

    @property
    def under_way(self) -> bool:
        return self._test is not None

    def start(self, request: m.TestRates) -> None:
        """Begin a test; one that is under way ends. What cannot be is told as its failure."""
        self.cancel()
        self._number = request.number
        try:
            self._test = self._made()
        except Exception as error:
            self._tell("failed", faults.reason(error))
            return
        self._steps = self._test.steps()
        self._reported = self._clock()
        self._tell("running")

    def cancel(self, request: m.CancelRates | None = None) -> None:
        """End the test, if there is one."""
        if self._test is not None:
            self._tell("cancelled")
            self._test = None

    def step(self) -> None:
        """One step of the test, and its report when that is due."""
        try:
            more = next(self._steps, None) is not None
        except Exception as error:
            self._tell("failed", faults.reason(error))
            self._test = None
            return
        if not more:
            self._tell("done")
            self._test = None
        elif self._clock() - self._reported >= REPORT_SECONDS:
            self._reported = self._clock()
            self._tell("running")

    def _made(self) -> RangeTest:
        """Of a paused run's network as it stands; otherwise of the start values. Raises what a start of a run does."""
        running = self._runs.running
        if running is not None:
            trainer, document = running.run.trainer, running.run.document
        else:
            piece = self._desk.piece()
            document = piece.document
            bench = self._desk.bench
            trainer, _ = starting.prepared(document, piece.analysis, bench.given, bench.left_frozen())
        return RangeTest(trainer.live, trainer.data, trainer.settings, frozen_ids(document.network))

    def _tell(self, state: m.TestState, message: str = "") -> None:
        points = self._test.points if self._test else []
        found = suggestion(points) if state == "done" else 0.0
        self._send(
            m.RatesTested(
                number=self._number,
                state=state,
                share=len(points) / STEPS,
                rates=_column(points, 0),
                losses=_column(points, 1),
                smoothed=_column(points, 2),
                suggestion=found,
                message=message,
            )
        )


def _column(points: list[Point], which: int) -> m.Array:
    return packed(np.array([point[which] for point in points], np.float32))
