"""Flatten: lay all maps out in one row of numbers."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class Flatten(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    section: ClassVar[str] = "Dense"
    colour: ClassVar[str] = "dense"
    glyph: ClassVar[str] = "≡"
    stem: ClassVar[str] = "flatten"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = "Lays all maps out in one row of numbers, map after map, as fully connected layers need it."
    pill: ClassVar[bool] = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return Shape(inputs[0].size)

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return (f"{' · '.join(str(n) for n in inputs[0].dims)} = {grouped(inputs[0].size)}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("torch.flatten", (1,))
