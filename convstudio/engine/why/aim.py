"""The aim of an explanation: one number of the network, the score of a class or any unit of any layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.engine import memory
from convstudio.engine.build import ADVICE, LiveNetwork, NetworkFault
from convstudio.engine.few_threads import few_threads
from convstudio.engine.probe import LARGE
from convstudio.network.terms import Place

ROOM = 256 * 2**20
"""Bytes of results, with what their gradients need, for which passes are made together; there is always one."""
TOGETHER = 32
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Aim:
    """The unit at `place` of map `channel` of a block; without a place the mean over that map.

    Channel -1 is the one with the largest value (of the mean, where there is no place): of the Output, its answer.
    """

    block: str
    channel: int = -1
    place: Place = ()


def values(result: Tensor, aim: Aim) -> Tensor:
    """The numbers aimed at, one a sample, of a block's result (samples, channels, *axes)."""
    found = result[:, aim.channel]
    for at in aim.place:
        found = found[:, at]
    return found.flatten(1).mean(1) if found.dim() > 1 else found


def settled(live: LiveNetwork, image: Tensor, aim: Aim) -> Aim:
    """The same aim with the number of its channel.

    NetworkFault in words when there is no such unit, or the sample does not have the shape of the Input; MemoryFault
    when its results would not fit.
    """
    _require_fitting(live, image)
    shape = live.shapes.get(aim.block)
    if shape is None:
        raise NetworkFault(f"{aim.block} is not computed: something before it, or it itself, does not fit yet.")
    if aim.channel >= shape.channels:
        raise NetworkFault(f"{aim.block} has no map {aim.channel}: it has {shape.channels}, counted from 0.", aim.block)
    inside = len(aim.place) == shape.rank and all(0 <= n < m for n, m in zip(aim.place, shape.axes, strict=True))
    if aim.place and not inside:
        raise NetworkFault(f"{aim.block} has no unit at {aim.place}: it gives {shape}.", aim.block)
    if aim.channel >= 0:
        return aim
    with in_use(live), torch.no_grad():
        result = live.results(image[None].to(device_of(live), torch.float32), (aim.block,))[aim.block]
    means = torch.stack([values(result, replace(aim, channel=n))[0] for n in range(shape.channels)])
    return replace(aim, channel=int(means.nan_to_num().argmax().item()))


def _require_fitting(live: LiveNetwork, image: Tensor) -> None:
    if tuple(image.shape) != live.sample.dims:
        raise NetworkFault("The watched sample does not have the shape of the network's input.", live.input)
    if live.activation_bytes > LARGE:
        memory.require(3 * live.activation_bytes, device_of(live), "Explaining this network", ADVICE)


@contextmanager
def in_use(live: LiveNetwork) -> Iterator[None]:
    """Inside, the network computes as in use and not as in training; gradients may be asked for."""
    was = live.training
    live.eval()
    try:
        with torch.enable_grad(), few_threads(live):
            yield
    finally:
        live.train(was)


def device_of(live: LiveNetwork) -> torch.device:
    return next((p.device for p in live.parameters()), torch.device("cpu"))


def fitting(live: LiveNetwork) -> int:
    """How many passes are made together."""
    return max(1, min(TOGETHER, ROOM // max(1, 3 * live.activation_bytes)))


def slopes(live: LiveNetwork, images: Tensor, aim: Aim) -> tuple[Tensor, Tensor]:
    """Values of the unit for `images` (samples, channels, *axes), and their gradients, of the images' shape.

    The gradients of the weights stay as they are.
    """
    inputs = images.detach().to(device_of(live), torch.float32, copy=True).requires_grad_()
    with in_use(live):
        found = values(live.results(inputs, (aim.block,))[aim.block], aim)
        (gradients,) = torch.autograd.grad(found.sum(), inputs, allow_unused=True)
    return found.detach(), torch.zeros_like(inputs) if gradients is None else gradients.detach()


def summed(cells: Tensor) -> Floats:
    """(channels, *axes) as (rows, columns): the sum over channels, and over the frames of a clip; a signal is one row.

    A vector is a row of its numbers.
    """
    flat = cells[None] if cells.dim() == 1 else cells.sum(0)
    return _rows(flat.sum(0) if flat.dim() == 3 else flat)


def largest(cells: Tensor) -> Floats:
    """The same with the largest magnitude over channels and frames in the place of the sum."""
    sizes = cells.abs()
    flat = sizes[None] if sizes.dim() == 1 else sizes.amax(0)
    return _rows(flat.amax(0) if flat.dim() == 3 else flat)


def _rows(flat: Tensor) -> Floats:
    rows = flat[None] if flat.dim() == 1 else flat
    found: Floats = rows.detach().to("cpu", torch.float32).contiguous().numpy()
    return found
