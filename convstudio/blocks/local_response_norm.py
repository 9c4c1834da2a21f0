"""Local response normalisation: each value is divided by how strong its neighbours in other maps are."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit
from convstudio.network.shape import Shape


class LocalResponseNorm(Layer, frozen=True, kw_only=True):
    """Krizhevsky, Sutskever and Hinton, "ImageNet Classification" (2012), section 3.3; alpha counts the mean."""

    kind: ClassVar[str] = "local_response_norm"
    title: ClassVar[str] = "Local response"
    section: ClassVar[str] = "Normalise"
    colour: ClassVar[str] = "normalisation"
    glyph: ClassVar[str] = "R"
    stem: ClassVar[str] = "local_response"
    about: ClassVar[str] = (
        "Each value is divided by (k + alpha · the mean of the squares at its place in the neighbouring maps) to the "
        "power beta, so that strong answers quieten their neighbours. AlexNet (2012) had it with size 5; batch norm "
        "has taken its place. There is nothing to learn."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    size: Annotated[
        int, Meta(ge=1, le=255, title="Size", description="Neighbouring maps, the own one in the middle: odd.")
    ] = 5
    alpha: Annotated[float, Meta(ge=0, le=1000, title="Alpha", description="How much the neighbours count.")] = 1e-4
    beta: Annotated[float, Meta(ge=0, le=10, title="Beta", description="The power of the divisor.")] = 0.75
    k: Annotated[float, Meta(ge=1e-6, le=1000, title="k", description="Keeps the divisor away from 0.")] = 2.0

    def fault(self) -> str | None:
        if self.size % 2:
            return None
        return f"{self.size} neighbouring maps have none in the middle: choose {self.size - 1} or {self.size + 1}."

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank:
            return came
        return Misfit(
            "There are no maps to compare",
            f"What arrives is {came.words}, without maps. Put this block before the Flatten.",
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        options = (("alpha", self.alpha), ("beta", self.beta), ("k", self.k))
        return Call("F.local_response_norm", (self.size,), options)
