"""Races of networks: each entrant is trained a slice at a time, so that all come on together, or one after another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from convstudio.blocks import catalogue
from convstudio.engine.racer import Racer
from convstudio.engine.resident import SharedData
from convstudio.engine.training import EpochDone, NotANumber, Progress
from convstudio.network import file
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.pictures import packed
from convstudio.worker.transport import WindowGoneError

log = logging.getLogger(__name__)
SLICE_SECONDS = 1 / 30
"""So long one entrant is trained before it is another's turn, or the inbox is looked at; at least one step."""
REPORT_SECONDS = 1 / 10


class Lane:
    """One entrant: its racer, once there is one, and what was not reported yet."""

    def __init__(self, entrant: m.Entrant) -> None:
        self.entrant = entrant
        self.racer: Racer | None = None
        self.state: m.RacerState = "waiting"
        self.validations: list[m.Validated] = []
        self.reported = 0.0

    @property
    def over(self) -> bool:
        return self.state in ("finished", "stopped", "failed")

    @property
    def share(self) -> float:
        return self.racer.share if self.racer else 0.0

    def begin(self, shared: SharedData) -> None:
        """Load samples and make the network. Raises what the start of a run raises."""
        folder = Path(self.entrant.folder) if self.entrant.folder else None
        document = file.parse(self.entrant.text, catalogue())
        self.racer = Racer(self.entrant.key, document, folder, self.entrant.name, shared)
        self.racer.begin()

    def note(self, done: EpochDone) -> None:
        self.validations.append(
            m.Validated(
                step=done.step, epoch=done.epoch, loss=done.loss, accuracy=done.accuracy, mean_iou=done.mean_iou
            )
        )


class Races:
    """Holds the race that is under way. What becomes of one entrant is none of the others' business."""

    def __init__(self, send: Callable[[m.Event], None], clock: Callable[[], float]) -> None:
        self._send, self._clock = send, clock
        self._number = 0
        self._together = True
        self._lanes: list[Lane] = []
        self._shared = SharedData()

    @property
    def under_way(self) -> bool:
        return any(not lane.over for lane in self._lanes)

    def start(self, request: m.Race) -> None:
        """Begin a race; one that is under way is stopped."""
        self.stop()
        self._number, self._together = request.number, request.together
        self._lanes = [Lane(entrant) for entrant in request.entrants]
        for lane in self._lanes:
            self._enter(lane, "waiting")

    def stop(self) -> None:
        """End all that are not over; what they have learnt is kept where they are kept."""
        for lane in self._lanes:
            if not lane.over:
                self._end(lane, "stopped")
        self._lanes, self._shared = [], SharedData()

    def step(self) -> None:
        """Get one entrant ready, or train one for a slice."""
        lane = self._next()
        try:
            if lane.state == "waiting":
                self._enter(lane, "preparing")
                lane.begin(self._shared)
                self._enter(lane, "running")
            else:
                self._train(lane)
        except WindowGoneError:
            raise
        except Exception as error:
            self._end(lane, "failed", faults.reason(error), progress_of(error))
        if not self.under_way:
            self._shared = SharedData()

    def _next(self) -> Lane:
        """All of a turn get ready before its first step; then the one furthest behind. Or the first not over."""
        turn = min(lane.entrant.turn for lane in self._lanes if not lane.over)
        open_ = [lane for lane in self._lanes if not lane.over and lane.entrant.turn == turn]
        if not self._together:
            return open_[0]
        return next((lane for lane in open_ if lane.state == "waiting"), min(open_, key=lambda lane: lane.share))

    def _train(self, lane: Lane) -> None:
        assert lane.racer is not None
        started = self._clock()
        while True:
            done = lane.racer.advance()
            if done is None:
                return self._end(lane, "finished", lane.racer.stopped_early)
            if isinstance(done, EpochDone):
                lane.note(done)
            if isinstance(done, EpochDone) or self._clock() - started >= SLICE_SECONDS:
                break
        if lane.validations or self._clock() - lane.reported >= REPORT_SECONDS:
            self._report(lane)
            lane.racer.write()

    def leave(self) -> None:
        """The window is gone: keep what is kept. Nobody can be told what goes wrong with that but the log."""
        for lane in self._lanes:
            if lane.racer and not lane.over:
                _keep(lane.racer)
        self._lanes = []

    def _enter(self, lane: Lane, state: m.RacerState) -> None:
        lane.state = state
        self._tell(lane, None)

    def _report(self, lane: Lane) -> None:
        """Send what the steps since the last report gave. NotANumber when a loss is none."""
        assert lane.racer is not None
        self._tell(lane, lane.racer.read())

    def _end(self, lane: Lane, state: m.RacerState, message: str = "", progress: Progress | None = None) -> None:
        """The entrant is over: tell the last of it, keep it, and let it go. What goes wrong with that makes it fail."""
        racer = lane.racer
        try:
            if racer and racer.begun:
                progress = progress or racer.read()
                racer.write()
        except Exception as error:
            state, message, progress = "failed", message or faults.reason(error), progress_of(error)
        lane.state = state
        told = self._report_of(lane, progress, message)
        lane.racer = None
        try:
            if racer:
                racer.end("finished" if state == "finished" else "stopped" if state == "stopped" else "failed")
        except Exception as error:
            lane.state = "failed"
            told = structs.replace(told, state="failed", message=message or faults.reason(error))
        self._send(told)

    def _tell(self, lane: Lane, progress: Progress | None) -> None:
        self._send(self._report_of(lane, progress))

    def _report_of(self, lane: Lane, progress: Progress | None, message: str = "") -> m.Raced:
        """What the entrant does, and what was not reported of it yet."""
        racer = lane.racer
        validations, lane.validations = tuple(lane.validations), []
        lane.reported = self._clock()
        return m.Raced(
            number=self._number,
            key=lane.entrant.key,
            state=lane.state,
            step=racer.step if racer else 0,
            share=1.0 if lane.state == "finished" else lane.share,
            seconds=racer.seconds if racer else 0.0,
            losses=packed(progress.losses) if progress else None,
            hits=packed(progress.hits) if progress else None,
            validations=validations,
            message=message,
        )


def _keep(racer: Racer) -> None:
    try:
        racer.read()
        racer.end("stopped")
    except Exception:
        log.exception("What an entrant of the race had learned could not be kept.")


def progress_of(error: Exception) -> Progress | None:
    """What a run had done before a loss that was no number."""
    return error.progress if isinstance(error, NotANumber) else None
