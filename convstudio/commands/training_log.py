"""Following a run on the command line: a clean stop at Ctrl+C, and the outcome as numbers."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from convstudio.commands.failure import FailureError
from convstudio.commands.training_display import Display, display
from convstudio.engine import team
from convstudio.engine.checkpoint import CheckpointFault
from convstudio.engine.run import Run
from convstudio.engine.training import EpochDone, Progress

if TYPE_CHECKING:
    from types import FrameType

REPORT_SECONDS = 0.1


class Outcome(Struct, frozen=True):
    """What a run came to. Accuracies are shares from 0 to 1.

    `training_loss` and `training_accuracy` are means over the steps of `epoch`, the last one in which this
    process made any (None if it made none); the validation figures are those after the last whole epoch,
    `validated_epoch` (None if none was reached); `validation_mean_iou` is None too but where each pixel has a
    class. `stopped_early` says why the run ended before its last epoch ('' if it did not); `signal` is the
    number of the signal that stopped the run, 0 if it ran to its end.
    """

    folder: str
    step: int
    epoch: int
    epochs: int
    training_loss: float | None
    training_accuracy: float | None
    validated_epoch: int | None
    validation_loss: float | None
    validation_accuracy: float | None
    validation_mean_iou: float | None
    seconds: float
    samples_per_second: float
    device: str
    threads: int
    stopped_early: str
    signal: int


class Tally:
    """The losses and hits of the epoch that goes on, and the last validation."""

    def __init__(self) -> None:
        self.validation: EpochDone | None = None
        self.losses: list[float] = []
        self.hits: list[float] = []
        self._epoch = 0

    def read(self, progress: Progress) -> None:
        """Steps of one epoch; they replace those of the epoch before."""
        if not len(progress.losses):
            return
        if progress.epoch != self._epoch:
            self._epoch, self.losses, self.hits = progress.epoch, [], []
        self.losses += progress.losses.tolist()
        self.hits += progress.hits.tolist()


class Asked:
    """Which signal asked the run to stop; 0 as long as none did."""

    number = 0


@contextmanager
def stoppable() -> Iterator[Asked]:
    """Inside, the first Ctrl+C (or SIGTERM) only asks to stop between two steps; the second one interrupts.

    Under torchrun every process gets Ctrl+C twice, from the terminal and from torchrun, which ends those that do not
    stop: there the second one is passed over.
    """
    asked = Asked()
    alone = team.own().alone

    def ask(number: int, place: FrameType | None) -> None:
        if asked.number and alone:
            raise KeyboardInterrupt
        asked.number = asked.number or number

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def followed(run: Run) -> Outcome:
    """Train to the end, or until asked to stop, with progress on stderr. Raises what the engine raises."""
    tally = Tally()
    with (
        display(run) as show,
        stoppable() as asked,
        _said_at_once(),
        _noting_failure(run),
        _writing(run),
        team.in_words(),
    ):
        _train(run, tally, show, asked)
        progress = run.read()
        tally.read(progress)
        stopped = run.trainer.told_to_stop
        _end(run, stopped)
    return _outcome(run, progress, tally, (asked.number or signal.SIGINT) if stopped else 0)


def _train(run: Run, tally: Tally, show: Display, asked: Asked) -> None:
    """Make the steps; what they gave is shown and written down in time."""
    shown = perf_counter()
    for done in run.steps():
        if isinstance(done, EpochDone) or perf_counter() - shown >= REPORT_SECONDS:
            shown = perf_counter()
            progress = run.read()
            tally.read(progress)
            show.progress(progress)
            run.write()
        if isinstance(done, EpochDone):
            tally.validation = done
            show.validation(done, tally.losses, tally.hits)
        if team.orphaned():
            asked.number = asked.number or signal.SIGTERM
        run.trainer.asked = bool(asked.number)
        if run.trainer.told_to_stop:
            break


def _end(run: Run, stopped: bool) -> None:
    """Keep the run, and how it ended."""
    run.story.enter("stopped" if stopped else "finished")
    if run.trainer.stopped_early:
        run.mark("early", run.trainer.stopped_early)
    elif stopped:
        run.mark("stop", "Stopped")
    run.keep()


@contextmanager
def _said_at_once() -> Iterator[None]:
    """Say that another process is gone before a signal ends this one too: torchrun sends it to all that are left."""
    try:
        yield
    except team.TeamFault as error:
        own = team.own()
        print(f"convstudio: process {own.rank + 1} of {own.count}: {error}", file=sys.stderr, flush=True)
        raise FailureError("") from error


@contextmanager
def _writing(run: Run) -> Iterator[None]:
    """Inside, a folder that cannot be written any more is a CheckpointFault."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CheckpointFault(
            f"The run cannot be kept in {run.folder}: {reason}. Make room; --resume goes on from its last checkpoint."
        ) from error


@contextmanager
def _noting_failure(run: Run) -> Iterator[None]:
    """What fails inside is noted in the run's folder, if that is possible, and goes on upwards."""
    try:
        yield
    except Exception as error:
        run.story.enter("failed")
        run.mark("fault", str(error))
        with suppress(OSError, CheckpointFault):
            run.write()
        raise


def _outcome(run: Run, last: Progress, tally: Tally, number: int) -> Outcome:
    validation = tally.validation
    return Outcome(
        folder=str(run.folder or ""),
        step=last.step,
        epoch=last.epoch,
        epochs=last.epochs,
        training_loss=_mean(tally.losses),
        training_accuracy=_mean(tally.hits),
        validated_epoch=validation.epoch if validation else None,
        validation_loss=validation.loss if validation else None,
        validation_accuracy=validation.accuracy if validation else None,
        validation_mean_iou=validation.mean_iou if validation else None,
        seconds=run.trainer.seconds,
        samples_per_second=last.samples_per_second,
        device=str(run.device),
        threads=run.threads,
        stopped_early=run.trainer.stopped_early,
        signal=number,
    )


def _mean(numbers: list[float]) -> float | None:
    return float(np.mean(numbers)) if numbers else None
