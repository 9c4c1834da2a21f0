"""ReLU: negative values become 0."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape


class ReLU(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    section: ClassVar[str] = "Shape the signal"
    colour: ClassVar[str] = "activation"
    glyph: ClassVar[str] = "R"
    stem: ClassVar[str] = "relu"
    about: ClassVar[str] = (
        "Negative values become 0, others stay. Without such a bend between them, two convolutions would be no more "
        "than one."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("F.relu")
