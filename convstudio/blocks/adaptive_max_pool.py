"""Adaptive max pooling: the strongest values of as many regions as there are to be output cells."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.adaptive_average_pool import AdaptiveAveragePool


class AdaptiveMaxPool(AdaptiveAveragePool, frozen=True, kw_only=True):
    kind: ClassVar[str] = "adaptive_max_pool"
    title: ClassVar[str] = "Adaptive max"
    glyph: ClassVar[str] = "M"
    stem: ClassVar[str] = "adaptive_max"
    about: ClassVar[str] = (
        "Says how large the result is to be, and divides the map into as many regions; the strongest value of each "
        "represents it. Where the division leaves a rest, regions overlap by a cell."
    )
    function: ClassVar[str] = "F.adaptive_max_pool"
