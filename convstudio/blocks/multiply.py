"""Multiply: the product of equal shapes, value by value."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.elementwise import Elementwise


class Multiply(Elementwise, frozen=True, kw_only=True):
    kind: ClassVar[str] = "multiply"
    title: ClassVar[str] = "Multiply"
    glyph: ClassVar[str] = "×"
    stem: ClassVar[str] = "multiply"
    about: ClassVar[str] = (
        "Multiplies what arrives, value by value. With a Sigmoid on one way it makes a gate: where that gives 0 "
        "nothing passes, where it gives 1 everything does."
    )
    operator: ClassVar[str] = "*"
