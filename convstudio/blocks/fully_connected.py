"""Fully connected: every output is a weighted sum of all inputs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks.flatten import Flatten
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.network.call import Call
from convstudio.network.layer import Channels, Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class FullyConnected(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "fully_connected"
    title: ClassVar[str] = "Fully connected"
    section: ClassVar[str] = "Dense"
    colour: ClassVar[str] = "dense"
    glyph: ClassVar[str] = "F"
    stem: ClassVar[str] = "fc"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Every output is a weighted sum of all inputs plus a bias. At the end of a network such layers weigh what the "
        "masks have found and decide for a class. They often hold most of the weights."
    )

    channels: Annotated[Channels, Meta(title="Outputs", description="Number of neurons; the last layer: classes.")] = 10
    bias: Annotated[bool, Meta(title="Bias", description="A constant for each output, learned as well.")] = True

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank == 0:
            return Shape(self.channels)
        row = " · ".join(str(n) for n in came.dims)
        return Misfit(
            "Fully connected needs one row of numbers",
            f"What arrives is {came.words}. Laid out in one row they are {row} = {grouped(came.size)} numbers.",
            (
                Remedy("Insert Flatten", Flatten(), before=True),
                Remedy("Insert Global average", GlobalAveragePool(), before=True),
            ),
        )

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return inputs[0].channels * self.channels + self.channels * self.bias

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return inputs[0].channels * self.channels

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        bias = f" + {grouped(self.channels)}" if self.bias else ""
        product = f"{grouped(inputs[0].channels)} · {grouped(self.channels)}"
        return (f"weights {product}{bias} = {grouped(self.parameters(inputs))}",)

    def with_width(self, channels: int) -> Layer:
        return replace(self, channels=channels)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        options = () if self.bias else (("bias", False),)
        return Call("nn.Linear", (inputs[0].channels, self.channels), options)
