"""What the blocks share that add or cut off cells around the maps: numbers for both ends of each axis."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks import sliding
from convstudio.network.layer import Layer, Misfit, across
from convstudio.network.shape import Shape


class Margins(Layer, frozen=True, kw_only=True):
    """Base of Pad and Crop."""

    section: ClassVar[str] = "Resize"
    colour: ClassVar[str] = "pooling"
    linear: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    before: Annotated[
        sliding.Paddings, Meta(title="Before", description="Cells in front of each axis: on top, on the left.")
    ] = (1,)
    after: Annotated[
        sliding.Paddings, Meta(title="After", description="Cells behind each axis: at the bottom, on the right.")
    ] = (1,)

    def sides(self, came: Shape) -> tuple[tuple[int, int], ...] | Misfit:
        """Cells at both ends of each axis, or a misfit where there are numbers for other axes."""
        if came.rank == 0:
            return sliding.NO_AXES
        for name, cells in (("before", self.before), ("after", self.after)):
            if across(cells, came.rank) is None:
                return sliding.unlike_axes(name, cells, came.rank)
        return self.fitting(came)

    def fitting(self, came: Shape) -> tuple[tuple[int, int], ...]:
        """The same of maps that fit."""
        before, after = across(self.before, came.rank) or (), across(self.after, came.rank) or ()
        return tuple(zip(before, after, strict=True))
