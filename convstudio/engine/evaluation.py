"""How good a network is on samples it was not trained on, and where its numbers stop being numbers."""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from convstudio.engine import task
from convstudio.engine.assessment import Assessor
from convstudio.engine.build import LiveNetwork
from convstudio.engine.team import ALONE, Team

AT_ONCE = 256
"""Samples in one pass, as long as their results take no more than `ROOM` bytes."""
ROOM = 512 * 2**20


@contextmanager
def evaluating(live: nn.Module) -> Iterator[None]:
    """Inside, dropout does nothing, batch normalisation uses its averages, and no gradients are kept."""
    was = live.training
    live.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        live.train(was)


class Judgement(NamedTuple):
    """Mean loss, share of right answers, and mean intersection over union (None but where each pixel has a class)."""

    loss: float
    accuracy: float
    mean_iou: float | None = None


def at_once(live: LiveNetwork) -> int:
    """How many samples may be computed in one pass."""
    return max(1, min(AT_ONCE, ROOM // max(1, live.activation_bytes)))


def evaluate(
    live: LiveNetwork,
    images: Tensor,
    targets: Tensor,
    at_least: int = 1,
    assessor: Assessor | None = None,
    team: Team = ALONE,
) -> Judgement:
    """How good the network is over all samples, however they are cut into batches.

    `at_least` is a number of samples known to fit into the memory. An `assessor` takes in all answers of this process;
    those of a team compute a share each.
    """
    work = judging(live, images, targets, at_least, assessor, team)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: Judgement = done.value
            return found


def judging(
    live: LiveNetwork,
    images: Tensor,
    targets: Tensor,
    at_least: int = 1,
    assessor: Assessor | None = None,
    team: Team = ALONE,
) -> Generator[None, None, Judgement]:
    """As `evaluate`, one pass at a time."""
    size = max(at_least, at_once(live))
    share = team.share(len(targets))
    images, targets = images[share], targets[share]
    losses: list[Tensor] = []
    hits: list[Tensor] = []
    confused = targets.new_zeros(live.classes, live.classes) if targets.dim() > 1 else None
    for start in range(0, len(targets), size):
        with evaluating(live):
            some, answers = images[start : start + size], targets[start : start + size]
            scores = live(some)
            losses.append(task.losses(scores, answers))
            hits.append(task.hits(scores, answers))
            if assessor:
                assessor.add(scores, answers)
            if confused is not None:
                confused += task.confusion(scores, answers)
        yield
    with torch.inference_mode():
        loss, accuracy = team.mean(_together(losses)), team.mean(_together(hits))
        overlap = None if confused is None else task.mean_iou(team.summed(confused).cpu())
    return Judgement(loss, accuracy, overlap)


def _together(parts: list[Tensor]) -> Tensor:
    """All numbers as one row of doubles on the CPU; a process of a large team may have none."""
    return torch.cat(parts).cpu().double() if parts else torch.zeros(0, dtype=torch.double)


def first_not_finite(live: LiveNetwork, images: Tensor) -> str:
    """The id of the first block, in order of computation, whose result for `images` is not finite; '' if none is.

    The network computes as in training, on a copy, so that its averages stay as they are.
    """
    trial = copy.deepcopy(live).train()
    with torch.inference_mode():
        for block, result in trial.results(images, tuple(live.shapes)).items():
            if not torch.isfinite(result).all().item():
                return block
    return ""
