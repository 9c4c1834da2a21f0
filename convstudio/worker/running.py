"""A run as the window sees it: its steps, its reports, and whether it pauses."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import numpy as np

from convstudio.engine.probe import Governor
from convstudio.engine.run import Run
from convstudio.engine.run_folder import writing
from convstudio.engine.training import EpochDone, Progress, StepDone
from convstudio.protocol.messages import Event, Marked, Metrics, Snapshots, State, Until, Validation
from convstudio.runs.marks import Kind
from convstudio.worker.pictures import packed

REPORT_SECONDS = 1 / 20
"""So that the oldest step of a report is on the screen within a tenth of a second."""
NAMED = 3
"""So many blocks are named in a mark of the run; of more, only the number is told."""

Word = Literal["running", "paused", "stopped", "finished", "failed"]


class Running:
    """One run between its start and its end. `governor` decides when there is time for pictures."""

    def __init__(self, number: int, run: Run, send: Callable[[Event], None], clock: Callable[[], float]) -> None:
        self.number = number
        self.run = run
        self.paused = False
        self.until: Until = "end"
        self.governor = Governor()
        self._send = send
        self._clock = clock
        self._steps = run.steps()
        self._reported = clock()
        self._first = run.trainer.step + 1  # it is reported at once: somebody waits for it
        self._arrived = False
        self._told: tuple[int, ...] = ()
        self.epochs = 0
        """Whole epochs after which the last validation was."""

    @property
    def step(self) -> int:
        return self.run.trainer.step

    def advance(self) -> bool:
        """Make one step and report what is due; False after the last. Raises what the engine raises."""
        done = next(self._steps, None)
        if done is None:
            self.report(keep=True)
            return False
        if isinstance(done, EpochDone):
            self.metrics(self.run.read())
            self._validated(done)
            self.report()
        elif self.step == self._first or self._clock() - self._reported >= REPORT_SECONDS:
            self.report()
        self._arrived = _arrived(done, self.until)
        return True

    @property
    def arrived(self) -> bool:
        """The last step was the one after which it is to pause."""
        return self._arrived

    def report(self, keep: bool = False) -> None:
        """Send what the steps since the last report gave; with `keep` also write a checkpoint."""
        self._reported = self._clock()
        self.metrics(self.run.read())
        if keep:
            self.keep()
        else:
            self.write()
        self.tell_snapshots()

    def go_on(self, run: Run) -> None:
        """Go on with `run`, which stands where the one before stood."""
        self.run = run
        self._steps = run.steps()

    def tell_snapshots(self) -> None:
        """Say at which moments the run can be looked back on, when there are others than were told."""
        kept = self.run.snapshots.kept if self.run.snapshots else ()
        if kept != self._told:
            self._told = kept
            self._send(Snapshots(run=self.number, folder=str(self.run.folder), steps=kept))

    def mark(self, kind: Kind, words: str) -> None:
        """Say, and note in the run's folder, what happens now."""
        made = self.run.mark(kind, words)
        self._send(Marked(run=self.number, step=made.step, kind=made.kind, words=made.words))

    def keep(self) -> None:
        """Write a checkpoint of this very step. CheckpointFault when that fails."""
        with self._told_as_fault():
            self.run.keep()

    def write(self) -> None:
        """Write down what was read. CheckpointFault when that fails."""
        with self._told_as_fault():
            self.run.write()

    def _told_as_fault(self) -> AbstractContextManager[None]:
        return writing(self.run.folder) if self.run.folder else nullcontext()

    def metrics(self, progress: Progress) -> None:
        """Send the steps since the last report, if there were any."""
        if len(progress.losses):
            self._send(self._metrics(progress))

    def tell(self, word: Word, message: str = "") -> None:
        """Say what the run does now."""
        run = self.run
        self._send(
            State(
                run=self.number,
                state=word,
                device=str(run.device),
                threads=run.threads,
                message=message,
                folder=str(run.folder or ""),
            )
        )

    def _validated(self, done: EpochDone) -> None:
        self.epochs = done.epoch
        self._send(
            Validation(
                run=self.number,
                step=done.step,
                epoch=done.epoch,
                loss=done.loss,
                accuracy=done.accuracy,
                mean_iou=done.mean_iou,
            )
        )

    def _metrics(self, progress: Progress) -> Metrics:
        return Metrics(
            run=self.number,
            step=progress.step,
            epoch=progress.epoch,
            epochs=progress.epochs,
            batch=progress.batch,
            batches=progress.batches,
            losses=packed(progress.losses),
            hits=packed(progress.hits),
            rates=packed(progress.rates.astype(np.float32)),
            samples_per_second=progress.samples_per_second,
            seconds_left=progress.seconds_left,
            probe_share=self.governor.share,
        )


def _arrived(done: StepDone | EpochDone, until: Until) -> bool:
    """The validation before the first step is neither a step nor the end of an epoch."""
    if until == "epoch":
        return isinstance(done, EpochDone) and done.epoch > 0
    return until == "step" and isinstance(done, StepDone)


def named(blocks: Collection[str]) -> str:
    """'conv_1, conv_2', or '5 blocks'."""
    return f"{len(blocks)} blocks" if len(blocks) > NAMED else ", ".join(blocks)
