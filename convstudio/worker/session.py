"""The session: one loop that answers requests, makes steps of training, and sends reports and pictures."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from convstudio.data import to_float
from convstudio.engine import exports, starting
from convstudio.engine.build import NetworkFault
from convstudio.engine.checkpoint import CheckpointFault
from convstudio.engine.project import validation_images
from convstudio.engine.run import Run
from convstudio.engine.training import NotANumber
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.pictures import Studio
from convstudio.worker.running import Running, Word
from convstudio.worker.transport import Arrival, Broken, Closed, Inbox, WindowGoneError
from convstudio.worker.watched import Watched

PROOF_SAMPLES = 16
"""So many validation samples an exported file must give the same answers for."""
BROKEN_STREAM = 2
"""Exit code after a frame that cannot be understood."""

PREPARING = "Loading the samples and measuring what is fastest here …"

log = logging.getLogger(__name__)


class Session:
    """All that one window asks of one worker. `send` raises WindowGoneError when nobody listens any more."""

    def __init__(
        self, inbox: Inbox, send: Callable[[m.Event], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._inbox = inbox
        self._send = send
        self._clock = clock
        self._bench = Bench()
        self._watched = Watched()
        self._studio = Studio(self._bench, self._watched, send)
        self._running: Running | None = None
        self._waiting: m.SetDocument | None = None
        self._last: m.SetDocument | None = None
        self._exit: int | None = None
        self._answers: dict[type[m.Message], tuple[faults.About, Callable[[Any], None]]] = {
            m.SetDocument: ("document", self._set_document),
            m.Train: ("run", self._train),
            m.Pause: ("run", self._pause),
            m.Resume: ("run", self._resume),
            m.Stop: ("run", self._stop),
            m.WatchSample: ("sample", self._watch_sample),
            m.Watch: ("sample", lambda request: self._studio.views.open(request.views)),
            m.Credit: ("sample", lambda request: self._studio.views.grant(request.view)),
            m.Export: ("export", self._export),
            m.Quit: ("protocol", self._quit),
        }

    def serve(self) -> int:
        """Answer until the window goes away; the exit code. A run that is under way is kept in a checkpoint."""
        try:
            while self._exit is None:
                self._listen()
                self._work()
        finally:
            self._leave()
        return self._exit

    # --- requests ----------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Answer all that has arrived; wait for something when there is nothing else to do."""
        wait = self._running is None or self._running.paused
        while self._exit is None and (arrival := self._next(wait)) is not None:
            wait = False
            self._answer(arrival)
        self._build_waiting()

    def _next(self, wait: bool) -> Arrival | None:
        try:
            return self._inbox.get(block=wait)
        except Empty:
            return None

    def _answer(self, arrival: Arrival) -> None:
        if isinstance(arrival, Closed):
            self._exit = 0
        elif isinstance(arrival, Broken):
            self._exit = BROKEN_STREAM
            self._send(m.Fault(about="protocol", kind="internal", words=arrival.words))
        else:
            about, answer = self._answers[type(arrival)]
            with self._faults_told(about):
                answer(arrival)

    @contextmanager
    def _faults_told(self, about: faults.About) -> Iterator[None]:
        """What goes wrong inside becomes a Fault; the worker lives on."""
        try:
            yield
        except WindowGoneError:
            raise
        except Exception as error:
            self._send(faults.fault(about, error, self._running.number if self._running else 0))

    def _set_document(self, request: m.SetDocument) -> None:
        """Keep it until there is time to build it: of many in a row, as a slider makes them, only the newest counts."""
        self._waiting = self._last = request

    def _build_waiting(self) -> None:
        """Build the newest document, unless a run is under way: that goes on with the network it was started with."""
        if self._waiting is None or self._running is not None:
            return
        request, self._waiting = self._waiting, None
        with self._faults_told("document"):
            self._send(self._bench.build(request))
            assert self._bench.piece is not None
            self._watched.choose(self._bench.piece.document.data)

    def _watch_sample(self, request: m.WatchSample) -> None:
        self._build_waiting()
        self._watched.watch(request)

    def _export(self, request: m.Export) -> None:
        self._build_waiting()
        piece = self._piece()
        document = piece.document
        starting.require_sound(piece.analysis)
        samples = to_float(validation_images(document.data, PROOF_SAMPLES))
        path = Path(request.path)
        proof = exports.export(request.format, path, document.network, piece.analysis, piece.live, samples)
        found = m.Exported(format=request.format, path=request.path, difference=proof.difference, samples=proof.samples)
        self._send(found)

    def _quit(self, request: m.Quit) -> None:
        self._exit = 0

    def _piece(self) -> Piece:
        """What is on the bench. NetworkFault when the last document is not."""
        if self._bench.outdated:
            raise NetworkFault("The network could not be built. Mend what is said about it first.")
        if self._bench.piece is None:
            raise NetworkFault("There is no network yet.")
        return self._bench.piece

    # --- runs --------------------------------------------------------------------------------------------------------

    def _train(self, request: m.Train) -> None:
        if self._running is not None:
            self._failed(
                request.run, starting.RunFault(f"Run {self._running.number} is still going on. Stop it first.")
            )
            return
        self._build_waiting()
        self._send(m.State(run=request.run, state="preparing", message=PREPARING))
        try:
            started = self._started(request)
        except Exception as error:
            self._failed(request.run, error)
            return
        self._running = Running(request.run, started, self._send, self._clock)
        self._bench.put(Piece(started.document, started.analysis, started.trainer.live, started.device), request.run)
        self._bench.step = self._running.step
        self._watched.choose(started.document.data)
        self._running.tell("running")

    def _started(self, request: m.Train) -> Run:
        """The run, ready for its first step. Raises what the engine raises."""
        if request.resume:
            return self._resumed(Path(request.resume))
        piece = self._piece()
        return starting.start(piece.document, piece.analysis, Path(request.folder) if request.folder else None)

    def _resumed(self, folder: Path) -> Run:
        """The run in that folder, with its own network whatever was edited since; that is built when the run is over.

        Where the document differs only in the number of epochs, the run goes on up to that number.
        """
        own, piece = starting.own_document(folder), self._bench.piece
        more = piece and not starting.difference(own, piece.document)
        resumed = starting.resume(folder, piece.document if piece and more else None)
        self._waiting = self._last
        return resumed

    def _pause(self, request: m.Pause) -> None:
        if self._running is None or self._running.paused:
            return
        self._running.paused = True
        self._kept(self._running, "paused")

    def _resume(self, request: m.Resume) -> None:
        if self._running is not None and self._running.paused:
            self._running.paused = False
            self._running.tell("running")

    def _stop(self, request: m.Stop) -> None:
        if self._running is not None:
            self._end("stopped")

    def _work(self) -> None:
        """One step of training, with pictures when there is time for them; without training, pictures at once."""
        if self._running is None or self._running.paused:
            self._show()
        else:
            self._step(self._running)

    def _step(self, running: Running) -> None:
        try:
            more = running.advance()
        except WindowGoneError:
            raise
        except (OSError, CheckpointFault) as error:
            self._held(running, error)
        except Exception as error:
            self._running = None
            self._failed(running.number, error, running)
        else:
            self._bench.step = running.step
            if more:
                self._show_in_time(running)
            else:
                self._end("finished")

    def _held(self, running: Running, error: Exception) -> None:
        """The run cannot be kept on the disk: it waits, so that there is time to make room, and nothing is lost."""
        running.paused = True
        self._send(faults.fault("run", error, running.number))
        running.tell("paused", "The run could not be written to the disk. Make room, then resume.")

    def _end(self, word: Word) -> None:
        """The run is over; its weights stay on the bench, and the document that waited is built."""
        running, self._running = self._running, None
        assert running is not None
        self._kept(running, word)
        self._build_waiting()

    def _kept(self, running: Running, word: Word) -> None:
        """Report, write a checkpoint, and say what the run does now; what goes wrong with the checkpoint is told."""
        with self._faults_told("run"):
            running.report(keep=True)
        running.tell(word)

    def _failed(self, number: int, error: Exception, running: Running | None = None) -> None:
        fault = faults.fault("run", error, number)
        if running and isinstance(error, NotANumber):
            running.metrics(error.progress)
        self._send(fault)
        if running:
            running.tell("failed", fault.words)
        else:
            self._send(m.State(run=number, state="failed", message=fault.words))

    def _leave(self) -> None:
        """Keep a run that is under way. Nobody can be told what goes wrong with that but the log."""
        if self._running is None:
            return
        try:
            self._running.run.read()
            self._running.run.keep()
        except Exception:
            log.exception("The last checkpoint of the run could not be written.")

    # --- pictures ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if due := self._studio.due():
            with self._faults_told("sample"):
                self._studio.take(due)

    def _show_in_time(self, running: Running) -> None:
        """Pictures during a run: only when the governor says that they may cost time now."""
        started = self._clock()
        if running.governor.may_probe(running.run.trainer.seconds) and self._studio.due():
            self._show()
            running.governor.spent(self._clock() - started)
