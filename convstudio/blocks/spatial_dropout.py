"""Spatial dropout: while training, random maps are set to 0 as a whole."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks.dropout import Dropout
from convstudio.network.call import Call
from convstudio.network.layer import Misfit, Remedy
from convstudio.network.shape import Shape


class SpatialDropout(Dropout, frozen=True, kw_only=True):
    kind: ClassVar[str] = "spatial_dropout"
    title: ClassVar[str] = "Spatial dropout"
    glyph: ClassVar[str] = "D"
    stem: ClassVar[str] = "spatial_dropout"
    about: ClassVar[str] = (
        "While training, each map is set to 0 as a whole with this probability, and the others grow to keep the mean. "
        "Neighbouring pixels say nearly the same, so that dropping single ones teaches a convolution little. It does "
        "nothing once the network is trained."
    )

    share: Annotated[
        float, Meta(ge=0, lt=1, title="Share", description="Probability with which a map is set to 0.")
    ] = 0.2

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank:
            return came
        return Misfit(
            "There are no maps to drop",
            f"What arrives is {came.words}, without maps. Dropout sets single numbers to 0.",
            (Remedy("Use Dropout", Dropout(share=self.share)),),
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(f"nn.Dropout{inputs[0].rank}d", (self.share,))
