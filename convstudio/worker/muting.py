"""What is switched off while the window looks, and how much that, or each map of a block, carries of the accuracy."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import NamedTuple

import numpy as np

from convstudio.engine.build import NetworkFault
from convstudio.engine.carrying import Carried, carried
from convstudio.engine.project import validation_part
from convstudio.network.muting import NONE, Mute, Mutes
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.examiner import answers
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.why import NO_NETWORK, REPORT_SECONDS

NO_ANSWER = "The network does not answer what its data set asks, so there is no accuracy to measure."


class Moment(NamedTuple):
    """What a measurement holds for: this network with what is off in it, after so many steps."""

    version: int
    step: int


class Muting:
    """Keeps what is off, and measures, a batch of samples at a time, on a copy of the network of one moment."""

    def __init__(self, bench: Stage, send: Callable[[m.Event], None]) -> None:
        self._bench, self._send = bench, send
        self.mutes: Mutes = NONE
        self._question: m.MeasureMuted | None = None
        self._work: Iterator[Carried] | None = None
        self._begun: Moment | None = None
        self._told: Moment | None = None
        self._reported = 0.0

    def set(self, request: m.SetMuted) -> None:
        """Switch off this and nothing else; all pictures are out of date."""
        if (mutes := frozenset(request.mutes)) != self.mutes:
            self.mutes = mutes
            self._bench.touched()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Inside, what is off is off in the network that is looked at."""
        with ExitStack() as open_:
            for piece in self._bench.pieces if self.mutes else ():
                open_.enter_context(piece.live.muted(self.mutes))
            yield

    def ask(self, request: m.MeasureMuted) -> None:
        """Measure this in the place of what was asked before."""
        self._question = None if request.stop else request
        self._work = None

    def due(self) -> bool:
        question = self._question
        return question is not None and (self._work is not None or question.now or self._moment() != self._told)

    @property
    def waited_for(self) -> bool:
        """Somebody has just asked, and waits for the result."""
        return self._question is not None and self._question.now

    def advance(self) -> None:
        """One slice of work. What goes wrong is told as the reason why nothing is measured."""
        question = self._question
        assert question is not None
        try:
            found = self._slice(question)
        except Exception as error:
            self._end()
            self._send(m.Unmeasured(ticket=question.ticket, words=faults.words(error)))
            if faults.kind(error) == "internal":
                raise
            return
        if found.share >= 1:
            self._end()
            self._send(self._message(question, found))
        elif question.now and perf_counter() - self._reported >= REPORT_SECONDS:
            self._reported = perf_counter()
            self._send(self._message(question, found))

    def _slice(self, question: m.MeasureMuted) -> Carried:
        now = self._moment()
        if self._work is None or self._begun is None or self._begun.version != now.version:
            self._begun, self._reported = now, perf_counter()
            self._work = self._begin(question)
        return next(self._work)

    def _end(self) -> None:
        self._told, self._question, self._work = self._begun, None, None

    def _moment(self) -> Moment:
        return Moment(self._bench.version, self._bench.step)

    def _begin(self, asked: m.MeasureMuted) -> Iterator[Carried]:
        """Of a block, each of its maps is switched off beside what is; else what is off is compared with nothing."""
        piece = self._bench.piece
        if piece is None:
            raise NetworkFault(NO_NETWORK)
        if not answers(piece):
            raise NetworkFault(NO_ANSWER)
        dataset, numbers = validation_part(piece.document.data)
        if not len(numbers):
            raise NetworkFault("There are no validation samples to measure on.")
        if asked.block and asked.block not in piece.live.shapes:
            raise NetworkFault(f"{asked.block} is not computed: something before it, or it itself, does not fit yet.")
        count = piece.live.shapes[asked.block].channels if asked.block else 0
        ways = [self.mutes | {Mute(asked.block, n)} for n in range(count)] or [self.mutes]
        base = self.mutes if asked.block else NONE
        images, targets = dataset.images[numbers], np.asarray(dataset.targets[numbers], np.int64)
        return carried(copy.deepcopy(piece.live), images, targets, base, ways)

    def _message(self, asked: m.MeasureMuted, found: Carried) -> m.MutedMeasured:
        assert self._begun is not None
        others = np.array(found.others, np.float32).reshape(-1, 2)
        return m.MutedMeasured(
            run=self._bench.run,
            step=self._begun.step,
            ticket=asked.ticket,
            block=asked.block,
            share=found.share,
            samples=found.samples,
            loss=found.loss,
            accuracy=found.accuracy,
            losses=packed(np.ascontiguousarray(others[:, 0])),
            accuracies=packed(np.ascontiguousarray(others[:, 1])),
        )
