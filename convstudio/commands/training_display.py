"""What is seen while a run goes on: a progress bar on a terminal, a plain line an epoch anywhere else; on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from convstudio.engine import team
from convstudio.engine.run import Run
from convstudio.engine.training import EpochDone, Progress
from convstudio.network.numbers import grouped
from convstudio.runs.words import clock

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Display(Protocol):
    """Shows a run."""

    def progress(self, progress: Progress) -> None:
        """Steps were made."""

    def validation(self, done: EpochDone, losses: Sequence[float], hits: Sequence[float]) -> None:
        """An epoch ended; `losses` and `hits` are those of its steps."""


@contextmanager
def display(run: Run) -> Iterator[Display]:
    """The display that suits stderr; of several processes that train together only the first shows anything."""
    if not team.own().first:
        yield Silence()
        return
    print(_start(run), file=sys.stderr, flush=True)
    if words := _otherwise(run):
        print(words, file=sys.stderr, flush=True)
    if not sys.stderr.isatty():
        yield Lines()
        return
    with _bar() as bar:
        yield BarDisplay(bar, run)


class Silence:
    """Shows nothing."""

    def progress(self, progress: Progress) -> None:
        """Another process shows it."""

    def validation(self, done: EpochDone, losses: Sequence[float], hits: Sequence[float]) -> None:
        """Another process shows it."""


class Lines:
    """For a file or a pipe: one line an epoch."""

    def progress(self, progress: Progress) -> None:
        """Too often for a log."""

    def validation(self, done: EpochDone, losses: Sequence[float], hits: Sequence[float]) -> None:
        print(epoch_line(done, losses, hits), file=sys.stderr, flush=True)


class BarDisplay:
    """For a terminal: the bar moves on in place, and a line for each epoch scrolls by above it."""

    def __init__(self, bar: Bar, run: Run) -> None:
        self._bar = bar
        total = run.trainer.batches * run.document.training.epochs
        self._task = bar.add_task("starting", total=total, completed=run.trainer.step, speed="", left="", loss="")

    def progress(self, progress: Progress) -> None:
        self._bar.update(
            self._task,
            completed=progress.step,
            description=f"epoch {progress.epoch}/{progress.epochs}, batch {progress.batch}/{progress.batches}",
            speed=f"{grouped(round(progress.samples_per_second))} images/s",
            left=f"{clock(progress.seconds_left)} left",
        )
        if len(progress.losses):
            self._bar.update(self._task, loss=f"loss {progress.losses[-1]:.4f}")

    def validation(self, done: EpochDone, losses: Sequence[float], hits: Sequence[float]) -> None:
        self._bar.console.print(epoch_line(done, losses, hits), highlight=False)


def epoch_line(done: EpochDone, losses: Sequence[float], hits: Sequence[float]) -> str:
    """'epoch 3: training loss 0.1200, accuracy 96.1%; validation loss …'."""
    found = f"validation loss {done.loss:.4f}, accuracy {done.accuracy:.1%}"
    if done.mean_iou is not None:
        found += f", mean IoU {done.mean_iou:.1%}"
    if done.epoch == 0 or not losses:
        return f"epoch {done.epoch}: {found}"
    training = f"training loss {sum(losses) / len(losses):.4f}, accuracy {sum(hits) / len(hits):.1%}"
    return f"epoch {done.epoch}: {training}; {found}"


def _start(run: Run) -> str:
    threads = f", {run.threads} thread{'s' if run.threads != 1 else ''}" if run.device.type == "cpu" else ""
    if run.trainer.processes > 1:
        threads = f"{threads} in each of {run.trainer.processes} processes"
    return f"training on {run.device}{threads}; the run is kept in {run.folder}"


def _otherwise(run: Run) -> str:
    """What is said of a run that goes on with another number of processes; '' of any other."""
    before, now = run.processes_before, run.trainer.processes
    if before == now:
        return ""
    return (
        f"convstudio: this run was trained by {_processes(before)} until here, and goes on with {_processes(now)}: "
        "up to rounding as before, not bitwise."
    )


def _processes(count: int) -> str:
    return f"{count} process{'es' if count != 1 else ''}"


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    fields = [TextColumn(f"{{task.fields[{name}]}}") for name in ("speed", "left", "loss")]
    return Bar(TextColumn("{task.description}"), BarColumn(), *fields, console=Console(stderr=True))
