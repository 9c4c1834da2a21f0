"""What the lens shows around a unit: one map of a block with its real values, and all of its maps small."""

from __future__ import annotations

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.network.terms import Place

MOST_CELLS = 250_000
"""Numbers of the one map; of a larger one only every second (third …) row and column is taken."""
MOST_SMALL = 512
SMALL_SIDE = 28
"""So many maps are shown small, each of at most so many cells a side."""


class Seen(NamedTuple):
    """One map of a block, float32 (rows, columns): of `channel`, of a clip the frame with number `frame`.

    A vector is one row of all its numbers, a signal's map one row of its time. `step` tells every how many rows and
    columns were taken. `small` are the maps of all channels (the first `MOST_SMALL`) as uint8 from `low` to `high`; a
    vector has none.
    """

    block: str
    dims: tuple[int, ...]
    channel: int
    frame: int
    step: int
    map: NDArray[np.float32]
    small: NDArray[np.uint8]
    low: float
    high: float


def seen(block: str, result: Tensor, channel: int, place: Place) -> Seen:
    """The picture around a unit of (channels, *axes)."""
    frame = place[0] if len(place) == 3 else 0
    flat = _frames(result, frame)
    one = flat[0 if result.dim() == 1 else channel]
    step = max(1, ceil(sqrt(one.numel() / MOST_CELLS)))
    low, high = (float(end) for end in torch.stack(torch.aminmax(torch.nan_to_num(flat))).tolist())
    taken = one[:: 1 if len(one) == 1 else step, ::step].to("cpu", torch.float32).contiguous()
    small = _small(flat[:0] if result.dim() == 1 else flat, low, high)
    return Seen(block, tuple(result.shape), channel, frame, step, taken.numpy(), small, low, high)


def _frames(result: Tensor, frame: int) -> Tensor:
    """(maps, rows, columns): a vector is one map of one row, a signal one row a map, of a clip one frame is taken."""
    if result.dim() == 1:
        return result[None, None, :]
    if result.dim() == 2:
        return result[:, None, :]
    return result if result.dim() == 3 else result[:, frame]


def _small(flat: Tensor, low: float, high: float) -> NDArray[np.uint8]:
    rows, columns = flat.shape[1:]
    step = ceil(max(rows, columns) / SMALL_SIDE) if rows > 1 else ceil(columns / (4 * SMALL_SIDE))
    thin = torch.nan_to_num(flat[:MOST_SMALL, :: step if rows > 1 else 1, ::step])
    reach = max(high - low, 1e-30)
    levels: NDArray[np.uint8] = ((thin - low) / reach * 255).clamp(0, 255).to("cpu", torch.uint8).contiguous().numpy()
    return levels
