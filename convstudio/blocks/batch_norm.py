"""Batch normalisation: each map gets mean 0 and variance 1 over the batch, then a learned scale and shift."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class BatchNorm(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "batch_norm"
    title: ClassVar[str] = "Batch norm"
    section: ClassVar[str] = "Normalise"
    colour: ClassVar[str] = "normalisation"
    glyph: ClassVar[str] = "B"
    stem: ClassVar[str] = "batch_norm"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Each map is shifted and scaled to mean 0 and variance 1 over the mini-batch, then by a learned scale and "
        "shift. Training becomes faster and less sensitive. Once trained, fixed averages are used."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return 2 * inputs[0].channels

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return (f"scale and shift 2 · {inputs[0].channels} = {grouped(self.parameters(inputs))}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        return Call(f"nn.BatchNorm{max(1, came.rank)}d", (came.channels,))
