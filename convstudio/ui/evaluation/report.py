"""An evaluation as the tab shows it: the message of the worker, checked, with the samples behind each cell. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convstudio.protocol.messages import Array, CertaintyBin, ClassScore, Evaluation
from convstudio.ui.live.arrays import ArrayError, array, floats

WORST = 60
"""So many mistakes are listed."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Case:
    """One sample in a list: its number in the validation part, and what is to be said about it.

    Where each pixel has a class, `truth` and `answer` are None, `certainty` is a mean and `right` a share of pixels.
    """

    number: int
    truth: int | None
    answer: int | None
    certainty: float
    right: float


@dataclass(frozen=True, eq=False)
class Report:
    """The figures of an evaluation; `classes` are the names of the rows and columns."""

    message: Evaluation
    classes: tuple[str, ...]
    confusion: Ints
    truths: Ints
    answers: Ints
    certainties: Floats
    rights: Floats
    losses: Floats
    examples: Ints

    @property
    def per_pixel(self) -> bool:
        """Each pixel has a class, not each sample."""
        return not len(self.truths)

    @property
    def scores(self) -> tuple[ClassScore, ...]:
        return self.message.scores

    @property
    def bins(self) -> tuple[CertaintyBin, ...]:
        return self.message.bins

    def shares(self) -> NDArray[np.float64]:
        """The confusion matrix with each row divided by its sum; rows of classes that do not occur are 0."""
        sums = self.confusion.sum(axis=1, keepdims=True)
        shares: NDArray[np.float64] = self.confusion / np.maximum(sums, 1)
        return shares

    def mean_scores(self) -> tuple[float, float, float, float]:
        """Means of precision, recall, F1 and IoU over the classes that occur or were answered; nothing counts as 0."""
        found = [s for s, column in zip(self.scores, self.confusion.sum(axis=0), strict=True) if s.support or column]
        rows = [[value or 0.0 for value in (s.precision, s.recall, s.f1, s.iou)] for s in found]
        means = np.mean(rows, axis=0).tolist() if rows else [0.0] * 4
        return means[0], means[1], means[2], means[3]

    def in_cell(self, truth: int, answer: int) -> list[Case]:
        """The samples of one cell, the surest first; where each pixel has a class, those with most such pixels."""
        if self.per_pixel:
            if not self.examples.size:
                return []
            numbers = self.examples[truth * len(self.classes) + answer]
            return [self._case(int(n)) for n in numbers if n >= 0]
        found = np.flatnonzero((self.truths == truth) & (self.answers == answer))
        surest = found[np.argsort(-np.nan_to_num(self.certainties[found]), kind="stable")]
        return [self._case(int(n)) for n in surest]

    def worst(self) -> list[Case]:
        """The mistakes that cost most, those first that the network thought least likely; at most `WORST`."""
        losses = np.nan_to_num(self.losses, nan=np.inf)
        wrong = np.flatnonzero(self.rights < 1) if self.per_pixel else np.flatnonzero(self.truths != self.answers)
        order = wrong[np.argsort(-losses[wrong], kind="stable")][:WORST]
        return [self._case(int(n)) for n in order]

    def mistakes(self) -> int:
        """How many samples were answered wrongly, or have a pixel that was."""
        wrong = self.rights < 1 if self.per_pixel else self.truths != self.answers
        return int(wrong.sum())

    def _case(self, number: int) -> Case:
        certainty, right = float(self.certainties[number]), float(self.rights[number])
        if self.per_pixel:
            return Case(number, None, None, certainty, right)
        return Case(number, int(self.truths[number]), int(self.answers[number]), certainty, right)


def report(message: Evaluation, names: Sequence[str]) -> Report:
    """The report in a message. ArrayError, a sentence, when its arrays do not fit each other."""
    confusion = _ints(message.confusion)
    classes = len(confusion)
    if confusion.shape != (classes, classes) or len(message.scores) != classes:
        raise ArrayError("The evaluation came with a table that is not square. Restart the worker.")
    truths, answers = _ints(message.truths), _ints(message.answers)
    certainties, rights, losses = (floats(a) for a in (message.certainties, message.rights, message.losses))
    lengths = {len(certainties), len(rights), len(losses)} | ({len(truths), len(answers)} if len(truths) else set())
    if lengths != {message.samples}:
        raise ArrayError("The evaluation came with lists of unlike length. Restart the worker.")
    known = tuple(names) if len(names) == classes else tuple(str(n) for n in range(classes))
    return Report(message, known, confusion, truths, answers, certainties, rights, losses, _ints(message.examples))


def _ints(message: Array) -> Ints:
    found = array(message)
    if found.dtype != np.int64:
        raise ArrayError(f"Counts come as int64 numbers, but {found.dtype} came. Restart the worker.")
    return found.astype(np.int64, copy=False)
