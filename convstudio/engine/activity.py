"""How much the maps of a block do over several samples: their extremes and their mean size."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import evaluating

AT_ONCE = 64 * 2**20
"""Bytes that all results of the samples in one pass may take."""


class BlockActivity(NamedTuple):
    """Of each map of a block, float32 (maps,): lowest and highest value, and the mean of the values without signs."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    mean: NDArray[np.float32]


def activity(live: LiveNetwork, images: Tensor, blocks: Collection[str]) -> dict[str, BlockActivity]:
    """What the maps of these blocks do for `images`, float32 (samples, channels, *axes), as in use and not in training.

    Unknown blocks are left out. Weights, random state and training mode stay as they were.
    """
    found: dict[str, list[tuple[Tensor, Tensor, Tensor]]] = {}
    device = next((p.device for p in live.parameters()), torch.device("cpu"))
    with evaluating(live):
        for some in torch.split(images, max(1, AT_ONCE // max(1, live.activation_bytes))):
            results = live.results(some.to(device, torch.float32), blocks)
            for block, result in results.items():
                found.setdefault(block, []).append(_of_each_map(result))
        return {block: _together(parts, len(images)) for block, parts in found.items()}


def _of_each_map(result: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Lowest, highest, and the sum over the samples of the mean size, each (maps,)."""
    cells = result.movedim(1, 0).flatten(1)
    low, high = torch.aminmax(cells, dim=1)
    return low, high, cells.abs().mean(1) * len(result)


def _together(parts: list[tuple[Tensor, Tensor, Tensor]], samples: int) -> BlockActivity:
    low, high, sums = (torch.stack(each).cpu() for each in zip(*parts, strict=True))
    return BlockActivity(low.amin(0).numpy(), high.amax(0).numpy(), (sums.sum(0) / samples).numpy())
