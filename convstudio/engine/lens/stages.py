"""The lens of a separable convolution: each map filtered alone, perhaps bent, then mixed."""

from __future__ import annotations

import torch
from msgspec.structs import replace

from convstudio.engine.lens import sums, taps
from convstudio.engine.lens.scene import Scene, number
from convstudio.network.terms import Cells, Row, Scanning, Stages, Sum


def separable(scene: Scene) -> Stages:
    """Of an nn.Sequential whose stages are called depthwise, activation and pointwise."""
    stages = dict(scene.part.named_children())
    first = filtered(scene, sums.of_module(stages["depthwise"]))
    bent = torch.tensor([one.result for one in first], dtype=torch.float64)
    activation = stages.get("activation")
    if activation is not None:
        bent = activation(bent)
    name = "" if activation is None else type(activation).__name__
    return Stages(first, name, _mixed(scene, sums.of_module(stages["pointwise"]), bent.tolist()), scene.value)


def filtered(scene: Scene, mask: sums.Mask) -> tuple[Sum, ...]:
    """The sum of each filtered map at the unit's place; the network does not keep them."""
    axes = sums.window(mask, scene.place, scene.axes)
    patches, cells = taps.rows_of(taps.patch(scene.input, axes)), taps.cells(axes)
    each = len(mask.weights) // mask.groups
    scanning = Scanning(mask.stride, mask.dilation, mask.mode, mask.groups)
    found = []
    for at, weights in enumerate(taps.rows_of(mask.weights)):
        bias = None if mask.bias is None else number(mask.bias[at])
        one = Sum("convolution", cells, (Row(at // each, patches[at // each], weights),), bias, 0.0, scanning)
        found.append(replace(one, result=one.worked))
    return tuple(found)


def _mixed(scene: Scene, mix: sums.Mask, values: list[float]) -> Sum:
    """The second stage: one value and one weight for each filtered map."""
    weights = mix.weights[scene.channel].flatten().tolist()
    rows = tuple(Row(at, (value,), (w,)) for at, (value, w) in enumerate(zip(values, weights, strict=True)))
    bias = None if mix.bias is None else number(mix.bias[scene.channel])
    ones = (1,) * scene.rank
    return Sum("convolution", Cells(ones, (scene.place,)), rows, bias, scene.value, Scanning(ones, ones))
