"""Input: where samples enter the network."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.network.layer import MAX_LENGTH, Channels, Layer
from convstudio.network.shape import Shape


class Input(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "input"
    title: ClassVar[str] = "Input"
    section: ClassVar[str] = "Data"
    colour: ClassVar[str] = "data"
    glyph: ClassVar[str] = "I"
    stem: ClassVar[str] = "input"
    about: ClassVar[str] = "Where samples enter: one map for grey images, three for colour. Values lie from 0 to 1."
    ports: ClassVar[tuple[str, ...]] = ()

    channels: Annotated[Channels, Meta(title="Channels", description="Maps of one sample: grey 1, colour 3.")] = 1
    axes: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=MAX_LENGTH)], ...],
        Meta(max_length=3, title="Size", description="Rows × columns of an image; one number for a signal."),
    ] = (28, 28)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return Shape(self.channels, self.axes)

    def with_shape(self, shape: Shape) -> Layer:
        return replace(self, channels=shape.channels, axes=shape.axes)
