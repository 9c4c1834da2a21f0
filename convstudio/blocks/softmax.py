"""Softmax: the channels become shares that add up to 1."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation
from convstudio.network.call import Call
from convstudio.network.shape import Shape


class Softmax(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "softmax"
    title: ClassVar[str] = "Softmax"
    glyph: ClassVar[str] = "S"
    stem: ClassVar[str] = "softmax"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    about: ClassVar[str] = (
        "Makes shares of the channels, exp(x) divided by the sum over all of them, so that they add up to 1 at each "
        "place. It serves attention inside a network; before the Output it would be one too many, since training "
        "applies a softmax there itself."
    )
    function: ClassVar[str] = "torch.softmax"

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function, (1,))
