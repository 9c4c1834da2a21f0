"""How a network answers all samples that it is judged by: what is taken for what, how surely, and how rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine import task

BINS = 10
"""Equal parts of certainty from 0 to 1 in which it is compared with the share of right answers."""
EXAMPLES = 60
"""So many samples at most are named for each pair of classes, where each pixel has one."""
MOST_PAIRS = 2**24
"""Numbers that the confusions of all single samples may have together."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class ClassScore(NamedTuple):
    """How well one class is told from the others; None where there is nothing to divide by.

    With right answers t, wrong answers "it is this class" f, and misses m: precision t / (t + f), recall t / (t + m),
    F1 2t / (2t + f + m), intersection over union t / (t + f + m). `support` is t + m.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    iou: float | None
    support: int


class Bin(NamedTuple):
    """Answers whose certainty lies in one part of 0 to 1: how many, their mean certainty, their share of right ones."""

    answers: int
    certainty: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Assessment:
    """All answers of a network to `samples` samples; `targets` of them, which is more where each pixel has one.

    `confusion` counts targets: rows are true classes, columns what was answered. `truths`, `answers`, `certainties`
    (probability of the answer) and `rights` (probability of the truth) hold a number a sample. Where each pixel has a
    class, the first two are empty, `certainties` are means, and `rights` the shares of pixels named rightly. `examples`
    then names, for each pair of classes (row · classes + column), the samples with most such pixels, filled up with
    -1; it is empty when there are too many classes for that. `odd` counts targets whose scores are no finite numbers.
    """

    samples: int
    targets: int
    loss: float
    confusion: Ints
    scores: tuple[ClassScore, ...]
    bins: tuple[Bin, ...]
    calibration_error: float
    truths: Ints
    answers: Ints
    certainties: Floats
    rights: Floats
    losses: Floats
    examples: Ints
    odd: int

    @property
    def accuracy(self) -> float:
        """Share of targets named rightly."""
        return float(np.trace(self.confusion)) / self.targets if self.targets else 0.0


class Assessor:
    """Takes in the scores of batch after batch. `seconds` is the time that this has cost."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._parts: list[tuple[NDArray[np.generic], ...]] = []
        self._bins = np.zeros((3, BINS))
        self._confusion: Ints = np.zeros((0, 0), np.int64)
        self._pairs: list[Ints] = []
        self._counts = [0, 0, 0]

    def add(self, scores: Tensor, targets: Tensor) -> None:
        """Scores (n, classes) with targets (n,), or (n, classes, *axes) with (n, *axes)."""
        started = perf_counter()
        scores = scores.detach().float()
        certainties, answers = torch.softmax(scores, 1).max(1)
        right = answers.eq(targets)
        self._count(scores, targets)
        self._fill(certainties.flatten().cpu().double().numpy(), right.flatten().cpu().numpy())
        losses = task.losses(scores, targets)
        if scores.dim() == 2:
            chosen = torch.softmax(scores, 1).gather(1, targets[:, None])[:, 0]
            parts = (targets, answers, certainties, chosen, losses)
        else:
            self._note_pairs(scores, targets)
            none = targets.new_zeros(0)
            parts = (none, none, certainties.flatten(1).mean(1), right.flatten(1).float().mean(1), losses)
        self._parts.append(tuple(part.cpu().numpy() for part in parts))
        self.seconds += perf_counter() - started

    def done(self) -> Assessment:
        """What all batches together show."""
        started = perf_counter()
        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)] or [np.zeros(0)] * 5
        truths, answers = (column.astype(np.int64) for column in columns[:2])
        certainties, rights, losses = (column.astype(np.float32) for column in columns[2:])
        samples, targets, odd = self._counts
        found = Assessment(
            samples=samples,
            targets=targets,
            loss=float(losses.astype(np.float64).mean()) if samples else 0.0,
            confusion=self._confusion,
            scores=class_scores(self._confusion),
            bins=(bins := _bins(self._bins)),
            calibration_error=calibration_error(bins),
            truths=truths,
            answers=answers,
            certainties=certainties,
            rights=rights,
            losses=losses,
            examples=self._examples(),
            odd=odd,
        )
        self.seconds += perf_counter() - started
        return found

    def _count(self, scores: Tensor, targets: Tensor) -> None:
        found = task.confusion(scores, targets).cpu().numpy()
        self._confusion = found if not self._confusion.size else self._confusion + found
        odd = (~torch.isfinite(scores)).any(1).sum().item()
        for at, more in enumerate((len(targets), targets.numel(), int(odd))):
            self._counts[at] += more

    def _fill(self, certainties: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
        """Part k holds certainties c with k / BINS < c ≤ (k + 1) / BINS; what is no number is in none."""
        known = np.isfinite(certainties)
        certainties, right = certainties[known], right[known]
        places = np.clip(np.ceil(certainties * BINS).astype(np.int64) - 1, 0, BINS - 1)
        for row, weights in enumerate((None, certainties, right)):
            self._bins[row] += np.bincount(places, weights, BINS)

    def _note_pairs(self, scores: Tensor, targets: Tensor) -> None:
        """The confusion of each single sample, as long as all of them together are not too many numbers."""
        classes = scores.shape[1]
        if (self._counts[0] + len(targets)) * classes**2 > MOST_PAIRS:
            self._pairs.clear()
            return
        pairs = (targets * classes + scores.argmax(1)).flatten(1)
        counted = pairs.new_zeros(len(pairs), classes**2).scatter_add_(1, pairs, torch.ones_like(pairs))
        self._pairs.append(counted.cpu().numpy())

    def _examples(self) -> Ints:
        """For each pair of classes the samples with most such pixels, the most first."""
        if sum(map(len, self._pairs)) < self._counts[0] or not self._pairs:
            return np.zeros((0, 0), np.int64)
        counted = np.concatenate(self._pairs)
        order = np.argsort(-counted, axis=0, kind="stable")[:EXAMPLES]
        return np.where(np.take_along_axis(counted, order, axis=0) > 0, order, -1).T.astype(np.int64)


def class_scores(confusion: Ints) -> tuple[ClassScore, ...]:
    """Precision, recall, F1, intersection over union and support of each class of a confusion matrix."""
    together = np.diagonal(confusion)
    answered, there = confusion.sum(axis=0), confusion.sum(axis=1)
    return tuple(
        ClassScore(_part(t, a), _part(t, s), _part(2 * t, a + s), _part(t, a + s - t), int(s))
        for t, a, s in zip(together, answered, there, strict=True)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (Guo et al., "On calibration of modern neural networks", 2017, formula 3).

    The mean over all answers of |accuracy - mean certainty| of their part.
    """
    total = sum(b.answers for b in bins)
    return sum(b.answers * abs(b.accuracy - b.certainty) for b in bins) / total if total else 0.0


def _bins(sums: NDArray[np.float64]) -> tuple[Bin, ...]:
    return tuple(
        Bin(int(count), float(certainty / count), float(right / count)) if count else Bin(0, 0.0, 0.0)
        for count, certainty, right in sums.T
    )


def _part(one: np.int64, whole: np.int64) -> float | None:
    return float(one) / float(whole) if whole else None
