"""What the blocks share that join equal shapes value by value."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks import matching
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit
from convstudio.network.shape import Shape


class Elementwise(Layer, frozen=True, kw_only=True):
    """Base of Add and Multiply: any number of inputs of one shape, and an operator between them."""

    section: ClassVar[str] = "Combine"
    colour: ClassVar[str] = "combine"
    ports: ClassVar[tuple[str, ...]] = ("in", "in_2")
    merging: ClassVar[bool] = True
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True
    operator: ClassVar[str]
    """As Python writes it."""

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        if len(set(inputs)) == 1:
            return inputs[0]
        words = f"{' and '.join(map(str, inputs))} arrive here."
        return Misfit(f"{self.title} needs equal shapes", words, matching.to_equal_shapes(inputs))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.operator)
