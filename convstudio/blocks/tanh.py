"""Tanh: squeezes every value into -1 to 1."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class Tanh(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "tanh"
    title: ClassVar[str] = "Tanh"
    glyph: ClassVar[str] = "T"
    stem: ClassVar[str] = "tanh"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    about: ClassVar[str] = (
        "Squeezes every value into the range from -1 to 1 along an S-shaped curve through 0. The first networks for "
        "digits (LeNet) used it. Far from 0 the curve is flat, and training slows down there."
    )
    function: ClassVar[str] = "torch.tanh"
