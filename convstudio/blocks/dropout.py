"""Dropout: while training, a random part of the values is set to 0."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape


class Dropout(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    section: ClassVar[str] = "Normalise"
    colour: ClassVar[str] = "normalisation"
    glyph: ClassVar[str] = "D"
    stem: ClassVar[str] = "dropout"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "While training, each value is set to 0 with this probability and the others grow to keep the mean, so that "
        "no neuron can rely on a single other one. It does nothing once the network is trained."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    share: Annotated[
        float, Meta(ge=0, lt=1, title="Share", description="Probability with which a value is set to 0.")
    ] = 0.5

    def heading(self) -> str:
        return f"{self.title} {self.share:g}"

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("nn.Dropout", (self.share,))
