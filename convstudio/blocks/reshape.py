"""Reshape: the same numbers in another form, such as a row of numbers as maps."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.network.call import Call
from convstudio.network.layer import MAX_CHANNELS, MAX_LENGTH, Channels, Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class Reshape(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "reshape"
    title: ClassVar[str] = "Reshape"
    section: ClassVar[str] = "Resize"
    colour: ClassVar[str] = "dense"
    glyph: ClassVar[str] = "⊞"
    stem: ClassVar[str] = "reshape"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Lays the same numbers out in another form, in the order in which Flatten makes a row of them: a row as maps, "
        "an image as a signal, and back. It also takes away axes of length 1. No place keeps its meaning, so that each "
        "value counts as seeing the whole input."
    )

    channels: Annotated[Channels, Meta(title="Channels", description="Maps, or numbers of a row, of the result.")] = 8
    axes: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=MAX_LENGTH)], ...],
        Meta(max_length=3, title="Size", description="Rows × columns of the result; empty for a row of numbers."),
    ] = (7, 7)

    def heading(self) -> str:
        return f"{self.title} {self._shape.compact}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.size == self._shape.size:
            return self._shape
        return Misfit(
            "Another number of values",
            f"{_product(came)} values arrive, and {_product(self._shape)} are asked for.",
            self._remedies(came),
        )

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((_product(inputs[0]), _product(self._shape))))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """-1 stands for the samples of the mini-batch."""
        return Call("torch.reshape", ((-1, *self._shape.dims),))

    @property
    def _shape(self) -> Shape:
        return Shape(self.channels, self.axes)

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """As many channels as make it right, where that is a whole number."""
        channels, rest = divmod(came.size, prod(self.axes))
        if rest or not 1 <= channels <= MAX_CHANNELS:
            return ()
        words = f"{channels} channels" if channels > 1 else "1 channel"
        return (Remedy(f"Use {words}", replace(self, channels=channels)),)


def _product(shape: Shape) -> str:
    return f"{' · '.join(str(n) for n in shape.dims)} = {grouped(shape.size)}" if shape.axes else grouped(shape.size)
