"""Add: the sum of equal shapes, value by value."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.elementwise import Elementwise


class Add(Elementwise, frozen=True, kw_only=True):
    kind: ClassVar[str] = "add"
    title: ClassVar[str] = "Add"
    glyph: ClassVar[str] = "+"
    stem: ClassVar[str] = "add"
    about: ClassVar[str] = (
        "Adds what arrives, value by value. With one way around some blocks it makes a residual connection."
    )
    operator: ClassVar[str] = "+"
