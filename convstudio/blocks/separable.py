"""Separable convolution: one mask for each input map (depthwise), then a 1 × 1 mix of the maps (pointwise)."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from convstudio.blocks import sliding
from convstudio.blocks.convolution import Convolution
from convstudio.network.call import Call, per_axis
from convstudio.network.shape import Shape


class Separable(Convolution, frozen=True, kw_only=True):
    kind: ClassVar[str] = "separable"
    title: ClassVar[str] = "Separable"
    colour: ClassVar[str] = "separable"
    glyph: ClassVar[str] = "S"
    stem: ClassVar[str] = "separable"
    about: ClassVar[str] = (
        "A convolution in two cheap stages. Depthwise: each input map is filtered by one mask of its own. Pointwise: "
        "1 × 1 masks mix the filtered maps into the output maps. The work shrinks to 1/N + 1/k² of a plain "
        "convolution with N output maps and k × k masks."
    )

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        (came,) = inputs
        depthwise = came.channels * self._cells(came)
        pointwise = came.channels * self.channels
        return depthwise + pointwise + (came.channels + self.channels) * self.bias

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        (came,) = inputs
        places = prod(self._result(inputs).axes)
        return places * came.channels * (self._cells(came) + self.channels)

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        cells = " · ".join(str(m.mask) for m in self._fitting(came))
        first, second = (f" + {came.channels}", f" + {self.channels}") if self.bias else ("", "")
        plain = Convolution.multiply_adds(self, inputs)
        return (
            *sliding.shape_lines(came, self._fitting(came)),
            f"depthwise {came.channels} · {cells}{first}",
            f"pointwise {came.channels} · {self.channels}{second}",
            f"weights together {self.parameters(inputs)}",
            f"work 1/{self.channels} + 1/{self._cells(came)} = {self.multiply_adds(inputs) / plain:.3f} of a plain one",
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        moves = self._fitting(came)
        bias = () if self.bias else (("bias", False),)
        mask = per_axis(tuple(m.mask for m in moves))
        spatial = (*sliding.options(moves, (1,) * came.rank), ("groups", came.channels), *bias)
        conv = f"nn.Conv{came.rank}d"
        depthwise = Call(conv, (came.channels, came.channels, mask), spatial)
        pointwise = Call(conv, (came.channels, self.channels, 1), bias)
        stages = Call("OrderedDict", (), (("depthwise", depthwise), ("pointwise", pointwise)))
        return Call("nn.Sequential", (stages,))

    def _cells(self, came: Shape) -> int:
        return prod(m.mask for m in self._fitting(came))
