"""Sigmoid: squeezes every value into 0 to 1."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class Sigmoid(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "Sigmoid"
    glyph: ClassVar[str] = "S"
    stem: ClassVar[str] = "sigmoid"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    about: ClassVar[str] = (
        "Squeezes every value into the range from 0 to 1 along an S-shaped curve. Multiplied with other maps it is a "
        "gate that lets them pass or not. Far from 0 the curve is flat, and training slows down there."
    )
    function: ClassVar[str] = "torch.sigmoid"
