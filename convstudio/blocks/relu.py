"""ReLU: negative values become 0."""

from __future__ import annotations

from math import inf
from typing import ClassVar

from convstudio.blocks.activation import Activation


class ReLU(Activation, frozen=True, kw_only=True):
    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    glyph: ClassVar[str] = "R"
    stem: ClassVar[str] = "relu"
    bounds: ClassVar[tuple[float, float]] = (0.0, inf)
    about: ClassVar[str] = (
        "Negative values become 0, others stay. Without such a bend between them, two convolutions would be no more "
        "than one."
    )
    function: ClassVar[str] = "F.relu"
