"""Max pooling: the strongest value of each region stands for it."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from convstudio.blocks.convolution import Dilation
from convstudio.blocks.pool import Pool
from convstudio.network.layer import Sizes
from convstudio.network.shape import Shape


class MaxPool(Pool, frozen=True, kw_only=True):
    kind: ClassVar[str] = "max_pool"
    title: ClassVar[str] = "Max pool"
    glyph: ClassVar[str] = "M"
    stem: ClassVar[str] = "max_pool"
    about: ClassVar[str] = (
        "The map is divided into regions, and the strongest value of each represents it. The map shrinks, and small "
        "shifts of the image matter less. There is nothing to learn."
    )
    function: ClassVar[str] = "F.max_pool"

    dilation: Dilation = (1,)

    @property
    def gaps(self) -> Sizes:
        return self.dilation

    def heading(self) -> str:
        apart = ",".join(str(d) for d in dict.fromkeys(self.dilation))
        return super().heading() if apart == "1" else f"{super().heading()} · d {apart}"

    def _ways_out(self, came: Shape) -> tuple[tuple[str, Pool], ...]:
        """Where the cells lie apart, closing up is the first to try."""
        if max(self.dilation) == 1:
            return super()._ways_out(came)
        return ("Use dilation 1", replace(self, dilation=(1,))), *super()._ways_out(came)
