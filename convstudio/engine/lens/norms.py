"""The lens of normalisation: a value, what mean and variance it is measured by, and the learned scale and shift."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from convstudio.engine.lens.scene import Scene, number, numbers, through, weight
from convstudio.network.terms import Normal, Response


def batch_norm(scene: Scene) -> Normal:
    """By the running averages of its channel, as in use."""
    part, at = scene.part, scene.channel
    mean, variance = number(part.running_mean[at]), number(part.running_var[at])
    return _normal(scene, "batch", mean, variance, 0, (at,), (at, at))


def group_norm(scene: Scene) -> Normal:
    """By the values of its group in this sample."""
    size = scene.part.num_channels // scene.part.num_groups
    first = scene.channel // size * size
    return _of_sample(scene, "group", scene.input[first : first + size], (scene.channel,), (first, first + size - 1))


def layer_norm(scene: Scene) -> Normal:
    """By all values of this sample; each value has a scale and a shift of its own."""
    last = len(scene.input) - 1
    return _of_sample(scene, "sample", scene.input, (scene.channel, *scene.place), (0, last))


def local_response(scene: Scene) -> Response:
    """Beyond the first and the last map there are zeros, which the mean counts."""
    given = scene.options("size")
    size, alpha, beta, k = (float(given[name]) for name in ("size", "alpha", "beta", "k"))  # type: ignore[arg-type]
    first = max(0, scene.channel - int(size) // 2)
    last = min(len(scene.input), scene.channel + (int(size) - 1) // 2 + 1)
    values = numbers(through(scene.input[first:last], scene.place))
    return Response(values, first, scene.channel - first, int(size), alpha, beta, k, scene.value)


def _of_sample(
    scene: Scene, over: Literal["group", "sample"], values: Tensor, at: tuple[int, ...], channels: tuple[int, int]
) -> Normal:
    exact = values.to(torch.float64)
    mean, variance = number(exact.mean()), number(exact.var(correction=0))
    return _normal(scene, over, mean, variance, values.numel(), at, channels)


def _normal(
    scene: Scene,
    over: Literal["batch", "group", "sample"],
    mean: float,
    variance: float,
    count: int,
    at: tuple[int, ...],
    channels: tuple[int, int],
) -> Normal:
    """`at` is where scale and shift of the unit stand among the block's weights."""
    scales, shifts = weight(scene.part), weight(scene.part, "bias")
    assert scales is not None
    assert shifts is not None
    value = number(scene.input[(scene.channel, *scene.place)])
    epsilon, scale, shift = float(scene.part.eps), number(scales[at]), number(shifts[at])
    return Normal(over, value, mean, variance, epsilon, scale, shift, count, scene.value, channels)
