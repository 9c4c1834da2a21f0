"""Hard sigmoid: squeezes every value into 0 to 1 along three straight lines."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.activation import Activation


class HardSigmoid(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "hard_sigmoid"
    title: ClassVar[str] = "Hard sigmoid"
    glyph: ClassVar[str] = "H"
    stem: ClassVar[str] = "hard_sigmoid"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    about: ClassVar[str] = (
        "0 below -3, 1 above 3, and x / 6 + 1 / 2 between: a sigmoid of straight lines, which is cheap to compute. "
        "MobileNetV3 lets it weigh the maps. Beyond -3 and 3 no gradient passes."
    )
    function: ClassVar[str] = "F.hardsigmoid"
