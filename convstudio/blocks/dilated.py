"""Dilated convolution: a mask with gaps, which covers more of the image with the same number of weights."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.convolution import Convolution, Dilation
from convstudio.network.layer import times


class Dilated(Convolution, frozen=True, kw_only=True):
    kind: ClassVar[str] = "dilated"
    title: ClassVar[str] = "Dilated"
    colour: ClassVar[str] = "dilated"
    glyph: ClassVar[str] = "D"
    stem: ClassVar[str] = "dilated"
    about: ClassVar[str] = (
        "The cells of the mask stand apart: with dilation 2 a 3 × 3 mask covers 5 × 5 pixels and still has 9 weights. "
        "It sees a wider context for the same price."
    )

    dilation: Dilation = (2,)

    def heading(self) -> str:
        apart = ",".join(str(d) for d in dict.fromkeys(self.dilation))
        return f"{self.title} {times(self.mask)} · d {apart}"
