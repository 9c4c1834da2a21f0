"""Multiply: the product, value by value; one number a channel is multiplied with the whole map."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.elementwise import Elementwise
from convstudio.network.call import Call
from convstudio.network.layer import Misfit, Window
from convstudio.network.shape import Shape


class Multiply(Elementwise, frozen=True, kw_only=True):
    kind: ClassVar[str] = "multiply"
    title: ClassVar[str] = "Multiply"
    glyph: ClassVar[str] = "×"
    stem: ClassVar[str] = "multiply"
    about: ClassVar[str] = (
        "Multiplies what arrives, value by value. With a Sigmoid on one way it makes a gate: where that gives 0 "
        "nothing passes, where it gives 1 everything does. A row of numbers, one a channel, weighs whole maps, as in "
        "squeeze-and-excite; a single map weighs the places of all maps."
    )
    operator: ClassVar[str] = "*"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        result = _largest(inputs)
        if all(_stretches(shape, result) for shape in inputs):
            return result
        return Misfit(
            "Multiply needs shapes that fit",
            f"{' and '.join(map(str, inputs))} arrive here. They must be equal, or one of them a number for each "
            f"channel ({result.channels}), or a single map.",
        )

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return tuple(Window() for _ in _largest(inputs).axes)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        rank = _largest(inputs).rank
        lifted = tuple(rank - shape.rank for shape in inputs)
        return Call(self.operator, lifted=lifted if any(lifted) else ())


def _largest(inputs: tuple[Shape, ...]) -> Shape:
    """The longest of each axis, channels included, among the inputs with the most axes."""
    most = max(shape.rank for shape in inputs)
    full = [shape.dims for shape in inputs if shape.rank == most]
    channels, *axes = (max(lengths) for lengths in zip(*full, strict=True))
    return Shape(channels, tuple(axes))


def _stretches(shape: Shape, result: Shape) -> bool:
    """Equal, one number for each channel, or one map for all channels."""
    gate = shape.channels == result.channels and set(shape.axes) <= {1}
    single = shape.channels == 1 and shape.axes == result.axes
    return shape == result or gate or single
