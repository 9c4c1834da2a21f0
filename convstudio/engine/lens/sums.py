"""The lens of what multiplies and adds: convolutions of all kinds, and neurons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from convstudio.engine.lens import taps
from convstudio.engine.lens.scene import Scene, by_axis, number, numbers, weight
from convstudio.network.terms import Cells, Row, Scanning, Sum


@dataclass(frozen=True, eq=False)
class Mask:
    """Masks (outputs, inputs of a group, *cells) with how they are scanned; `before` is the padding in front."""

    weights: Tensor
    bias: Tensor | None
    stride: tuple[int, ...]
    before: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    mode: str
    fixed: bool = False


def convolution(scene: Scene) -> Sum:
    return slid(scene.input, of_module(scene.part), scene.channel, scene.place, scene.value)


def fixed_mask(scene: Scene) -> Sum:
    """A function whose weights are a constant; its options have the names of a module's."""
    masks, given = scene.part.numbers, scene.options()
    cells = masks.shape[2:]
    stride, dilation = (by_axis(given.get(name, 1), scene.rank) for name in ("stride", "dilation"))
    before = _before(given.get("padding", 0), cells, dilation)
    mask = Mask(masks, None, stride, before, dilation, _whole(given.get("groups", 1)), "zeros", True)
    return slid(scene.input, mask, scene.channel, scene.place, scene.value)


def neuron(scene: Scene) -> Sum:
    """`form` is the shape that the inputs had before they were laid in a row."""
    weights, bias = weight(scene.part), weight(scene.part, "bias")
    assert weights is not None
    row = Row(0, numbers(scene.input), numbers(weights[scene.channel]))
    shift = None if bias is None else number(bias[scene.channel])
    places = tuple((place,) for place in range(len(row.values)))
    return Sum("neuron", Cells((len(places),), places), (row,), shift, scene.value, form=_form(scene))


def of_module(module: Any) -> Mask:
    """The masks of an nn.Conv1d, 2d or 3d."""
    cells = module.weight.shape[2:]
    before = _before(module.padding, cells, module.dilation)
    return Mask(
        module.weight.detach(),
        weight(module, "bias"),
        module.stride,
        before,
        module.dilation,
        module.groups,
        module.padding_mode,
    )


def slid(maps: Tensor, mask: Mask, channel: int, place: tuple[int, ...], result: float) -> Sum:
    """The sum at one place of one output channel."""
    axes = window(mask, place, tuple(maps.shape[1:]))
    inputs = mask.weights.shape[1]
    first = channel // (len(mask.weights) // mask.groups) * inputs
    values = taps.rows_of(taps.patch(maps[first : first + inputs], axes))
    weights = taps.rows_of(mask.weights[channel])
    rows = tuple(Row(first + n, *both) for n, both in enumerate(zip(values, weights, strict=True)))
    bias = None if mask.bias is None else number(mask.bias[channel])
    scanning = Scanning(mask.stride, mask.dilation, mask.mode, mask.groups, mask.fixed)
    return Sum("convolution", taps.cells(axes), rows, bias, result, scanning)


def window(mask: Mask, place: tuple[int, ...], lengths: tuple[int, ...]) -> list[taps.Along]:
    """What the mask covers at a place, by axis."""
    moves = zip(place, mask.stride, mask.before, mask.dilation, mask.weights.shape[2:], lengths, strict=True)
    return [taps.along(at * step - before, cells, gap, n, mask.mode) for at, step, before, gap, cells, n in moves]


def _before(padding: Any, cells: torch.Size, dilation: tuple[int, ...]) -> tuple[int, ...]:
    """Padding in front of each axis; of an odd number of cells 'same' puts the smaller half there."""
    if padding == "same":
        return tuple(gap * (count - 1) // 2 for gap, count in zip(dilation, cells, strict=True))
    return by_axis(padding, len(cells))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _form(scene: Scene) -> tuple[int, ...]:
    """The shape of the result that was laid in the row which arrives, seen through blocks that keep each value's place.

    () where the inputs were never anything but a row.
    """
    block = scene.sources[0]
    while block in scene.live.sources and (before := scene.live.sources[block]):
        shapes = scene.live.shapes
        if len(before) > 1 or shapes[before[0]].size != shapes[block].size or _mixes(scene.live.calls[block]):
            return ()
        if shapes[before[0]].rank:
            return shapes[before[0]].dims
        block = before[0]
    return ()


def _mixes(call: Any) -> bool:
    return call is not None and call.function == "nn.Linear"
