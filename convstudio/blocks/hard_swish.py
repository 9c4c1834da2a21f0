"""Hard swish: each value times its own hard sigmoid."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class HardSwish(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "hard_swish"
    title: ClassVar[str] = "Hard swish"
    glyph: ClassVar[str] = "H"
    stem: ClassVar[str] = "hard_swish"
    about: ClassVar[str] = (
        "Each value is multiplied by its own hard sigmoid: nothing passes below -3, everything above 3, and a parabola "
        "lies between. It comes close to SiLU without an exponential function; MobileNetV3 uses it."
    )
    function: ClassVar[str] = "F.hardswish"
