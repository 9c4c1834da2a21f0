"""The measured receptive field: how much each cell of the input moves a unit, in the mean over samples."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.few_threads import few_threads
from convstudio.network.terms import Place

ROOM = 256 * 2**20
"""Bytes of results for which samples are taken together; there is always one."""
SAMPLES = 32


def fitting(live: LiveNetwork) -> int:
    """How many samples are measured at once."""
    return max(1, min(SAMPLES, ROOM // max(1, 3 * live.activation_bytes)))


def influence(live: LiveNetwork, images: Tensor, block: str, channel: int, place: Place) -> NDArray[np.float32]:
    """Mean over `images` (samples, channels, *axes) of |d unit / d input|, summed over the channels.

    (rows, columns); a signal is one row, a vector a row of its numbers; of a clip the frames are added up. Luo, Li,
    Urtasun and Zemel, "Understanding the Effective Receptive Field" (2016), section 2. The network computes as in use;
    its weights, and their gradients, stay as they are.
    """
    device = next((p.device for p in live.parameters()), torch.device("cpu"))
    inputs = images.to(device, torch.float32, copy=True).requires_grad_()
    was = live.training
    live.eval()
    try:
        with torch.enable_grad(), few_threads(live):
            result = live.results(inputs, (block,))[block]
            units = result[:, channel]
            for at in place:
                units = units[:, at]
            (slopes,) = torch.autograd.grad(units.sum(), inputs)
    finally:
        live.train(was)
    flat = slopes.abs().mean(0)
    flat = flat[None] if flat.dim() == 1 else flat.sum(0)
    rows = flat[None] if flat.dim() == 1 else flat if flat.dim() == 2 else flat.sum(0)
    found: NDArray[np.float32] = rows.to("cpu", torch.float32).contiguous().numpy()
    return found
