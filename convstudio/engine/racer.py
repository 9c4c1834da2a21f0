"""One entrant of a race: a run like any other, that makes a few steps whenever it is its turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from convstudio.engine import starting
from convstudio.engine.project import analysed
from convstudio.engine.resident import SharedData
from convstudio.engine.run import Run
from convstudio.engine.training import EpochDone, Progress, StepDone
from convstudio.network.document import Document
from convstudio.runs.summary import State


class Racer:
    """Trains `document`; torch's number of threads is its own in its turn only, and is put back afterwards."""

    def __init__(self, key: str, document: Document, folder: Path | None, name: str, shared: SharedData) -> None:
        """`shared` are the samples of all entrants."""
        self.key = key
        self._shared = shared
        self.document = document
        self._folder, self._name = folder, name
        self._run: Run | None = None
        self._steps: Iterator[StepDone | EpochDone] = iter(())
        self._threads = 1

    @property
    def begun(self) -> bool:
        return self._run is not None

    @property
    def step(self) -> int:
        return self._run.trainer.step if self._run else 0

    @property
    def seconds(self) -> float:
        """Time spent on its steps and validations."""
        return self._run.trainer.seconds if self._run else 0.0

    @property
    def share(self) -> float:
        """How much of its training is done."""
        if self._run is None:
            return 0.0
        trainer = self._run.trainer
        return min(1.0, trainer.step / max(1, trainer.batches * trainer.settings.epochs))

    @property
    def stopped_early(self) -> str:
        """Why it ended before its last epoch; '' when it did not."""
        return self._run.trainer.stopped_early if self._run else ""

    def begin(self) -> None:
        """Get ready for the first step. Raises what the start of a run raises."""
        with starting.kept_threads():
            self._run = starting.start(
                self.document, analysed(self.document), self._folder, self._name, shared=self._shared
            )
            self._steps = self._run.steps()
            self._threads = torch.get_num_threads()

    def advance(self) -> StepDone | EpochDone | None:
        """One step or one validation; None after the last. Raises what training raises."""
        with starting.kept_threads():
            torch.set_num_threads(self._threads)
            return next(self._steps, None)

    def read(self) -> Progress:
        """Progress since the last call. NotANumber when a loss is none."""
        assert self._run is not None
        return self._run.read()

    def write(self) -> None:
        """Write down what was read, where the run is kept."""
        if self._run:
            self._run.write()

    def end(self, state: State) -> None:
        """Keep it as it stands, and let go of its network and data. A failed one keeps no checkpoint."""
        run, self._run = self._run, None
        self._steps = iter(())
        if run is None:
            return
        run.story.enter(state)
        if state == "failed":
            run.write()
        else:
            run.keep()
            if run.snapshots:
                run.snapshots.finish()
