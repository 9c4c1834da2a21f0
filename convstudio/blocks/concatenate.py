"""Concatenate: the maps of all inputs, one behind the other."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks import matching
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit
from convstudio.network.shape import Shape


class Concatenate(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "concatenate"
    title: ClassVar[str] = "Concat"
    section: ClassVar[str] = "Combine"
    colour: ClassVar[str] = "combine"
    glyph: ClassVar[str] = "⧺"
    stem: ClassVar[str] = "concat"
    about: ClassVar[str] = "Puts the maps of all inputs one behind the other: 8 maps and 8 maps are 16."
    ports: ClassVar[tuple[str, ...]] = ("in", "in_2")
    merging: ClassVar[bool] = True
    pill: ClassVar[bool] = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        if len({shape.axes for shape in inputs}) == 1:
            return Shape(sum(shape.channels for shape in inputs), inputs[0].axes)
        return Misfit(
            "Concat needs maps of one size",
            f"{' and '.join(map(str, inputs))} arrive here: only channels may differ.",
            matching.to_equal_sizes(inputs),
        )

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        channels = [shape.channels for shape in inputs]
        return (f"channels {' + '.join(map(str, channels))} = {sum(channels)}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("torch.cat", (1,), gather=True)
