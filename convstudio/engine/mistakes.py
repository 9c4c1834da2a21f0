"""The samples that a network gets wrong: which of them comes next, looked up only as far as needed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio import data
from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import AT_ONCE, ROOM, evaluating

FIRST = 16
"""Samples in the first pass: as a rule a mistake is near, as long as the network is not good."""


def next_mistake(live: LiveNetwork, samples: data.Dataset, order: NDArray[np.int64]) -> int | None:
    """The first of the samples with the numbers `order` that is answered wrongly; None if none is.

    The network answers as in use, with the weights that it has now.
    """
    device = next((p.device for p in live.parameters()), torch.device("cpu"))
    with evaluating(live):
        for some in _portions(order, max(FIRST, min(AT_ONCE, ROOM // max(1, live.activation_bytes)))):
            scores = live(torch.from_numpy(data.to_float(samples.images[some])).to(device))
            found = mistaken(scores, torch.from_numpy(samples.targets_of(some)).to(device)).nonzero()
            if len(found):
                return int(some[int(found[0])])
    return None


def mistaken(scores: Tensor, targets: Tensor) -> Tensor:
    """Which samples (n,) are answered wrongly, for scores (n, classes, *axes) and targets (n, *axes).

    Where each pixel has a class: those in which most pixels of one of the classes are named otherwise.
    """
    right = scores.argmax(1).eq(targets)
    if right.dim() == 1:
        return ~right
    right, targets = right.flatten(1), targets.flatten(1)
    classes = torch.arange(scores.shape[1], device=scores.device)
    of_class = targets[:, None] == classes[None, :, None]
    there, named = of_class.sum(2), (of_class & right[:, None]).sum(2)
    return (2 * named < there).any(1)


def _portions(order: NDArray[np.int64], largest: int) -> Iterator[NDArray[np.int64]]:
    """A few at first, then more and more at a time."""
    start, size = 0, FIRST
    while start < len(order):
        yield order[start : start + size]
        start, size = start + size, min(2 * size, largest)
