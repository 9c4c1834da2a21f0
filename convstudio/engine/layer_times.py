"""How long each block takes for a mini-batch, forward and backward, measured one by one on a copy of the network."""

from __future__ import annotations

import copy
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor, nn

from convstudio.engine import checks, devices, memory, seeding
from convstudio.engine.build import LiveNetwork
from convstudio.engine.plan import Step

PASSES = 7
"""Passes that count, after one that warms up."""
BUDGET = 1.5
"""Seconds after which no further pass is begun; one always counts."""


class LayerTime(NamedTuple):
    """Median seconds of one block for a mini-batch; no backward pass where nothing before it, nor itself, learns."""

    forward: float
    backward: float


def layer_times(
    live: LiveNetwork, images: Tensor, *, half: bool = False, clock: Callable[[], float] = perf_counter
) -> dict[str, LayerTime]:
    """The time of every block that computes something, by its id, for a mini-batch of these images in training.

    `images` lie on the device of `live`, in the memory format of training; `half` computes in bfloat16. Each block is
    waited for, on a graphics card too, so the sum is a little more than the time of a step. `live` and torch's random
    state stay as they are. MemoryFault when a pass does not fit into the memory.
    """
    trial = copy.deepcopy(live).train()
    device = images.device
    taken: dict[str, list[LayerTime]] = {}
    with seeding.kept(torch.default_generator, devices.generator(device)), memory.guarded("one step", checks.ADVICE):
        _one_pass(trial, images, {}, half, clock)
        began = clock()
        for _ in range(PASSES):
            _one_pass(trial, images, taken, half, clock)
            if clock() - began > BUDGET:
                break
    return {block: LayerTime(*(median(times) for times in zip(*all_, strict=True))) for block, all_ in taken.items()}


def _one_pass(
    live: LiveNetwork, images: Tensor, taken: dict[str, list[LayerTime]], half: bool, clock: Callable[[], float]
) -> None:
    """Compute all blocks in order, each with its backward pass at once; results are kept without their history."""
    results = {live.input: images}
    learning = {live.input: False}
    for step in live.steps:
        function = step.function
        learning[step.block] = _learns(step) or any(learning[source] for source in step.sources)
        if function is None:
            results[step.block] = results[step.sources[0]]
            continue
        inputs = [results[source].detach().requires_grad_(learning[source]) for source in step.sources]
        devices.synchronise(images.device)
        started = clock()
        with torch.autocast(images.device.type, torch.bfloat16, enabled=half):
            result = function(*inputs)
        devices.synchronise(images.device)
        forward = clock() - started
        backward = _backward(result, images.device, clock) if result.requires_grad else 0.0
        taken.setdefault(step.block, []).append(LayerTime(forward, backward))
        results[step.block] = result.detach()
        if isinstance(function, nn.Module):
            function.zero_grad(set_to_none=True)


def _backward(result: Tensor, device: torch.device, clock: Callable[[], float]) -> float:
    gradient = torch.ones_like(result)
    devices.synchronise(device)
    started = clock()
    torch.autograd.backward(result, gradient)
    devices.synchronise(device)
    return clock() - started


def _learns(step: Step) -> bool:
    return isinstance(step.function, nn.Module) and any(w.requires_grad for w in step.function.parameters())
