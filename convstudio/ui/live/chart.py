"""A plot as plain data: what is drawn where, for files that are written without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tick = tuple[float, str]


@dataclass(frozen=True, eq=False)
class Line:
    """A curve: its name, colour (#rrggbb), opacity, and its points in the units of the axes (NaN: a hole)."""

    name: str
    colour: str
    opacity: float
    steps: Floats
    heights: Floats


@dataclass(frozen=True, eq=False)
class Chart:
    """What is in view of a plot. Heights are exponents of ten where the axis is logarithmic."""

    title: str
    left: float
    right: float
    bottom: float
    top: float
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    lines: tuple[Line, ...]
    marks: tuple[tuple[float, str], ...] = ()
