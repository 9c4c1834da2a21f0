"""A run: a trainer together with its folder, in which metrics and checkpoints are kept as it goes.

The worker and the command line train through this, so that a run is the same thing wherever it was started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from convstudio.engine import breakdown, checkpoint, devices
from convstudio.engine.calibration import Choice
from convstudio.engine.snapshots import Snapshots
from convstudio.engine.story import Story
from convstudio.engine.training import EpochDone, NotANumber, Progress, StepDone, Trainer
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.runs import marks, metrics, summary
from convstudio.runs.marks import Mark

SPACING = 2.0
"""Seconds at least between two checkpoints at the ends of epochs."""
LONGEST = 10.0
"""Seconds after which a checkpoint is written in the middle of an epoch."""
SHARE = 0.02
"""Part of the time that checkpoints which nobody asked for may take: a slow disk gets fewer of them."""
TELLING = 2.0
"""Seconds between two summaries of a run that goes on, at least."""
TELLING_SHARE = 0.005
"""Part of the time that summaries may take."""
LOOKED_AT = 256
"""Validation samples in which the first block is searched whose result is not finite."""

Row = dict[str, int | float | str]


class Run:
    """A trainer that writes down what it does. `folder` is None where nothing is kept; `story` is its head."""

    def __init__(
        self, document: Document, analysis: Analysis, trainer: Trainer, folder: Path | None, story: Story
    ) -> None:
        self.document = document
        self.analysis = analysis
        self.trainer = trainer
        self.folder = folder
        self.story = story
        self.threads = torch.get_num_threads()
        self._keeper = _Keeper(trainer, folder, file.dump(document), story)
        self.snapshots = Snapshots(folder, trainer, file.dump(document)) if folder else None
        self.choice: Choice | None = None
        """What was measured before the run began; None for one that goes on as it was."""
        self.processes_before = trainer.processes
        """How many processes trained it until its last checkpoint."""

    @property
    def device(self) -> torch.device:
        return self.trainer.data.device

    @property
    def way(self) -> devices.Way:
        """What it computes with."""
        formats = {form: name for name, form in devices.FORMATS.items()}
        return devices.Way(self.threads, formats[self.trainer.data.memory_format], str(self.device))

    def steps(self) -> Iterator[StepDone | EpochDone]:
        """Train to the end of the last epoch; the caller reads and writes now and then, and at each EpochDone.

        NotANumber when the loss on the validation samples is none, and what `Trainer.steps` raises.
        """
        for done in self.trainer.steps():
            if isinstance(done, EpochDone):
                if not isfinite(done.loss):
                    raise self._not_a_number(done)
                self.story.validated(done)
                self._keeper.validated(done)
            yield done  # nothing here writes: a generator that has raised could not go on after a full disk

    def read(self) -> Progress:
        """Progress since the last call. NotANumber when a loss is none."""
        try:
            progress = self.trainer.read()
        except NotANumber as error:
            self._note(error.progress)
            raise
        self._note(progress)
        return progress

    def _note(self, progress: Progress) -> None:
        self.story.read(progress)
        self._keeper.note(_rows(progress, lambda step: self.trainer.place(step - 1)[0] + 1))

    def mark(self, kind: marks.Kind, words: str) -> Mark:
        """Note something that happens now, at the step where the run stands; it is written down by the next `write`."""
        made = Mark(self.trainer.step, kind, words)
        self._keeper.marked(made)
        return made

    def write(self) -> None:
        """Write down what was read, and a checkpoint when it is time for one; to be called after `read`.

        OSError or CheckpointFault when the folder cannot be written; what could not be written is tried again by
        the next call.
        """
        self._keeper.write()
        if self.snapshots:
            self.snapshots.take_if_due()
        self._keeper.save_if_due()

    def begin(self) -> None:
        """A new run: the moment before its first step is kept, and written by the first `write` after that step.

        Whoever pressed Train waits for the step, not for the disk.
        """
        if self.snapshots:
            self.snapshots.take()
        self._keeper.begin()

    def touched(self) -> None:
        """Weights were changed between two steps: a checkpoint of this step does not hold what is there now."""
        self._keeper.forget()

    def keep(self) -> None:
        """Like `write`, and a checkpoint of this very step."""
        self._keeper.write()
        if self.snapshots:
            self.snapshots.take()
        self._keeper.save()

    def _not_a_number(self, done: EpochDone) -> NotANumber:
        progress = self.read()
        live = self.trainer.live
        found = breakdown.origin(live, self.trainer.data.validation_images[:LOOKED_AT])
        words = (
            f"The loss on the validation samples after epoch {done.epoch} is not a finite number. "
            f"{breakdown.words(live, found)} Try a smaller learning rate than "
            f"{self.document.training.learning_rate:g}."
        )
        return NotANumber(words, found.block, progress)


class _Keeper:
    """Writes a run into its folder, as often as is due; does nothing without a folder."""

    def __init__(self, trainer: Trainer, folder: Path | None, text: str, story: Story) -> None:
        self._trainer = trainer
        self._story = story
        self._folder = folder
        self._text = text
        self._rows: list[Row] = []
        self._marks: list[Mark] = []
        self._validated = -1
        self._epoch_ended = False
        self._saved: tuple[int, int] | None = None
        self._at = perf_counter()
        self._cost = 0.0
        self._beginning: dict[str, Any] | None = None
        """The state before the first step, as long as there is no checkpoint."""
        self._told, self._telling = 0.0, 0.0

    def note(self, rows: list[Row]) -> None:
        """Remember rows for the next `write`."""
        if self._folder is not None:
            self._rows += rows

    def marked(self, mark: Mark) -> None:
        """Remember a mark for the next `write`."""
        if self._folder is not None:
            self._marks.append(mark)

    def validated(self, done: EpochDone) -> None:
        """Remember the figures of a validation."""
        self._validated, self._epoch_ended = done.epoch, True
        figures: Row = {"validation_loss": done.loss, "validation_accuracy": done.accuracy}
        if done.mean_iou is not None:
            figures["validation_mean_iou"] = done.mean_iou
        self.note([{"step": done.step, "epoch": done.epoch, **figures}])

    def write(self) -> None:
        if self._folder is not None:
            metrics.record(self._folder, sorted(self._rows, key=_place))
            self._rows = []
            marks.append(self._folder, self._marks)
            self._marks = []
            self._tell_if_due()

    def _tell_if_due(self) -> None:
        """Write the summary when it tells something new of the run's state, and now and then as it goes on."""
        started = perf_counter()
        wait = max(TELLING, self._telling / TELLING_SHARE)
        if self._folder is not None and (self._story.fresh or started - self._told >= wait):
            file.write_atomically(self._folder / summary.FILE, self._story.told(self._trainer.seconds))
            self._told = perf_counter()
            self._telling = self._told - started

    def forget(self) -> None:
        """What was saved of this step is out of date."""
        self._saved = None

    def begin(self) -> None:
        """Remember the state before the first step for the first checkpoint."""
        if self._folder is not None and breakdown.finite(self._trainer.live):
            self._beginning = self._trainer.state()

    def save_if_due(self) -> None:
        if self._beginning is not None and self._trainer.step > 0:
            self._save(self._beginning, (0, -1))
        elapsed = perf_counter() - self._at
        wait = max(SPACING if self._epoch_ended else LONGEST, self._cost / SHARE)
        if elapsed >= wait:
            self.save()

    def save(self) -> None:
        """Write a checkpoint, unless this very step has one, or its weights are numbers no more."""
        now = self._trainer.step, self._validated
        if self._folder is not None and now != self._saved and breakdown.finite(self._trainer.live):
            self._save(self._trainer.state(), now)

    def _save(self, state: dict[str, Any], now: tuple[int, int]) -> None:
        assert self._folder is not None
        started = perf_counter()
        checkpoint.save(self._folder, self._trainer, state, self._text)
        self._at = perf_counter()
        self._cost, self._saved, self._epoch_ended = self._at - started, now, False
        self._beginning = None


def _place(row: Mapping[str, int | float | str]) -> tuple[int, bool]:
    """Rows go by their step: a validation is noted before the steps that lead to it are read, and comes after them."""
    return int(row["step"]), "validation_loss" in row


def _rows(progress: Progress, epoch_of: Callable[[int], int]) -> list[Row]:
    """A row for each step: its number, epoch, loss, share of right answers, and learning rate."""
    first = progress.step - len(progress.losses) + 1
    columns = (progress.losses.tolist(), progress.hits.tolist(), progress.rates.tolist())
    return [
        {
            "step": step,
            "epoch": epoch_of(step),
            "loss": loss,
            "accuracy": hits,
            "learning_rate": rate,
        }
        for step, loss, hits, rate in zip(range(first, progress.step + 1), *columns, strict=True)
    ]
