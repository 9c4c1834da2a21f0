"""Average pooling: the mean of each region stands for it."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.max_pool import MaxPool


class AveragePool(MaxPool, frozen=True, kw_only=True):
    kind: ClassVar[str] = "average_pool"
    title: ClassVar[str] = "Average pool"
    glyph: ClassVar[str] = "A"
    stem: ClassVar[str] = "average_pool"
    about: ClassVar[str] = (
        "The map is divided into regions, and the mean of each represents it, as in the first networks for digits "
        "(LeNet, 1998). Padding counts as 0. There is nothing to learn."
    )
    function: ClassVar[str] = "F.avg_pool"
