"""What else can fill a block's place and give out the same shape: for blocks with masks, and for pooling."""

from __future__ import annotations

from math import gcd

from msgspec import Struct
from msgspec.structs import replace

from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.pool import Pool
from convstudio.blocks.separable import Separable
from convstudio.blocks.sliding import Padding
from convstudio.blocks.transposed import Transposed
from convstudio.blocks.upsample import Upsample
from convstudio.network.layer import Layer, across, shortened
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

Chain = tuple[Layer, ...]
"""One block, or two that do its work one after the other."""
SWAPPABLE = (Convolution, Separable, Depthwise, Pointwise, Transposed, Pool)
LONGEST = 1024
"""The most cells of a mask along an axis."""
MOST_GROUPS = 8
NO_MEANS = "Average pooling takes the mean of cells side by side; those of this pool stand apart."


class Twin(Struct, frozen=True):
    """One way to fill the place; without layers `words` say why it cannot be. Twins of one `key` are one idea."""

    key: str
    title: str
    layers: Chain = ()
    words: str = ""

    @property
    def heading(self) -> str:
        return " + ".join(layer.heading() for layer in self.layers)


def twins(layer: Layer, came: Shape) -> tuple[Twin, ...]:
    """All ways but the layer's own, in the order in which they are worth a look; () where it has none, or no result."""
    own = measure(layer, (came,)).output
    if own is None or not isinstance(layer, SWAPPABLE):
        return ()
    seen: set[Chain] = {(layer,)}
    found: list[Twin] = []
    for twin in _ideas(layer, came):
        if twin.layers in seen:
            continue
        if twin.layers:
            seen.add(twin.layers)
            twin = _fitted(twin, came, own)
        found.append(twin)
    return tuple(found)


def _fitted(twin: Twin, came: Shape, own: Shape) -> Twin:
    """The twin, or why it does not give out the same shape."""
    for layer in twin.layers:
        result = measure(layer, (came,))
        if result.output is None:
            words = result.misfit.words if result.misfit else ""
            return replace(twin, layers=(), words=f"{layer.heading()}: {words}")
        came = result.output
    if came != own:
        return replace(twin, layers=(), words=f"{twin.heading} would give {came} instead of {own}.")
    return twin


def _ideas(layer: Layer, came: Shape) -> list[Twin]:
    if isinstance(layer, Depthwise):
        return _of_depthwise(layer, came)
    if isinstance(layer, Transposed):
        return _growing(layer)
    if isinstance(layer, Pool):
        return _shrinking(layer, came)
    plain = as_convolution(layer, came)
    return _of_convolution(plain, came) if plain else []


def as_convolution(layer: Layer, came: Shape) -> Convolution | None:
    """The plain convolution of the same mask, without groups; None for what is no convolution."""
    if isinstance(layer, Pointwise):
        return Convolution(channels=layer.channels, mask=(1,), bias=layer.bias)
    if isinstance(layer, Convolution | Separable | Depthwise):
        return Convolution(
            channels=came.channels * layer.multiplier if isinstance(layer, Depthwise) else layer.channels,
            mask=layer.mask,
            stride=layer.stride,
            padding=layer.padding,
            padding_mode=layer.padding_mode,
            dilation=layer.dilation,
            bias=layer.bias,
        )
    return None


def _of_convolution(plain: Convolution, came: Shape) -> list[Twin]:
    """The plain one with other masks, with gaps, in stages, and in groups."""
    rank = came.rank
    mask, gaps = across(plain.mask, rank) or plain.mask, across(plain.dilation, rank) or plain.dilation
    if len(mask) != len(gaps):
        return []
    wider, reach = tuple(2 * m - 1 if m > 1 else 3 for m in mask), _reach(mask, gaps)
    one = (1,) * len(mask)
    larger = _masked(plain, came, wider, one)
    found = [
        Twin("standard", "Standard mask", (_masked(plain, came, mask, one),)),
        Twin("larger", "Larger mask", (larger,)),
        Twin("full", "Full mask, same field", (_masked(plain, came, reach, one),)),
        *_dilated(plain, came, mask, gaps),
        _separable("separable", "Depthwise + pointwise", plain, mask),
        _separable("separable_larger", "Depthwise + pointwise, larger", larger, wider),
        _grouped(plain, came),
    ]
    return [twin for twin in found if all(max(getattr(layer, "mask", one)) <= LONGEST for layer in twin.layers)]


def _reach(mask: tuple[int, ...], gaps: tuple[int, ...]) -> tuple[int, ...]:
    """Cells that a mask covers along each axis, its gaps included."""
    return tuple((m - 1) * d + 1 for m, d in zip(mask, gaps, strict=True))


def _masked(
    plain: Convolution, came: Shape, mask: tuple[int, ...], gaps: tuple[int, ...], kind: type[Convolution] = Convolution
) -> Convolution:
    """The convolution with another mask, and as much padding more or less as keeps the shape."""
    return kind(
        channels=plain.channels,
        mask=shortened(mask),
        stride=plain.stride,
        padding=_kept(plain, came, _reach(mask, gaps)),
        padding_mode=plain.padding_mode,
        dilation=shortened(gaps),
        bias=plain.bias,
    )


def _kept(plain: Convolution, came: Shape, reach: tuple[int, ...]) -> Padding:
    """The padding with which a mask that reaches so far gives the same shape as the plain one."""
    if plain.padding == "same":
        return "same"
    rank = len(reach)
    before = (0,) * rank if isinstance(plain.padding, str) else across(plain.padding, rank)
    mask, gaps = across(plain.mask, rank), across(plain.dilation, rank)
    if before is None or mask is None or gaps is None:
        return plain.padding
    pairs = zip(before, reach, _reach(mask, gaps), strict=True)
    cells = tuple(max(0, b + (new - old) // 2) for b, new, old in pairs)
    return "none" if not any(cells) else shortened(cells)


def _dilated(plain: Convolution, came: Shape, mask: tuple[int, ...], gaps: tuple[int, ...]) -> list[Twin]:
    """With gaps: the same cells over a larger field, and fewer cells over the same field."""
    title, same = "Dilated mask", "Dilated mask, same field"
    if max(mask) == 1:
        return [Twin("dilated", title, words="A 1 × 1 mask has no cells that could stand apart.")]
    if max(gaps) > 1:
        return []
    two = tuple(2 if m > 1 else 1 for m in mask)
    found = [Twin("dilated", title, (_masked(plain, came, mask, two, Dilated),))]
    if all(m == 1 or (m > 3 and m % 2) for m in mask):
        fewer = tuple((m + 1) // 2 for m in mask)
        found.append(Twin("dilated_same", same, (_masked(plain, came, fewer, two, Dilated),)))
    return found


def _separable(key: str, title: str, plain: Convolution, mask: tuple[int, ...]) -> Twin:
    if max(mask) == 1:
        return Twin(key, title, words="A 1 × 1 mask is pointwise already: there is nothing to separate.")
    layer = Separable(
        channels=plain.channels,
        mask=shortened(mask),
        stride=plain.stride,
        padding=plain.padding,
        padding_mode=plain.padding_mode,
        dilation=plain.dilation,
        bias=plain.bias,
    )
    return Twin(key, title, (layer,))


def _grouped(plain: Convolution, came: Shape) -> Twin:
    """As many groups as fit, up to eight."""
    title, common = "In groups", gcd(came.channels, plain.channels)
    groups = next((n for n in range(MOST_GROUPS, 1, -1) if common % n == 0), 1)
    if groups > 1:
        return Twin("grouped", title, (replace(plain, groups=groups),))
    words = f"{came.channels} input and {plain.channels} output channels do not divide into up to {MOST_GROUPS} groups."
    return Twin("grouped", title, words=words)


def _of_depthwise(layer: Depthwise, came: Shape) -> list[Twin]:
    """The convolution that also mixes the maps, at once and in stages, and the depthwise one with a larger field."""
    plain = as_convolution(layer, came)
    assert plain is not None
    mask = across(layer.mask, came.rank) or layer.mask
    wider = _masked(plain, came, tuple(2 * m - 1 if m > 1 else 3 for m in mask), (1,) * len(mask))
    larger = replace(layer, mask=wider.mask, dilation=(1,), padding=wider.padding)
    return [
        Twin("standard", "Standard mask", (plain,)),
        Twin("larger", "Larger mask", (larger,)),
        _separable("separable", "Depthwise + pointwise", plain, mask),
    ]


def _growing(layer: Transposed) -> list[Twin]:
    """A mask twice the stride, whose results overlap; and upsampling before a convolution."""
    if max(layer.stride) > 64:
        return []
    convolution = Convolution(channels=layer.channels, bias=layer.bias)
    double = tuple(2 * s for s in layer.stride)
    fitting = tuple((m - s) // 2 for m, s in zip(double, layer.stride, strict=True))
    tight = Transposed(channels=layer.channels, mask=layer.stride, stride=layer.stride, bias=layer.bias)
    upsample = Upsample(factor=layer.stride)
    return [
        Twin("standard", "Mask as large as the stride", (tight,)),
        Twin("larger", "Overlapping masks", (replace(tight, mask=double, padding=fitting),)),
        Twin("upsampled", "Upsampling, then a convolution", (upsample, convolution)),
        Twin(
            "separable",
            "Upsampling, then depthwise + pointwise",
            (upsample, Separable(channels=layer.channels, bias=layer.bias)),
        ),
    ]


def _shrinking(layer: Pool, came: Shape) -> list[Twin]:
    """The other pooling, unless the cells lie apart, and convolutions that move by as much."""
    window, stride, padding, gaps = layer.window, layer.stride, layer.padding, layer.gaps
    other = MaxPool if isinstance(layer, AveragePool) else AveragePool
    swapped = (other(window=window, stride=stride, padding=padding),) if max(gaps) == 1 else ()
    depthwise = Depthwise(mask=window, stride=stride, padding=padding, dilation=gaps)
    convolution = Convolution(channels=came.channels, mask=window, stride=stride, padding=padding, dilation=gaps)
    return [
        Twin("other_pool", "The other pooling", swapped, words="" if swapped else NO_MEANS),
        Twin("strided_depthwise", "Strided depthwise", (depthwise,)),
        Twin("strided_convolution", "Strided convolution", (convolution,)),
    ]
