"""Average pooling: the mean of each region stands for it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks.pool import Pool
from convstudio.network.call import Call
from convstudio.network.layer import Misfit, times
from convstudio.network.shape import Shape


class AveragePool(Pool, frozen=True, kw_only=True):
    kind: ClassVar[str] = "average_pool"
    title: ClassVar[str] = "Average pool"
    glyph: ClassVar[str] = "A"
    stem: ClassVar[str] = "average_pool"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "The map is divided into regions, and the mean of each represents it, as in the first networks for digits "
        "(LeNet, 1998). There is nothing to learn."
    )
    function: ClassVar[str] = "F.avg_pool"

    count_padding: Annotated[
        bool,
        Meta(title="Count padding", description="The mean counts the padding as zeros; else only what is there."),
    ] = True

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        call = super().call(inputs)
        if self.count_padding or not any(self.padding):
            return call
        return replace(call, options=(*call.options, ("count_include_pad", False)))

    def _fit(self, came: Shape) -> Shape | Misfit:
        """On a clip torch wants a region to fit without the padding as well."""
        found = super()._fit(came)
        if isinstance(found, Misfit) or came.rank < 3:
            return found
        window = tuple(m.mask for m in self._fitting(came))
        if all(cells <= length for cells, length in zip(window, came.axes, strict=True)):
            return found
        return Misfit(
            "The window is larger than the clip",
            f"A window of {times(window)} needs a clip of that size without padding; this one is {times(came.axes)}.",
        )
