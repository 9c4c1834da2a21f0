"""The network's answer: one bar a class, the full height being certainty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from convstudio.ui.live.bars import Bars
from convstudio.ui.live.numbers import percent
from convstudio.ui.text import tr


class ProbBars(Bars):
    """Shows probabilities (0..1, one a class) with the names of the classes where they fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Probability of each class"), percent, parent)

    def set_probabilities(
        self, probabilities: NDArray[np.float32], classes: Sequence[str] = (), right: int | None = None
    ) -> None:
        """One number from 0 to 1 for each of `classes`; the highest is marked as right or wrong where that is known."""
        self.set_labels(classes)
        self.set_values(probabilities, 0.0, 1.0, numbers=False)
        self.set_highlight(verdict(self.highest, right))


def verdict(answer: int, right: int | None) -> str:
    """The colour token of an answer: good or bad, accent where the right one is not known."""
    if right is None:
        return "accent"
    return "good" if answer == right else "bad"
