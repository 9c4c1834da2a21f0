"""How much of a network's accuracy and loss its maps carry: each is switched off, and all samples are answered anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio import data
from convstudio.engine import task
from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import at_once, evaluating
from convstudio.engine.why.aim import device_of
from convstudio.network.muting import Mutes


@dataclass(frozen=True)
class Carried:
    """How good the network is as it is looked at, and in each way of switching off that was tried so far.

    `share` of the work is done; `loss` and `accuracy` are means over all `samples`. A pair in `others` is loss and
    accuracy in one of the ways, in their order.
    """

    share: float
    samples: int
    loss: float = 0.0
    accuracy: float = 0.0
    others: tuple[tuple[float, float], ...] = ()


def carried(
    live: LiveNetwork, images: NDArray[np.uint8], targets: NDArray[np.int64], base: Mutes, ways: Sequence[Mutes]
) -> Iterator[Carried]:
    """Judge the network with `base` switched off, then with each of `ways`; a batch is one slice of the work.

    `images` are uint8 (samples, channels, *axes). The last one that is given has share 1.
    """
    found: list[tuple[float, float]] = []
    size = at_once(live)
    batches = -(-len(images) // size)
    for number, mutes in enumerate((base, *ways)):
        losses, hits = list[Tensor](), list[Tensor]()
        for batch in range(batches):
            some = slice(batch * size, (batch + 1) * size)
            scores, answers = _scores(live, images[some], targets[some], mutes)
            losses.append(task.losses(scores, answers).cpu())
            hits.append(task.hits(scores, answers).cpu())
            if batch + 1 == batches:
                found.append((_mean(losses), _mean(hits)))
            share = (number * batches + batch + 1) / (batches * (1 + len(ways)))
            yield Carried(share, len(images), *(found[0] if found else (0.0, 0.0)), tuple(found[1:]))


def _scores(
    live: LiveNetwork, images: NDArray[np.uint8], targets: NDArray[np.int64], mutes: Mutes
) -> tuple[Tensor, Tensor]:
    device = device_of(live)
    with evaluating(live), live.muted(mutes):
        scores = live(torch.from_numpy(data.to_float(images)).to(device))
    return scores, torch.from_numpy(targets).to(device)


def _mean(parts: list[Tensor]) -> float:
    return torch.cat(parts).double().mean().item()
