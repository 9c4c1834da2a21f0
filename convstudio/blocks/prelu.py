"""PReLU: negative values are multiplied by a slope that training learns."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks.activation import Activation
from convstudio.network.call import Call
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class PReLU(Activation, frozen=True, kw_only=True):
    """He, Zhang, Ren and Sun, "Delving Deep into Rectifiers" (2015), section 2.1."""

    kind: ClassVar[str] = "prelu"
    title: ClassVar[str] = "PReLU"
    glyph: ClassVar[str] = "P"
    stem: ClassVar[str] = "prelu"
    about: ClassVar[str] = (
        "Positive values stay, negative ones are multiplied by a slope that is learned with the rest: one for each "
        "channel, or one for all. It starts at 0.25."
    )
    function: ClassVar[str] = "nn.PReLU"

    shared: Annotated[bool, Meta(title="One slope", description="A single slope for all channels.")] = False

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return 1 if self.shared else inputs[0].channels

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return (f"slopes = {grouped(self.parameters(inputs))}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function, (self.parameters(inputs),))
