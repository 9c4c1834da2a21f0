"""What other blocks would cost in a block's place, for those with masks and for pooling."""

from __future__ import annotations

from msgspec import Struct

from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.separable import Separable
from convstudio.blocks.transposed import Transposed
from convstudio.blocks.upsample import Upsample
from convstudio.network.layer import Layer, Misfit
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

Chain = tuple[Layer, ...]
"""One block, or two that do its work one after the other."""


class Rival(Struct, frozen=True):
    """One way to fill the place: its name, its colour token, what it costs, and whether it is the one there now."""

    name: str
    colour: str
    parameters: int
    multiply_adds: int
    present: bool


def rivals(layer: Layer, came: Shape) -> tuple[Rival, ...]:
    """The layer beside its relatives that give out the same shape; dearest first. () where it has none."""
    own = _costs((layer,), came)
    if own is None:
        return ()
    chains = dict.fromkeys(((layer,), *_relatives(layer, came)))
    found = [
        Rival(_name(chain), chain[-1].colour, costs[1], costs[2], chain == (layer,))
        for chain in chains
        if (costs := _costs(chain, came)) and costs[0] == own[0]
    ]
    return tuple(sorted(found, key=lambda r: (-r.parameters, -r.multiply_adds))) if len(found) > 1 else ()


def _relatives(layer: Layer, came: Shape) -> tuple[Chain, ...]:
    if isinstance(layer, Convolution | Separable):
        return _convolutions(layer)
    if isinstance(layer, Depthwise):
        return _around_depthwise(layer, came)
    if isinstance(layer, Pointwise):
        return (
            (Convolution(channels=layer.channels, bias=layer.bias),),
            (Separable(channels=layer.channels, bias=layer.bias),),
        )
    if isinstance(layer, Transposed):
        return _growing(layer)
    return _shrinking(layer, came) if isinstance(layer, MaxPool) else ()


def _convolutions(layer: Convolution | Separable) -> tuple[Chain, ...]:
    """Plain, dilated and separable, with this mask and with the wider one that dilation reaches."""
    wider = tuple((m - 1) * 2 + 1 for m in layer.mask)
    common = {"channels": layer.channels, "stride": layer.stride, "padding": layer.padding, "bias": layer.bias}
    return (
        (Convolution(mask=wider, **common),),  # type: ignore[arg-type]
        (Convolution(mask=layer.mask, **common),),  # type: ignore[arg-type]
        (Dilated(mask=layer.mask, dilation=(2,), **common),),  # type: ignore[arg-type]
        (Separable(mask=wider, **common),),  # type: ignore[arg-type]
        (Separable(mask=layer.mask, **common),),  # type: ignore[arg-type]
    )


def _around_depthwise(layer: Depthwise, came: Shape) -> tuple[Chain, ...]:
    common = {
        "channels": came.channels * layer.multiplier,
        "mask": layer.mask,
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "bias": layer.bias,
    }
    return ((Convolution(**common),), (Separable(**common),))  # type: ignore[arg-type]


def _growing(layer: Transposed) -> tuple[Chain, ...]:
    """A mask twice the stride, whose results overlap; and upsampling before a convolution."""
    if max(layer.stride) > 64:
        return ()
    convolution = Convolution(channels=layer.channels, bias=layer.bias)
    double = tuple(2 * s for s in layer.stride)
    fitting = tuple((m - s) // 2 for m, s in zip(double, layer.stride, strict=True))
    return (
        (Transposed(channels=layer.channels, mask=layer.stride, stride=layer.stride, bias=layer.bias),),
        (Transposed(channels=layer.channels, mask=double, stride=layer.stride, padding=fitting, bias=layer.bias),),
        (Upsample(factor=layer.stride), convolution),
        (Upsample(factor=layer.stride), Separable(channels=layer.channels, bias=layer.bias)),
    )


def _shrinking(layer: MaxPool, came: Shape) -> tuple[Chain, ...]:
    """The other pooling, and convolutions that move by as much."""
    window = {"window": layer.window, "stride": layer.stride, "padding": layer.padding}
    masks = {"mask": layer.window, "stride": layer.stride, "padding": layer.padding}
    other = MaxPool if isinstance(layer, AveragePool) else AveragePool
    return (
        (other(**window),),
        (Depthwise(**masks),),  # type: ignore[arg-type]
        (Convolution(channels=came.channels, **masks),),  # type: ignore[arg-type]
    )


def _costs(chain: Chain, came: Shape) -> tuple[Shape, int, int] | None:
    """Shape of the result, weights and multiply-adds; None where a block does not fit."""
    weights = work = 0
    for layer in chain:
        found = measure(layer, (came,))
        if found.output is None or isinstance(found.output, Misfit):
            return None
        came, weights, work = found.output, weights + found.parameters, work + found.multiply_adds
    return came, weights, work


def _name(chain: Chain) -> str:
    return " + ".join(layer.heading() for layer in chain)
