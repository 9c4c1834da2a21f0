"""The test signal: what goes through a network of signals where no data are chosen, as no image fits it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WAVES = 3
"""So many waves has the first channel; each further one has as many more."""
EDGES = 0.75
"""Part of the length after which the wave gives way to a pulse with two edges."""


def wave(channels: int, length: int) -> NDArray[np.uint8]:
    """A wave that becomes faster, then a pulse: uint8 (channels, length)."""
    along = np.arange(length) / length
    number = np.arange(1, channels + 1)[:, None]
    waves = 0.5 + 0.5 * np.sin(2 * np.pi * WAVES * number * along**2)
    pulse = (along >= (1 + EDGES) / 2 - 0.05) & (along < (1 + EDGES) / 2 + 0.05)
    found: NDArray[np.uint8] = np.rint(255 * np.where(along < EDGES, waves, pulse)).astype(np.uint8)
    return found
