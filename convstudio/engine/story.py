"""How a run stands, as its summary tells it: kept up to date while it goes on, and handed over when it is changed."""

from __future__ import annotations

from time import time
from typing import Any

from msgspec.structs import replace

from convstudio.engine.progress import EpochDone, Progress
from convstudio.network.costs import total
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.runs import summary
from convstudio.runs.summary import State, Summary


class Story:
    """The summary of a run as it is now. `fresh` says that it tells something that was not written down yet."""

    def __init__(self, first: Summary) -> None:
        self._now = first
        self._before = first.seconds
        self._epoch, self._steps = 0, 0
        self._loss, self._hits = 0.0, 0.0
        self.fresh = True

    @staticmethod
    def begun(
        document: Document, analysis: Analysis, device: str, name: str, parent: str = "", parent_step: int = 0
    ) -> Story:
        """That of a run that begins now."""
        now = time()
        facts = _facts(document, analysis)
        born: dict[str, Any] = {"parent": parent, "parent_step": parent_step, "started": now, "updated": now}
        return Story(Summary(name=name, state="running", device=device, **facts, **born))

    @property
    def state(self) -> State:
        return self._now.state

    def enter(self, state: State) -> None:
        """The run does something else now; to be written down soon."""
        self._now = replace(self._now, state=state)
        self.fresh = True

    def change(self, document: Document, analysis: Analysis) -> Story:
        """The run goes on with another document."""
        self._now = replace(self._now, **_facts(document, analysis))
        self.fresh = True
        return self

    def read(self, progress: Progress) -> None:
        """Take in the steps since the last report; the means are those of the last epoch."""
        if not len(progress.losses):
            return
        if progress.epoch != self._epoch:
            self._epoch, self._steps, self._loss, self._hits = progress.epoch, 0, 0.0, 0.0
        self._steps += len(progress.losses)
        self._loss += float(progress.losses.sum(dtype="float64"))
        self._hits += float(progress.hits.sum(dtype="float64"))
        self._now = replace(
            self._now,
            step=progress.step,
            epoch=progress.epoch,
            loss=self._loss / self._steps,
            accuracy=self._hits / self._steps,
        )

    def validated(self, done: EpochDone) -> None:
        """Take in a validation."""
        best = self._now.best_validation_loss
        self._now = replace(
            self._now,
            validation_loss=done.loss,
            validation_accuracy=done.accuracy,
            validation_mean_iou=done.mean_iou,
            best_validation_loss=done.loss if best is None else min(best, done.loss),
        )

    def told(self, seconds: float) -> bytes:
        """The text of the summary, after so many seconds of training in this process."""
        self._now = replace(self._now, updated=time(), seconds=self._before + seconds)
        self.fresh = False
        return summary.dump(self._now)


def _facts(document: Document, analysis: Analysis) -> dict[str, Any]:
    return {
        "dataset": document.data.name,
        "epochs": document.training.epochs,
        "parameters": total(analysis, "parameters"),
        "multiply_adds": total(analysis, "multiply_adds"),
    }
