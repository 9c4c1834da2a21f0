"""How the layers fared so far: the last looks at a run, thinned out as they become many. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from convstudio.protocol.messages import Figures, Health, LayerHealth

MOST = 240
"""So many looks are kept; when there are more, every second of them goes."""
Kind = Literal["weights", "gradients", "results"]
Floats = NDArray[np.float64]


class History:
    """The looks at one run, or at one network that stands still, the oldest first."""

    def __init__(self) -> None:
        self.looks: list[Health] = []

    def add(self, look: Health) -> None:
        """One more, unless it was had; a look at another run, at other layers or at an earlier step begins anew."""
        if self.looks and _same(self.looks[-1], look):
            return
        if self.looks and not _goes_on(self.looks[-1], look):
            self.looks.clear()
        self.looks.append(look)
        if len(self.looks) > MOST:
            self.looks = self.looks[len(self.looks) % 2 == 0 :: 2]

    def clear(self) -> None:
        self.looks.clear()

    @property
    def blocks(self) -> tuple[str, ...]:
        """The layers, in order of computation."""
        return tuple(layer.block for layer in self.looks[-1].layers) if self.looks else ()

    def layer(self, row: int) -> list[LayerHealth]:
        """One layer in all looks."""
        return [look.layers[row] for look in self.looks]

    def last(self, row: int) -> LayerHealth:
        """One layer in the newest look."""
        return self.looks[-1].layers[row]


def strip(figures: Sequence[Figures | None]) -> Floats:
    """Histograms side by side, a column each, on one common scale: shares of the values, the largest values on top.

    A look without figures is an empty column.
    """
    known = [f for f in figures if f is not None]
    if not known:
        return np.zeros((0, 0))
    limit, bins = max(f.limit for f in known), len(known[0].bins)
    columns: list[Floats] = [_column(f, limit) if f else np.zeros(bins) for f in figures]
    shares: Floats = np.stack(columns, axis=1)[::-1]
    return shares


def widest(figures: Sequence[Figures | None]) -> float:
    """The limit of that common scale: it runs from minus this to this."""
    return max((f.limit for f in figures if f is not None), default=1.0)


def _column(figures: Figures, limit: float) -> Floats:
    counts = np.array(figures.bins, np.float64)
    for _ in range(round(log2(limit / figures.limit))):
        counts = _halved(counts)
    shares: Floats = counts / max(1.0, float(counts.sum()))
    return shares


def _halved(counts: Floats) -> Floats:
    """The same values counted in bins twice as wide."""
    half = len(counts) // 2
    wide = np.zeros(len(counts))
    wide[half // 2 : half // 2 + half] = counts.reshape(half, 2).sum(axis=1)
    return wide


def _same(one: Health, other: Health) -> bool:
    """The doctor's look, that is shown to who opens the tab."""
    return (one.run, one.step, one.layers) == (other.run, other.step, other.layers)


def _goes_on(before: Health, now: Health) -> bool:
    layers = [layer.block for layer in before.layers] == [layer.block for layer in now.layers]
    return before.run == now.run and layers and now.step > before.step
