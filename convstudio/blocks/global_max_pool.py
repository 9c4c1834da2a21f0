"""Global max pooling: the strongest value of a whole map stands for it."""

from __future__ import annotations

from typing import ClassVar

from convstudio.blocks.global_average_pool import GlobalAveragePool


class GlobalMaxPool(GlobalAveragePool, frozen=True, kw_only=True):
    kind: ClassVar[str] = "global_max_pool"
    title: ClassVar[str] = "Global max pool"
    glyph: ClassVar[str] = "G"
    stem: ClassVar[str] = "global_max"
    linear: ClassVar[bool] = False
    about: ClassVar[str] = (
        "Each map becomes one number, its strongest value: whether a feature was found anywhere, no matter where. "
        "What is left is one row of numbers, whatever the size of the maps."
    )
    function: ClassVar[str] = "torch.amax"
    word: ClassVar[str] = "maximum"
