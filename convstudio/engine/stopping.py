"""Early stopping: a run ends when its validation loss has not become smaller for so many epochs."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any


class Patience:
    """Watches the validation losses of a run; `epochs` 0 waits for ever."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._best, self._best_epoch, self._epoch = inf, 0, 0

    def note(self, epoch: int, loss: float) -> None:
        """The validation loss after `epoch` whole epochs."""
        self._epoch = epoch
        if loss < self._best:
            self._best, self._best_epoch = loss, epoch

    @property
    def over(self) -> bool:
        """Whether it is time to stop."""
        return 0 < self._epochs <= self._epoch - self._best_epoch

    @property
    def words(self) -> str:
        """Why it is time to stop; '' when it is not."""
        if not self.over:
            return ""
        return (
            f"Stopped early after epoch {self._epoch}: the validation loss has not fallen below its "
            f"{self._best:.4f} of epoch {self._best_epoch} for {self._epoch - self._best_epoch} epochs."
        )

    def state(self) -> dict[str, float | int | None]:
        """What `restore` needs; None is a loss that is not known yet, as JSON has no infinity."""
        return {"best_loss": None if self._best == inf else self._best, "best_epoch": self._best_epoch}

    def restore(self, position: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        best = position["best_loss"]
        self._best, self._best_epoch = inf if best is None else best, position["best_epoch"]
        self._epoch = max(0, position["validated"])
