"""ELU: negative values bend smoothly towards a floor."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks.activation import Activation
from convstudio.network.call import Call
from convstudio.network.shape import Shape


class ELU(Activation, frozen=True, kw_only=True):
    """Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by ELUs" (2015), equation 15."""

    kind: ClassVar[str] = "elu"
    title: ClassVar[str] = "ELU"
    glyph: ClassVar[str] = "E"
    stem: ClassVar[str] = "elu"
    about: ClassVar[str] = (
        "Positive values stay, negative ones bend smoothly towards a floor, alpha · (exp(x) - 1). The mean of the "
        "values stays nearer to 0 than after a ReLU, and no neuron falls silent for good."
    )
    function: ClassVar[str] = "F.elu"

    alpha: Annotated[float, Meta(ge=0, le=10, title="Alpha", description="How far below 0 the floor lies.")] = 1.0

    def heading(self) -> str:
        return self.title if self.alpha == 1 else f"{self.title} {self.alpha:g}"

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function, (), (("alpha", self.alpha),))
