"""The lens of a transposed convolution: which input cells reach a unit, and with which cell of the mask."""

from __future__ import annotations

from itertools import product

from torch import Tensor

from convstudio.engine.lens import taps
from convstudio.engine.lens.scene import Scene, number, weight
from convstudio.network.terms import Cells, Row, Scanning, Spread, Sum


def transposed(scene: Scene) -> Spread:
    """Input cell i lays its mask from i · stride - padding on; so tap t of it reaches i · stride - padding + d · t."""
    module, masks = scene.part, _masks(scene)
    axes = [
        _reached(at + cut, step, gap, count, length)
        for at, cut, step, gap, count, length in zip(
            scene.place, module.padding, module.stride, module.dilation, masks.shape[1:], scene.axes, strict=True
        )
    ]
    first = scene.channel // (module.out_channels // module.groups) * len(masks)
    maps = scene.input[first : first + len(masks)]
    values = taps.rows_of(_picked(maps, [[cell for cell, _ in axis] for axis in axes]))
    weights = taps.rows_of(_picked(masks, [[tap for _, tap in axis] for axis in axes]))
    rows = tuple(Row(first + n, *both) for n, both in enumerate(zip(values, weights, strict=True)))
    bias = weight(module, "bias")
    shift = None if bias is None else number(bias[scene.channel])
    together = list(product(*axes))
    cells = Cells(tuple(map(len, axes)), tuple(tuple(cell for cell, _ in both) for both in together))
    scanning = Scanning(module.stride, module.dilation, groups=module.groups)
    return Spread(
        Sum("convolution", cells, rows, shift, scene.value, scanning),
        tuple(tuple(tap for _, tap in both) for both in together),
        tuple(masks.shape[1:]),
        tuple(taps.rows_of(masks)),
        tuple(module.padding),
        scene.value,
    )


def _masks(scene: Scene) -> Tensor:
    """(inputs of the group, *cells): the weights that lead to the unit's channel."""
    module, masks = scene.part, weight(scene.part)
    assert masks is not None
    inputs, outputs = module.in_channels // module.groups, module.out_channels // module.groups
    group, inside = divmod(scene.channel, outputs)
    return masks[group * inputs : (group + 1) * inputs, inside]


def _reached(place: int, step: int, gap: int, count: int, length: int) -> list[tuple[int, int]]:
    """Along one axis: (input cell, tap of the mask) for all that meet at a place, from the left."""
    meeting = [((place - gap * tap) // step, tap) for tap in range(count) if (place - gap * tap) % step == 0]
    return sorted((cell, tap) for cell, tap in meeting if 0 <= cell < length)


def _picked(values: Tensor, axes: list[list[int]]) -> Tensor:
    return taps.patch(values, [[(at, at) for at in axis] for axis in axes])
