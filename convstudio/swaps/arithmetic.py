"""Where a saving comes from: the formulas of the lecture with the numbers of a block filled in.

The share of depthwise and pointwise together, 1/N + 1/k², is that of Howard and others, "MobileNets" (2017), section
3.1.
"""

from __future__ import annotations

from math import prod

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.separable import Separable
from convstudio.network.layer import Layer, across, times
from convstudio.network.numbers import grouped
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.swaps.twins import as_convolution


def work(layer: Layer, came: Shape) -> tuple[str, ...]:
    """How the multiply-adds of a layer come about, a line a formula; () for what has none of a convolution."""
    plain = as_convolution(layer, came)
    found = measure(layer, (came,)).output
    if plain is None or found is None:
        return ()
    mask, places = across(plain.mask, came.rank) or plain.mask, found.axes
    if isinstance(layer, Separable):
        return _stages(layer, came, mask, places)
    groups = came.channels if isinstance(layer, Depthwise) else getattr(layer, "groups", 1)
    line = f"multiply-adds {_product(plain.channels, came.channels, groups, mask, places)}"
    lines = [f"{line} = {grouped(measure(layer, (came,)).multiply_adds)}"]
    if groups > 1:
        lines.append(f"of a plain one 1/groups = 1/{groups} = {1 / groups:.3g}")
    if isinstance(layer, Convolution) and max(layer.dilation) > 1:
        lines.append(_gaps(mask, across(layer.dilation, came.rank) or layer.dilation))
    return tuple(lines)


def plain_share(layer: Layer, came: Shape) -> float | None:
    """The part of a plain convolution's multiply-adds that the formula says; None where there is no formula."""
    plain = as_convolution(layer, came)
    if plain is None:
        return None
    if isinstance(layer, Separable):
        cells = prod(across(layer.mask, came.rank) or layer.mask)
        return layer.multiplier * (1 / layer.channels + 1 / cells)
    if isinstance(layer, Depthwise):
        return 1 / came.channels
    return 1 / getattr(layer, "groups", 1)


def stride_line(before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """What a stride instead of a pooling saves: the mask stops at fewer places."""
    share = prod(after) / prod(before)
    return f"places {_sides(after)} instead of {_sides(before)}: {share:.3g} of the multiply-adds"


def _stages(layer: Separable, came: Shape, mask: tuple[int, ...], places: tuple[int, ...]) -> tuple[str, ...]:
    filtered = came.channels * layer.multiplier
    first, second = filtered * prod(mask) * prod(places), layer.channels * filtered * prod(places)
    times_m = f"{layer.multiplier} · (" if layer.multiplier > 1 else ""
    close = ")" if times_m else ""
    cells = prod(mask)
    share = plain_share(layer, came) or 0.0
    return (
        f"depthwise {filtered} · {_sides(mask)} · {_sides(places)} = {grouped(first)}",
        f"pointwise {layer.channels} · {filtered} · {_sides(places)} = {grouped(second)}",
        f"of a plain {times(layer.mask)} {times_m}1/N + 1/k²{close} = {times_m}1/{layer.channels} + 1/{cells}{close}"
        f" = {share:.3g}",
    )


def _product(made: int, came: int, groups: int, mask: tuple[int, ...], places: tuple[int, ...]) -> str:
    part = f"{came}/{groups}" if groups > 1 else f"{came}"
    return f"{made} · ({part} · {_sides(mask)}) · {_sides(places)}"


def _gaps(mask: tuple[int, ...], gaps: tuple[int, ...]) -> str:
    reach = tuple((m - 1) * d + 1 for m, d in zip(mask, gaps, strict=True))
    formula = f"({mask[0]} - 1) · {gaps[0]} + 1 = {reach[0]}"
    share = prod(mask) / prod(reach)
    return f"field {formula}: {prod(mask)} weights of the {prod(reach)} of a full mask = {share:.3g}"


def _sides(sizes: tuple[int, ...]) -> str:
    return " · ".join(str(n) for n in sizes)
