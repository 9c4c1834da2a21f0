"""Crop: cells around the maps are cut off."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks import sliding
from convstudio.blocks.margins import Margins
from convstudio.network.call import Call
from convstudio.network.layer import Misfit, Window
from convstudio.network.shape import Shape


class Crop(Margins, frozen=True, kw_only=True):
    kind: ClassVar[str] = "crop"
    title: ClassVar[str] = "Crop"
    glyph: ClassVar[str] = "C"
    stem: ClassVar[str] = "crop"
    about: ClassVar[str] = (
        "Cuts cells off around the maps. Maps of unlike size become alike, so that they can be added or put one behind "
        "the other, as in the first U-Net."
    )

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = self.sides(came)
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
        return tuple(Window(before=-before) for before, _ in self.fitting(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        return tuple(
            f"{name} {length} - {before} - {after} = {length - before - after}"
            for name, length, (before, after) in zip(came.axis_names, came.axes, self.fitting(came), strict=True)
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """Padding by fewer than no cells cuts them off."""
        return Call("F.pad", (tuple(-n for n in sliding.torchs_sides(self.fitting(inputs[0]))),))
