"""Remedies for blocks that join several inputs: a block in front of one input that makes it like the others."""

from __future__ import annotations

from collections.abc import Iterator

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.crop import Crop
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.pad import Pad
from convstudio.blocks.pointwise import Pointwise
from convstudio.network.layer import Layer, Remedy, shortened
from convstudio.network.shape import Shape


def to_equal_shapes(inputs: tuple[Shape, ...]) -> tuple[Remedy, ...]:
    """Give one input the shape of all others, as on the way around a residual block (He et al. 2016, section 3.3)."""
    found = []
    for port, came, wanted in sorted(_odd_ones(inputs), key=lambda odd: odd[1].channels):
        for layer in (_projection(came, wanted), *_edged(came, wanted)):
            if layer and layer.output((came,)) == wanted:
                found.append(Remedy(f"Insert {layer.heading()}: {came.compact} → {wanted.compact}", layer, True, port))
                break
    return tuple(found)


def to_equal_sizes(inputs: tuple[Shape, ...]) -> tuple[Remedy, ...]:
    """Give one input the axes of all others; channels may differ."""
    found = []
    for port, came, wanted in _odd_ones(tuple(Shape(1, shape.axes) for shape in inputs)):
        for layer in _shrinking(came, wanted):
            made = layer.output((inputs[port],))
            if isinstance(made, Shape) and made.axes == wanted.axes:
                words = f"Insert {layer.heading()}: {inputs[port].compact} → {made.compact}"
                found.append(Remedy(words, layer, True, port))
    return tuple(found)


def _odd_ones(inputs: tuple[Shape, ...]) -> Iterator[tuple[int, Shape, Shape]]:
    """Each input that alone differs: its port's number, its shape, and the shape of all others."""
    for port, came in enumerate(inputs):
        others = {shape for n, shape in enumerate(inputs) if n != port}
        if len(others) == 1 and came not in others:
            yield port, came, others.pop()


def _projection(came: Shape, wanted: Shape) -> Layer | None:
    if came.rank != wanted.rank:
        return None
    if not came.rank:
        return FullyConnected(channels=wanted.channels)
    if came.axes == wanted.axes:
        return Pointwise(channels=wanted.channels)
    steps = tuple(-(-n // m) for n, m in zip(came.axes, wanted.axes, strict=True))
    return Convolution(channels=wanted.channels, mask=(1,), stride=shortened(steps), padding="none")


def _shrinking(came: Shape, wanted: Shape) -> tuple[Layer, ...]:
    if not wanted.rank:
        return (Flatten(), GlobalAveragePool())
    if came.rank != wanted.rank:
        return ()
    steps = tuple(max(1, n // m) for n, m in zip(came.axes, wanted.axes, strict=True))
    return (MaxPool(window=shortened(steps), stride=shortened(steps)), *_edged(came, wanted))


def _edged(came: Shape, wanted: Shape) -> tuple[Layer, ...]:
    """Maps that are nearly as large lose some cells at their edges, or get some; the odd one behind."""
    pairs = list(zip(came.axes, wanted.axes, strict=True)) if came.rank == wanted.rank else []
    more = tuple(n - m for n, m in pairs)
    if not pairs or any(2 * abs(n - m) >= max(n, m) for n, m in pairs) or len({n > 0 for n in more if n}) != 1:
        return ()
    before, after = tuple(abs(n) // 2 for n in more), tuple(abs(n) - abs(n) // 2 for n in more)
    kind = Crop if max(more) > 0 else Pad
    return (kind(before=shortened(before), after=shortened(after)),)
