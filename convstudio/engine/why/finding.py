"""What an explanation has found so far: a map over the input, or patches of samples, and the numbers to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from convstudio.network.layer import Span


@dataclass(frozen=True, eq=False)
class Patch:
    """The part (uint8, channels × axes) of validation sample `number` that a unit sees where it is strongest.

    `value` is the unit's there, `place` its place in the map, `spans` the first and last cell seen along each axis.
    """

    number: int
    value: float
    place: tuple[int, ...]
    spans: tuple[Span, ...]
    cells: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Finding:
    """`share` of the work is done; at 1 it is final.

    `channel` and `value` are of the unit for the watched sample. `map` is float32 (rows, columns), `layer` the block
    that it belongs to ('' for the input). Of integrated gradients, `total` is the sum of all attributions and
    `baseline` the unit's value for the black image. Of patches, `samples` were looked through.
    """

    share: float
    channel: int
    value: float
    map: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    layer: str = ""
    total: float = 0.0
    baseline: float = 0.0
    patches: tuple[Patch, ...] = ()
    samples: int = 0


Findings = Iterator[Finding]
"""Work in slices: after each it is said how far it has come. The last one is final."""
