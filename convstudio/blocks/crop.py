"""Crop: cells around the maps are cut off."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.blocks import sliding
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Window, across
from convstudio.network.shape import Shape


class Crop(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "crop"
    title: ClassVar[str] = "Crop"
    section: ClassVar[str] = "Resize"
    colour: ClassVar[str] = "pooling"
    glyph: ClassVar[str] = "C"
    stem: ClassVar[str] = "crop"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Cuts cells off around the maps. Maps of unlike size become alike, so that they can be added or put one behind "
        "the other, as in the first U-Net."
    )
    keeps_width: ClassVar[bool] = True

    before: Annotated[
        sliding.Paddings, Meta(title="Before", description="Cells cut off in front of each axis: on top, on the left.")
    ] = (1,)
    after: Annotated[
        sliding.Paddings,
        Meta(title="After", description="Cells cut off behind each axis: at the bottom, on the right."),
    ] = (1,)

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = sliding.sides(came.rank, self.before, self.after)
        if isinstance(found, Misfit):
            return found
        for name, length, (before, after) in zip(came.axis_names, came.axes, found, strict=True):
            if before + after >= length:
                return Misfit(
                    "Nothing would be left",
                    f"{sliding.counted(length, name)}, and {before} + {after} = {before + after} are cut off.",
                )
        return Shape(came.channels, tuple(n - sum(cells) for n, cells in zip(came.axes, found, strict=True)))

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return tuple(Window(before=-before) for before, _ in self._sides(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        return tuple(
            f"{name} {length} - {before} - {after} = {length - before - after}"
            for name, length, (before, after) in zip(came.axis_names, came.axes, self._sides(came), strict=True)
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """Padding by fewer than no cells cuts them off."""
        return Call("F.pad", (tuple(-n for n in sliding.torchs_sides(self._sides(inputs[0]))),))

    def _sides(self, came: Shape) -> tuple[tuple[int, int], ...]:
        before, after = across(self.before, came.rank) or (), across(self.after, came.rank) or ()
        return tuple(zip(before, after, strict=True))
