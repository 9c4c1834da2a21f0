"""Pad: cells are added around the maps."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import sliding
from convstudio.blocks.margins import Margins
from convstudio.network.call import Call, Value
from convstudio.network.layer import Misfit, Remedy, Window
from convstudio.network.shape import Shape


class Pad(Margins, frozen=True, kw_only=True):
    kind: ClassVar[str] = "pad"
    title: ClassVar[str] = "Pad"
    glyph: ClassVar[str] = "P"
    stem: ClassVar[str] = "pad"
    about: ClassVar[str] = (
        "Adds cells around the maps: zeros, or cells of the maps themselves. Convolutions pad on their own, but "
        "equally on both sides; here each side of each axis has a number of its own."
    )

    mode: Annotated[
        sliding.Mode,
        Meta(
            title="Padding mode",
            description="Zeros, the mirrored signal, its outermost cells again (replicate), or the cells of the "
            "opposite side (circular).",
        ),
    ] = "zeros"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = self._fit(came)
        zeros = replace(self, mode="zeros")
        if isinstance(found, Misfit) and isinstance(zeros._fit(came), Shape):
            return replace(found, remedies=(Remedy("Pad with zeros", zeros),))
        return found

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return tuple(Window(before=before) for before, _ in self.fitting(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        return tuple(
            f"{name} {before} + {length} + {after} = {before + length + after}"
            for name, length, (before, after) in zip(came.axis_names, came.axes, self.fitting(came), strict=True)
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        options: tuple[tuple[str, Value], ...] = () if self.mode == "zeros" else (("mode", self.mode),)
        return Call("F.pad", (sliding.torchs_sides(self.fitting(inputs[0])),), options)

    def _fit(self, came: Shape) -> Shape | Misfit:
        """The shape of the result, or a misfit that has no remedies yet."""
        found = self.sides(came)
        if isinstance(found, Misfit):
            return found
        if unfit := sliding.too_short(came, found, self.mode):
            return unfit
        return Shape(came.channels, tuple(n + sum(cells) for n, cells in zip(came.axes, found, strict=True)))
