"""The worker as an object: a process whose messages are signals and whose end is a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal
from shiboken6 import isValid

from convstudio.protocol import frames
from convstudio.protocol.messages import (
    PROTOCOL,
    Activity,
    Attribution,
    Built,
    ClassMap,
    Dreamt,
    Evaluation,
    Event,
    Explanation,
    ExportCancelled,
    Exported,
    Exporting,
    ExportPreview,
    Fault,
    Health,
    Hello,
    LayerTimes,
    Maps,
    Marked,
    Masks,
    MasksPut,
    Measured,
    Meters,
    Metrics,
    Mistake,
    MutedMeasured,
    Quit,
    Raced,
    RatesTested,
    Request,
    Scores,
    Snapshots,
    State,
    SwapMeasured,
    Unattributed,
    Unexplained,
    Unmeasured,
    Validation,
    WeightsReset,
)
from convstudio.ui.link import endings
from convstudio.ui.link.command import worker_command
from convstudio.ui.link.farewell import Farewell
from convstudio.ui.link.line_tail import LineTail

TURN_SECONDS = 0.004
"""How long events are worked off before the event loop gets its turn: a quarter of a frame at 60 Hz."""
PORTION_BYTES = 2**20
GOODBYE_MS = 3000
KILL_MS = 3000


class WorkerLink(QObject):
    """Starts the worker, sends requests, and emits one signal for each event, in the order of the events.

    What is sent before the worker's hello waits for it; what is sent to a dead worker is dropped. After `started`
    everything that a fresh worker must know has to be sent again.
    """

    started = Signal()
    """A new process is under way, and knows nothing yet."""
    lost = Signal(str, str)
    """The worker is gone without being asked to: a sentence, and the last lines that it wrote."""

    hello_received = Signal(object)
    built = Signal(object)
    state_changed = Signal(object)
    measured = Signal(object)
    metrics_received = Signal(object)
    validation_received = Signal(object)
    marked = Signal(object)
    snapshots_received = Signal(object)
    masks_received = Signal(object)
    maps_received = Signal(object)
    activity_received = Signal(object)
    scores_received = Signal(object)
    class_map_received = Signal(object)
    explained = Signal(object)
    """An Explanation or an Unexplained."""
    attributed = Signal(object)
    """An Attribution or an Unattributed."""
    dreamt = Signal(object)
    muted_measured = Signal(object)
    """A MutedMeasured or an Unmeasured."""
    evaluation_received = Signal(object)
    mistake_found = Signal(object)
    health_received = Signal(object)
    weights_reset = Signal(object)
    masks_put = Signal(object)
    rates_tested = Signal(object)
    times_measured = Signal(object)
    swap_measured = Signal(object)
    raced = Signal(object)
    meters_read = Signal(object)
    export_previewed = Signal(object)
    exporting = Signal(object)
    exported = Signal(object)
    """An Exported or an ExportCancelled."""
    fault_received = Signal(object)

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = tuple(command) if command else None
        self._process: QProcess | None = None
        self._hello: Hello | None = None
        self._waiting: list[bytes] = []
        self._splitter = frames.Splitter()
        self._bodies: Iterator[bytes] = iter(())
        self._errors = LineTail()
        self._reason = ""
        self._over = False
        self._parted: Farewell | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._work)
        self._signals: dict[type[Event], Any] = self._by_type()
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shut_down)

    @property
    def hello(self) -> Hello | None:
        """What the worker said of itself; None before it did, and when there is no worker."""
        return self._hello

    @property
    def alive(self) -> bool:
        """A process is there or on its way, and requests will reach it."""
        return self._process is not None and not self._over

    def start(self) -> None:
        """Start the worker. Nothing happens when there is one."""
        if self.alive:
            return
        self._forget()
        program, *arguments = self._command or worker_command()
        self._process = process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._schedule)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start(program, arguments)
        if self.alive:
            self.started.emit()

    def restart(self) -> None:
        """End the worker, if there is one, and start another."""
        self._discard()
        self.start()

    def send(self, request: Request) -> None:
        """Send a request. FrameError when it is larger than a message may be."""
        data = frames.frame(request)
        if not self.alive:
            return
        if self._hello is None:
            self._waiting.append(data)
        else:
            self._write(data)

    def shut_down(self) -> None:
        """Ask the worker to end, wait for it at most `GOODBYE_MS`, then kill it. No `lost` follows.

        A worker that has not said hello has nothing to put in order, and is killed at once. One that was parted with
        is waited for as well.
        """
        if (process := self._process) and self._asked_to_end():
            process.blockSignals(True)
            process.waitForFinished(GOODBYE_MS)
        self._discard()
        if self._parted and isValid(self._parted):
            self._parted.wait()

    def part(self) -> None:
        """The same without waiting: the worker has its time while the program goes on."""
        if (process := self._process) and self._asked_to_end():
            self._process = self._hello = None
            self._turn.stop()
            process.readyReadStandardOutput.disconnect(self._schedule)
            process.readyReadStandardError.disconnect(self._read_errors)
            process.finished.disconnect(self._on_finished)
            process.errorOccurred.disconnect(self._on_error)
            self._parted = Farewell(process, GOODBYE_MS)
        self._discard()

    def _asked_to_end(self) -> bool:
        """False where there is no worker that could put anything in order."""
        if self._process is None or self._hello is None or not self.alive:
            return False
        self._write(frames.frame(Quit()))
        self._process.closeWriteChannel()
        return True

    def _by_type(self) -> dict[type[Event], Any]:
        return {
            Hello: self.hello_received,
            Built: self.built,
            State: self.state_changed,
            Measured: self.measured,
            Metrics: self.metrics_received,
            Validation: self.validation_received,
            Marked: self.marked,
            Snapshots: self.snapshots_received,
            Masks: self.masks_received,
            Maps: self.maps_received,
            Activity: self.activity_received,
            Scores: self.scores_received,
            ClassMap: self.class_map_received,
            Explanation: self.explained,
            Unexplained: self.explained,
            Attribution: self.attributed,
            Unattributed: self.attributed,
            Dreamt: self.dreamt,
            MutedMeasured: self.muted_measured,
            Unmeasured: self.muted_measured,
            Evaluation: self.evaluation_received,
            Mistake: self.mistake_found,
            Health: self.health_received,
            WeightsReset: self.weights_reset,
            MasksPut: self.masks_put,
            RatesTested: self.rates_tested,
            LayerTimes: self.times_measured,
            SwapMeasured: self.swap_measured,
            Raced: self.raced,
            Meters: self.meters_read,
            ExportPreview: self.export_previewed,
            Exporting: self.exporting,
            Exported: self.exported,
            ExportCancelled: self.exported,
            Fault: self.fault_received,
        }

    def _forget(self) -> None:
        self._hello = None
        self._waiting.clear()
        self._splitter = frames.Splitter()
        self._bodies = iter(())
        self._errors.clear()
        self._reason = ""
        self._over = False
        self._turn.stop()

    def _discard(self) -> None:
        """Let go of the process, dead or alive, without a word."""
        process, self._process = self._process, None
        self._hello = None
        self._turn.stop()
        if process is None:
            return
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(KILL_MS)
        process.deleteLater()

    def _write(self, data: bytes) -> None:
        assert self._process is not None
        if self._process.state() == QProcess.ProcessState.Running:
            self._process.write(data)

    def _schedule(self) -> None:
        if not self._turn.isActive():
            self._turn.start()

    def _read_errors(self) -> None:
        if self._process is not None:
            self._errors.feed(bytes(self._process.readAllStandardError().data()))

    def _work(self) -> None:
        """Hand on events until none is left or the turn is over; then the event loop lives before the next turn."""
        end = perf_counter() + TURN_SECONDS
        process = self._process
        while process is not None and process is self._process and not self._reason:
            body = self._next_body(process)
            if body is None:
                return self._on_drained(process)
            self._hand_on(body)
            if perf_counter() >= end:
                return self._schedule()

    def _next_body(self, process: QProcess) -> bytes | None:
        try:
            body = next(self._bodies, None)
            while body is None and (data := bytes(process.read(PORTION_BYTES).data())):
                self._bodies = self._splitter.feed(data)
                body = next(self._bodies, None)
            return body
        except frames.FrameError as error:
            self._fail(endings.broken(str(error)))
            return None

    def _hand_on(self, body: bytes) -> None:
        try:
            event = frames.event(body)
        except frames.FrameError as error:
            return self._fail(endings.broken(str(error)))
        if isinstance(event, Hello):
            return self._on_hello(event)
        if self._hello is None:
            return self._fail(endings.broken(f"it said {type(event).__name__} before hello"))
        self._signals[type(event)].emit(event)

    def _on_hello(self, hello: Hello) -> None:
        if hello.protocol != PROTOCOL:
            return self._fail(endings.other_version(hello.protocol, PROTOCOL))
        self._hello = hello
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self._write(data)
        self.hello_received.emit(hello)

    def _fail(self, reason: str) -> None:
        """End a worker that cannot be trusted any more."""
        self._reason = reason
        if self._process is not None:
            self._process.kill()

    def _on_drained(self, process: QProcess) -> None:
        if process.state() == QProcess.ProcessState.NotRunning and process is self._process:
            self._end(process)

    def _on_finished(self) -> None:
        """The process is gone; what it said before is still worked off in turns before that is told."""
        self._read_errors()
        if self._reason and self._process is not None:
            self._end(self._process)
        else:
            self._schedule()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._reason = endings.missing(self._process.program())
            self._errors.feed(self._process.errorString().encode())
            self._end(self._process)

    def _end(self, process: QProcess) -> None:
        crashed = process.exitStatus() == QProcess.ExitStatus.CrashExit
        sentence = self._reason or endings.ended(crashed, process.exitCode(), self._hello is not None)
        self._over = True
        self._discard()
        self.lost.emit(sentence, self._errors.text)


def _environment() -> QProcessEnvironment:
    """Ours, with Python told to write where it was when it crashes."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONFAULTHANDLER", "1")
    return environment
