"""Upsample: the maps grow by a whole factor; there is nothing to learn."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from convstudio.blocks import sliding
from convstudio.network.call import Call, Value, per_axis
from convstudio.network.layer import Layer, Misfit, Span, Window, across, times
from convstudio.network.shape import Shape

LINEAR = ("", "linear", "bilinear", "trilinear")
"""Torch's word by the number of axes."""


class Upsample(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "upsample"
    title: ClassVar[str] = "Upsample"
    section: ClassVar[str] = "Resize"
    colour: ClassVar[str] = "pooling"
    glyph: ClassVar[str] = "U"
    stem: ClassVar[str] = "upsample"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "The maps grow by a whole factor: each cell is repeated (nearest), or the values between neighbours are filled "
        "in (linear). There is nothing to learn. A convolution after it does what a transposed convolution does, "
        "without its checkerboard."
    )
    keeps_width: ClassVar[bool] = True

    factor: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=64)], ...],
        Meta(min_length=1, max_length=3, title="Factor", description="How many times as long each axis becomes."),
    ] = (2,)
    mode: Annotated[
        Literal["nearest", "linear"],
        Meta(title="Mode", description="nearest repeats cells; linear fills in between: bilinear on images."),
    ] = "nearest"

    def heading(self) -> str:
        return f"{self.title} {times(self.factor)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank == 0:
            return sliding.NO_AXES
        factors = across(self.factor, came.rank)
        if factors is None:
            return sliding.unlike_axes("factor", self.factor, came.rank)
        return Shape(came.channels, tuple(n * f for n, f in zip(came.axes, factors, strict=True)))

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        factors = across(self.factor, inputs[0].rank) or ()
        return tuple(Window(phases=tuple(self._seen(cell, factor) for cell in range(factor))) for factor in factors)

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        factors = across(self.factor, came.rank) or ()
        return tuple(
            f"{name} {length} · {factor} = {length * factor}"
            for name, length, factor in zip(came.axis_names, came.axes, factors, strict=True)
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        rank = inputs[0].rank
        mode: tuple[tuple[str, Value], ...] = () if self.mode == "nearest" else (("mode", LINEAR[rank]),)
        return Call("F.interpolate", (), (("scale_factor", per_axis(across(self.factor, rank) or ())), *mode))

    def _seen(self, cell: int, factor: int) -> Span:
        """The cells between which the middle of an output cell lies: at (cell + 1/2) / factor - 1/2."""
        if self.mode == "nearest":
            return (0, 0)
        before, rest = divmod(2 * cell + 1 - factor, 2 * factor)
        return (before, before + (rest > 0))
