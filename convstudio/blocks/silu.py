"""SiLU: each value times its own sigmoid; also called Swish."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class SiLU(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "silu"
    title: ClassVar[str] = "SiLU"
    glyph: ClassVar[str] = "U"
    stem: ClassVar[str] = "silu"
    about: ClassVar[str] = (
        "Each value is multiplied by its own sigmoid, a number from 0 to 1. It looks like a ReLU with a rounded corner "
        "and a small dip below 0, and is also called Swish; EfficientNet uses it."
    )
    function: ClassVar[str] = "F.silu"
