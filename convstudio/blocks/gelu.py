"""GELU: each value times the share of a normal distribution that lies below it."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class GELU(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "gelu"
    title: ClassVar[str] = "GELU"
    glyph: ClassVar[str] = "G"
    stem: ClassVar[str] = "gelu"
    about: ClassVar[str] = (
        "Each value is multiplied by the share of a bell curve (the standard normal distribution) that lies below it. "
        "Large values stay, very negative ones vanish, and in between the bend is smooth. Transformers use it."
    )
    function: ClassVar[str] = "F.gelu"
