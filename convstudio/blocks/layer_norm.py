"""Layer normalisation: each sample gets mean 0 and variance 1 over all its values, then a learned scale and shift."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape

SINGLE = Misfit(
    "A single number has no spread",
    "Only 1 number arrives; scaled to mean 0 it would always be 0.",
    (Remedy("Leave it out", None),),
)
"""Nothing can be normalised; no settings help."""


class LayerNorm(Layer, frozen=True, kw_only=True):
    """Ba, Kiros and Hinton, "Layer Normalization" (2016), over channels and axes."""

    kind: ClassVar[str] = "layer_norm"
    title: ClassVar[str] = "Layer norm"
    section: ClassVar[str] = "Normalise"
    colour: ClassVar[str] = "normalisation"
    glyph: ClassVar[str] = "N"
    stem: ClassVar[str] = "layer_norm"
    about: ClassVar[str] = (
        "All values of a sample together, over channels and axes, are shifted and scaled to mean 0 and variance 1, "
        "then each by a learned scale and shift of its own. Other samples do not matter, so that it works with any "
        "mini-batch. Every result depends on all the values, so that its receptive field is everything."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.size > 1:
            return came
        return SINGLE

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return 2 * inputs[0].size

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        cells = " · ".join(str(n) for n in inputs[0].dims)
        return (f"scale and shift 2 · ({cells}) = {grouped(self.parameters(inputs))}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        return Call("nn.LayerNorm", (came.dims if came.rank else came.channels,))
