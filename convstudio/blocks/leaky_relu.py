"""Leaky ReLU: negative values become small instead of 0."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks.activation import Activation
from convstudio.network.call import Call
from convstudio.network.shape import Shape


class LeakyReLU(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "leaky_relu"
    title: ClassVar[str] = "Leaky ReLU"
    glyph: ClassVar[str] = "L"
    stem: ClassVar[str] = "leaky_relu"
    about: ClassVar[str] = (
        "Positive values stay, negative ones are multiplied by a small slope instead of becoming 0. So a neuron that "
        "gives only negative values can still learn its way back."
    )
    function: ClassVar[str] = "F.leaky_relu"

    slope: Annotated[
        float, Meta(ge=0, le=1, title="Slope", description="Factor for negative values; 0 makes a ReLU.")
    ] = 0.01

    def heading(self) -> str:
        return f"{self.title} {self.slope:g}"

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function, (), (("negative_slope", self.slope),))
