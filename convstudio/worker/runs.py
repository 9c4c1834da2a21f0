"""The runs of a worker, one at a time: how they start, pause, go on and end, and what is told of each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from convstudio.blocks import catalogue
from convstudio.engine import by_hand, changing, starting
from convstudio.engine.checkpoint import CheckpointFault
from convstudio.engine.project import analysed
from convstudio.engine.run import Run
from convstudio.engine.training import NotANumber
from convstudio.network import file
from convstudio.network.differences import edit_words, only_rate
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.training_settings import held_back
from convstudio.protocol import messages as m
from convstudio.runs import moments
from convstudio.worker import faults
from convstudio.worker.desk import Desk
from convstudio.worker.measured import measured
from convstudio.worker.running import Running, Word, named
from convstudio.worker.transport import WindowGoneError

PREPARING = "Loading the samples and measuring what is fastest here …"
GOING_ON = "Loading the samples and the weights of the run …"
COMPILING = "Compiling the network for this machine: the first step takes longer …"

log = logging.getLogger(__name__)


class Runs:
    """Holds the run that is under way, if there is one."""

    def __init__(self, desk: Desk, send: Callable[[m.Event], None], clock: Callable[[], float]) -> None:
        self._desk = desk
        self._send = send
        self._clock = clock
        self._running: Running | None = None

    @property
    def number(self) -> int:
        """The number of the run under way; 0 without one."""
        return self._running.number if self._running else 0

    @property
    def running(self) -> Running | None:
        """The run under way, if only paused."""
        return self._running

    @property
    def under_way(self) -> bool:
        return self._running is not None

    @property
    def moving(self) -> bool:
        """Whether there are steps to make now."""
        return self._running is not None and not self._running.paused

    def train(self, request: m.Train) -> None:
        """Start a run, or go on with one from its folder; what cannot be is told and leaves all as it was."""
        if self._refused(request.run):
            return
        self._send(m.State(run=request.run, state="preparing", message=GOING_ON if request.resume else PREPARING))
        try:
            started, own = self._started(request)
            self._desk.take(started, request.run)
        except Exception as error:
            self._failed(request.run, error)
            return
        self._running = running = Running(request.run, started, self._send, self._clock)
        running.until = request.until
        _mark_start(running, request, own)
        if started.choice:
            self._send(measured(request.run, started, started.choice))
        if request.until == "start":
            running.paused = True
            self._kept(running, "paused")
        else:
            running.tell("running", COMPILING if started.document.training.compile else "")
            running.tell_snapshots()

    def reopen(self, request: m.Reopen) -> None:
        """Show a kept run as it was left; what cannot be is told and leaves all as it was."""
        if self._refused(request.run):
            return
        try:
            self._desk.reopen(Path(request.folder), request.run)
        except Exception as error:
            self._failed(request.run, error)
        else:
            self._send(m.State(run=request.run, state="stopped", folder=request.folder))
            kept = tuple(moments.steps(Path(request.folder)))
            self._send(m.Snapshots(run=request.run, folder=request.folder, steps=kept))

    def pause(self, request: m.Pause) -> None:
        if self._running is not None and not self._running.paused:
            self._running.paused = True
            self._running.mark("pause", "Paused")
            self._kept(self._running, "paused")

    def resume(self, request: m.Resume) -> None:
        if self._running is not None and self._running.paused:
            self._running.paused, self._running.until = False, request.until
            self._running.run.story.enter("running")
            self._running.tell("running")

    def change(self) -> None:
        """Let the run go on with the document that waits; where that cannot be trained, with the one it has."""
        request, running = self._desk.waiting_for_run(), self._running
        if request is None or running is None:
            return
        self._desk.refused()
        with faults.told(self._send, "document", running.number):
            document = file.parse(request.text, catalogue())
            if not changing.differs(running.run, document):
                self._desk.accepted()
                return
            analysis = analysed(document)
            if not analysis.errors:  # these the window shows
                self._go_on(running, document, analysis, request.revision)

    def _go_on(self, running: Running, document: Document, analysis: Analysis, revision: int) -> None:
        """With a document that can be trained. Raises what the engine raises; then the run is as it was."""
        running.report()
        changed = changing.change(running.run, document, analysis, self._desk.bench.memory)
        self._desk.accepted()
        was, way = running.run.document, running.run.way
        running.go_on(changed.run)
        if changed.run.way != way:
            running.tell("paused" if running.paused else "running")
        running.mark("rate" if only_rate(was, document) else "edit", _told(was, document, changed))
        self._desk.take(changed.run, running.number)
        self._send(
            m.Built(
                revision=revision,
                kept=changed.kept,
                fresh=changed.fresh,
                back=changed.back,
                run=running.number,
                step=running.step,
            )
        )
        running.keep()

    def stop(self, request: m.Stop) -> None:
        if self._running is not None:
            self._running.mark("stop", "Stopped")
            self._end(self._running, "stopped")

    def step(self) -> None:
        """Make one step of the run that is moving, and take pictures when there is time for them."""
        running = self._running
        assert running is not None
        running.run.trainer.assessing = self._desk.examiner.wanted
        running.run.trainer.keeps_gradients = self._desk.studio.wants_gradients
        try:
            more = running.advance()
        except WindowGoneError:
            raise
        except CheckpointFault as error:
            self._held(running, error)
        except Exception as error:
            self._running = None
            self._failed(running.number, error, running)
        else:
            self._desk.bench.step = running.step
            self._desk.bench.gradients, self._desk.bench.trial = running.run.trainer.gradients, False
            self._note_watching(running)
            if more and running.arrived:
                running.paused = True
                self._kept(running, "paused")
            elif more:
                self._show_in_time(running)
            else:
                self._end(running, "finished", running.run.trainer.stopped_early)

    def leave(self) -> None:
        """Keep a run that is under way. Nobody can be told what goes wrong with that but the log."""
        if self._running is None:
            return
        try:
            self._running.run.story.enter("stopped")
            self._running.run.read()
            self._running.run.keep()
            if self._running.run.snapshots:
                self._running.run.snapshots.finish()
        except Exception:
            log.exception("The last checkpoint of the run could not be written.")

    def _refused(self, number: int) -> bool:
        """Whether a run must not begin, or be shown, because another is under way; it is told."""
        if self._running is not None:
            self._failed(number, starting.RunFault(f"Run {self.number} is still going on. Stop it first."))
        return self._running is not None

    def _started(self, request: m.Train) -> tuple[Run, tuple[str, ...]]:
        """The run, ready for its first step, and the blocks that begin as they are. Raises what the engine raises."""
        if request.branch >= 0:
            begin = Path(request.resume), request.branch, Path(request.folder), request.name
            return starting.branch(*begin, request.other_data), ()
        if request.resume:
            return starting.resume(Path(request.resume), other_data=request.other_data), ()
        piece, bench = self._desk.piece(), self._desk.bench
        if request.anew:
            bench.begin_anew()
        folder = Path(request.folder) if request.folder else None
        frozen = bench.left_frozen()
        as_they_are = tuple(dict.fromkeys((*by_hand.blocks(piece.live), *frozen)))
        own = bench.renewed() | frozen
        what = piece.document, piece.analysis, folder, request.name, bench.given, own, bench.samples
        return starting.start(*what, hurried=True), as_they_are

    def _show_in_time(self, running: Running) -> None:
        """Pictures during a run: only when the governor says that they may cost time now."""
        trainer = running.run.trainer
        if not running.governor.may_probe(trainer.seconds):
            started = self._clock()
            with self._desk.studio.in_passing():
                if self._desk.show_first():
                    running.governor.spent(self._clock() - started)
            return
        trainer.checking = self._desk.ward.wants(trainer.seconds)
        with self._desk.studio.in_passing():
            if self._desk.due:
                started = self._clock()
                self._desk.show()
                running.governor.spent(self._clock() - started)

    def _note_watching(self, running: Running) -> None:
        """What a validation or a step showed in detail is for the open views; its cost counts as watching."""
        trainer = running.run.trainer
        if trainer.health is not None:
            running.governor.spent(trainer.health.seconds)
            self._desk.ward.note(trainer.health, trainer.seconds)
            trainer.health = None
        if trainer.assessment is not None:
            running.governor.spent(trainer.assessment_seconds)
            self._desk.examiner.note(trainer.assessment, running.epochs)
            trainer.assessment = None

    def _held(self, running: Running, error: CheckpointFault) -> None:
        """The run cannot be kept on the disk: it waits, so that there is time to make room, and nothing is lost."""
        running.paused = True
        fault = faults.fault("run", error, running.number)
        running.tell("paused", "Make room on the disk, then resume")
        self._send(replace(fault, words=f"{fault.words} The run waits: make room there, then press Resume."))

    def _end(self, running: Running, word: Word, message: str = "") -> None:
        """The run is over; its weights stay on the bench."""
        self._running = None
        if message:
            running.mark("early", message)
        self._kept(running, word, message)

    def _kept(self, running: Running, word: Word, message: str = "") -> None:
        """Report, write a checkpoint, and say what the run does now; what goes wrong with the checkpoint is told."""
        running.run.story.enter(word)
        with faults.told(self._send, "run", running.number):
            running.report(keep=True)
        running.tell(word, message)

    def _failed(self, number: int, error: Exception, running: Running | None = None) -> None:
        if running and isinstance(error, NotANumber):
            running.metrics(error.progress)
        fault = faults.fault("run", error, number)
        self._send(fault)
        if running:
            running.mark("fault", fault.words)
            running.run.story.enter("failed")
            with faults.told(self._send, "run", number):
                running.write()
            running.tell("failed", fault.words)
        else:
            self._send(m.State(run=number, state="failed", message=fault.words))


def _mark_start(running: Running, request: m.Train, own: tuple[str, ...]) -> None:
    """Where a run begins that does not begin afresh; `own` are the blocks that begin with the weights they have."""
    changed = ", on data that have changed since" if request.other_data else ""
    if request.branch >= 0:
        running.mark("branch", f"Branched off {Path(request.resume).name}{changed}")
    elif request.resume:
        running.mark("continue", f"Continued from the last checkpoint{changed}")
    if own:
        running.mark("edit", f"Began with the weights of {named(own)} as they were")


def _told(was: Document, now: Document, changed: changing.Changed) -> str:
    """What an edit changed, and what that meant for the weights: 'conv_2 added; with the weights they had: conv_2'."""
    fresh = f"; new weights: {named(changed.fresh)}" if changed.fresh else ""
    back = f"; with the weights they had: {named(changed.back)}" if changed.back else ""
    later = held_back(was.training, now.training)
    waiting = f"; from the next run on: {', '.join(later)}" if later else ""
    return edit_words(was, now) + fresh + back + waiting
