"""Add: the sum of equal shapes, value by value."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit
from convstudio.network.shape import Shape


class Add(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "add"
    title: ClassVar[str] = "Add"
    section: ClassVar[str] = "Combine"
    colour: ClassVar[str] = "combine"
    glyph: ClassVar[str] = "+"
    stem: ClassVar[str] = "add"
    about: ClassVar[str] = (
        "Adds what arrives, value by value. With one way around some blocks it makes a residual connection."
    )
    ports: ClassVar[tuple[str, ...]] = ("in", "in_2")
    merging: ClassVar[bool] = True
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        if len(set(inputs)) == 1:
            return inputs[0]
        return Misfit("Add needs equal shapes", f"{' and '.join(map(str, inputs))} arrive here.")

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("+")
