"""Clipped ReLU: negative values become 0, and values above a ceiling the ceiling."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks.activation import Activation
from convstudio.network.call import Call
from convstudio.network.shape import Shape


class ClippedReLU(Activation, frozen=True, kw_only=True):
    """With the ceiling 6 it is the ReLU6 of A. Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10" (2010)."""

    kind: ClassVar[str] = "clipped_relu"
    title: ClassVar[str] = "Clipped ReLU"
    glyph: ClassVar[str] = "6"
    stem: ClassVar[str] = "clipped_relu"
    about: ClassVar[str] = (
        "Negative values become 0, values above a ceiling become the ceiling. MobileNet has it with the ceiling 6 "
        "(ReLU6): results of a known range need few bits."
    )
    function: ClassVar[str] = "F.hardtanh"

    ceiling: Annotated[float, Meta(ge=0.01, le=1000, title="Ceiling", description="No value becomes larger.")] = 6.0

    def heading(self) -> str:
        return f"{self.title} {self.ceiling:g}"

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function, (), (("min_val", 0.0), ("max_val", self.ceiling)))
