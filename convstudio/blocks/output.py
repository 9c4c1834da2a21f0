"""Output: where the answer leaves the network."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.layer import Layer


class Output(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "output"
    title: ClassVar[str] = "Output"
    section: ClassVar[str] = "Data"
    colour: ClassVar[str] = "data"
    glyph: ClassVar[str] = "O"
    stem: ClassVar[str] = "output"
    about: ClassVar[str] = (
        "Where the answer leaves: one number a class, the larger the more likely, or one map a class where every pixel "
        "is to be named. Softmax makes probabilities of them; training compares those with the labels."
    )
    ends: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True
