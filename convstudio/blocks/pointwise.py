"""Pointwise convolution: 1 × 1 masks, which mix the maps and leave every pixel in its place."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from convstudio.blocks.convolution import Bias, Convolution, Maps
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Scan
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class Pointwise(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "pointwise"
    title: ClassVar[str] = "Pointwise"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "convolution"
    glyph: ClassVar[str] = "P"
    stem: ClassVar[str] = "pointwise"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "A convolution whose masks are 1 × 1. Each output map is a weighted sum of the input maps, pixel by pixel; "
        "neighbours are not looked at. It mixes maps, or changes how many there are, at a low price."
    )

    channels: Maps = 8
    bias: Bias = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        return self._plain.output(inputs)

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return self._plain.parameters(inputs)

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return self._plain.multiply_adds(inputs)

    def scans(self, inputs: tuple[Shape, ...]) -> tuple[Scan, ...]:
        return self._plain.scans(inputs)

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        bias = f" + {grouped(self.channels)}" if self.bias else ""
        product = f"{grouped(self.channels)} · {grouped(inputs[0].channels)}"
        return (f"weights {product}{bias} = {grouped(self.parameters(inputs))}",)

    def with_width(self, channels: int) -> Layer:
        return replace(self, channels=channels)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return self._plain.call(inputs)

    @property
    def _plain(self) -> Convolution:
        return Convolution(channels=self.channels, mask=(1,), padding="none", bias=self.bias)
