"""What is switched off while the window looks, and how much that, or each map of a block, carries of the accuracy."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from convstudio.engine.build import NetworkFault
from convstudio.engine.carrying import Carried, carried
from convstudio.engine.project import validation_part
from convstudio.network.muting import NONE, Mute, Mutes
from convstudio.protocol import messages as m
from convstudio.worker.examiner import answers
from convstudio.worker.inquiry import Inquiry, Moment
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.why import NO_NETWORK

NO_ANSWER = "The network does not answer what its data set asks, so there is no accuracy to measure."


class Muting(Inquiry[m.MeasureMuted, Carried]):
    """Keeps what is off, and measures what that carries."""

    def __init__(self, bench: Stage, send: Callable[[m.Event], None]) -> None:
        super().__init__(send)
        self._bench = bench
        self.mutes: Mutes = NONE

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
        self._take(None if request.stop else request)

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
        others = np.array(found.others, np.float32).reshape(-1, 2)
        return m.MutedMeasured(
            run=self._bench.run,
            step=self._step,
            ticket=asked.ticket,
            block=asked.block,
            share=found.share,
            samples=found.samples,
            loss=found.loss,
            accuracy=found.accuracy,
            losses=packed(np.ascontiguousarray(others[:, 0])),
            accuracies=packed(np.ascontiguousarray(others[:, 1])),
        )

    def _unanswered(self, ticket: int, words: str) -> m.Unmeasured:
        return m.Unmeasured(ticket=ticket, words=words)
