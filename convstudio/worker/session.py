"""The session: one loop that answers requests, makes steps of training, and shows what changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from convstudio.plugins.loading import Source
from convstudio.plugins.shelf import use_sources
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.by_hand import ByHand
from convstudio.worker.desk import Desk
from convstudio.worker.exports import GLANCE, Exports
from convstudio.worker.metering import Metering
from convstudio.worker.races import Races
from convstudio.worker.range_tests import RangeTests
from convstudio.worker.rehearsal import Rehearsal
from convstudio.worker.resets import Resets
from convstudio.worker.runs import Runs
from convstudio.worker.swap_times import SwapTimes
from convstudio.worker.timing import Timing
from convstudio.worker.transport import Arrival, Broken, Closed, Inbox

BROKEN_STREAM = 2
"""Exit code after a frame that cannot be understood."""

Answers = dict[type[m.Message], tuple[faults.About, Callable[[Any], None]]]


class Session:
    """All that one window asks of one worker. `send` raises WindowGoneError when nobody listens any more.

    A run goes on with a document that arrives while it is under way, if that can be trained; otherwise it goes on as it
    is, and the document is built when it is over.
    """

    def __init__(
        self, inbox: Inbox, send: Callable[[m.Event], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._inbox = inbox
        self._send = send
        self._desk = Desk(send)
        self._runs = Runs(self._desk, send, clock)
        self._rates = RangeTests(self._desk, self._runs, send, clock)
        self._exports = Exports(self._desk, send)
        self._rehearsal = Rehearsal(self._desk.bench)
        self._resets = Resets(self._desk, self._runs, send)
        self._races, self._swap_times = Races(send, clock), SwapTimes(send)
        self._exit: int | None = None
        self._answers = self._table()

    def serve(self) -> int:
        """Answer until the window goes away; the exit code. A run that is under way is kept in a checkpoint."""
        try:
            while self._exit is None:
                self._listen()
                self._work()
        finally:
            self._exports.cancel()
            self._runs.leave()
            self._races.leave()
        return self._exit

    def _table(self) -> Answers:
        """For each type of request: what a fault is about, and the answer."""
        return {
            m.UsePlugins: ("document", self._use_plugins),
            m.SetDocument: ("document", self._desk.set_document),
            m.Train: ("run", self._runs.train),
            m.Reopen: ("run", self._runs.reopen),
            m.LookBack: ("sample", self._desk.look_back),
            m.Pause: ("run", self._runs.pause),
            m.Resume: ("run", self._runs.resume),
            m.Stop: ("run", self._runs.stop),
            m.WatchSample: ("sample", self._watch_sample),
            m.FindMistake: ("sample", self._desk.find_mistake),
            m.Watch: ("sample", lambda request: self._desk.open(request.views)),
            m.Credit: ("sample", lambda request: self._desk.grant(request.view)),
            m.Evaluate: ("sample", lambda request: self._desk.examiner.ask()),
            m.Export: ("export", self._exports.start),
            m.PreviewExport: ("export", self._exports.preview),
            m.CancelExport: ("export", self._exports.cancel),
            m.Explain: ("sample", self._desk.look_into),
            m.SetMuted: ("sample", self._desk.muting.set),
            m.MeasureMuted: ("sample", self._desk.muting.ask),
            m.Attribute: ("sample", self._desk.why.ask),
            m.Dream: ("sample", self._desk.dreaming.start),
            m.DreamDrawn: ("sample", self._desk.dreaming.drawn),
            m.ResetWeights: ("document", self._resets.reset),
            m.PutBack: ("document", self._resets.put_back),
            m.PutMasks: ("document", ByHand(self._desk, self._runs, self._send).put),
            m.TestRates: ("run", self._rates.start),
            m.CancelRates: ("run", self._rates.cancel),
            m.ReadMeters: ("run", Metering(self._desk, self._runs, self._send).read),
            m.MeasureTimes: ("run", Timing(self._desk, self._runs, self._send).measure),
            m.MeasureSwaps: ("run", self._swap_times.start),
            m.Race: ("run", self._races.start),
            m.StopSwaps: ("run", self._stop_swaps),
            m.Quit: ("protocol", self._quit),
        }

    def _listen(self) -> None:
        """Answer all that has arrived; wait for something when there is nothing else to do."""
        desk = self._desk
        training = self._runs.moving or self._rates.under_way or self._comparing
        wait = not (training or desk.examiner.busy or desk.explaining)
        while self._exit is None and (arrival := self._next(wait)) is not None:
            wait = False
            self._answer(arrival)

    def _next(self, wait: bool) -> Arrival | None:
        """What arrives; None when nothing has. Where nothing would come of it, a run is rehearsed while waiting."""
        free = wait and not (self._exports.under_way or self._runs.under_way)
        patience = self._rehearsal.patience if free else None
        try:
            arrival = self._inbox.get(block=wait, timeout=GLANCE if self._exports.under_way else patience)
        except Empty:
            if patience is not None:
                self._rehearsal.advance()
            return None
        self._rehearsal.interrupted()
        return arrival

    def _answer(self, arrival: Arrival) -> None:
        if isinstance(arrival, Closed):
            self._exit = 0
        elif isinstance(arrival, Broken):
            self._exit = BROKEN_STREAM
            self._send(m.Fault(about="protocol", kind="internal", words=arrival.words))
        else:
            if not isinstance(arrival, m.SetDocument):
                self._build_waiting()
            about, answer = self._answers[type(arrival)]
            with faults.told(self._send, about, self._runs.number):
                answer(arrival)

    def _build_waiting(self) -> None:
        if not self._runs.under_way:
            self._desk.build_waiting()

    def _work(self) -> None:
        """One step of training; without training, what is due at once: the newest document, and pictures."""
        if self._exit is not None:
            return
        self._exports.step()
        self._runs.change()
        self._desk.settle()
        if self._runs.moving:
            self._rates.cancel()
            self._runs.step()
            self._desk.explain()
        elif self._rates.under_way:
            self._rates.step()
        elif self._swap_times.under_way:
            self._swap_times.step()
        elif self._races.under_way:
            self._races.step()
        self._build_waiting()
        if not self._runs.moving:
            self._desk.show()
        self._desk.examine(self._runs.moving)

    def _watch_sample(self, request: m.WatchSample) -> None:
        """Watch another sample. During a run its answer comes at once, and the maps as soon as there is time."""
        self._desk.watched.watch(request)
        if self._runs.moving:
            self._desk.answer()

    @property
    def _comparing(self) -> bool:
        """Networks are compared, unless a run is under way: then that waits."""
        return self._swap_times.under_way or self._races.under_way

    def _stop_swaps(self, request: m.StopSwaps) -> None:
        self._swap_times.cancel()
        self._races.stop()

    def _use_plugins(self, request: m.UsePlugins) -> None:
        use_sources(tuple(Source(p.name, p.text) for p in request.plugins))

    def _quit(self, request: m.Quit) -> None:
        self._exit = 0
