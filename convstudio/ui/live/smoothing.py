"""Smoothing of a noisy curve while it grows: an exponential moving average without the bias of its start. No Qt.

y(t) = f · y(t-1) + (1 - f) · x(t), divided by 1 - f^t (Kingma and Ba 2015, section 3). Numbers that are not finite are
left out: the curve has a hole there and goes on behind it as if nothing had been.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 64


class Smoother:
    """Smooths with factor `factor` (0: not at all, to just below 1); keeps what it needs for the next numbers."""

    def __init__(self, factor: float) -> None:
        if not 0 <= factor < 1:
            raise ValueError(f"a smoothing factor lies from 0 to below 1, not {factor}")
        self._factor = factor
        self._average = 0.0
        self._weight = 0.0
        """1 - factor ** (numbers so far)."""
        powers = factor ** np.arange(_BLOCK + 1, dtype=np.float64)
        age = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)[None]
        self._mix = np.where(age >= 0, (1 - factor) * powers[np.maximum(age, 0)], 0.0)
        self._fading = powers[1:]

    def smooth(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The smoothed values at the places of `values`, which follow those of the last call."""
        smoothed = np.full(len(values), np.nan, np.float32)
        finite = np.isfinite(values)
        known = values[finite].astype(np.float64)
        result = np.empty(len(known))
        for start in range(0, len(known), _BLOCK):
            result[start : start + _BLOCK] = self._block(known[start : start + _BLOCK])
        smoothed[finite] = result
        return smoothed

    def _block(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        number = len(values)
        fading = self._fading[:number]
        averages = self._mix[:number, :number] @ values + fading * self._average
        weights = 1 - fading * (1 - self._weight)
        self._average, self._weight = float(averages[-1]), float(weights[-1])
        return np.asarray(averages / weights)
