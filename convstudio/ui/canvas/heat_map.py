"""Which cost the canvas shows of each block, and the shares: what of the whole document a block has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QObject, Signal

from convstudio.network.costs import Cost, percent, shares_at, total
from convstudio.network.facts import Analysis
from convstudio.ui.canvas.look import HEAT_STEPS, Heat
from convstudio.ui.store import DocumentStore

Shown = Cost | Literal["time"]
"""What can be shown: a cost that follows from the document, or the time that was measured."""


class HeatMap(QObject):
    """View state of one window, no part of the document. While no cost is shown, nothing is worked out."""

    changed = Signal()
    """Another cost is shown, or none."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._what: Shown | None = None
        self._known: tuple[Analysis, str, Shown | None, int] | None = None
        store.times.changed.connect(self._follow_times)
        self.of: Mapping[str, Heat] = {}
        """What to show on each block of the open level that takes part; empty while no cost is shown."""
        self.largest = 0.0
        """The largest share on the canvas: the scale of all."""

    @property
    def what(self) -> Shown | None:
        """The cost that is shown; None for none."""
        return self._what

    @property
    def total(self) -> int:
        """That cost of the whole document, for one sample."""
        return total(self._store.whole, self._what) if self._what and self._what != "time" else 0

    def show(self, what: Shown | None) -> None:
        """Show this cost from now on, or none."""
        if what != self._what:
            self._what = what
            self.changed.emit()

    def follow(self) -> None:
        """Work the shares out where the document's costs, the level or the choice are others than before."""
        whole, level, version = self._store.whole, self._store.place.before, self._store.times.version
        if self._known and self._known[0] is whole and self._known[1:] == (level, self._what, version):
            return
        self._known = whole, level, self._what, version
        blocks = self._store.analysis.blocks
        shares = {i: share for i, share in self._shares().items() if not blocks[i].passes}
        self.largest = max(shares.values(), default=0.0)
        self.of = {i: _heat(share, self.largest) for i, share in shares.items()}

    def _shares(self) -> dict[str, float]:
        """The part of the whole document, 0 to 1, of each block that takes part."""
        if self._what is None:
            return {}
        if self._what != "time":
            return shares_at(self._store.whole, self._store.level, self._what)
        times = self._store.times
        known = {i: found for i in self._store.analysis.blocks if (found := times.at(i))}
        return {i: found.both / times.total.both for i, found in known.items()} if times.total.both else {}

    def _follow_times(self) -> None:
        if self._what == "time":
            self.changed.emit()


@lru_cache(maxsize=4096)
def _heat(share: float, largest: float) -> Heat:
    """Made once for all blocks that have the same."""
    level = share / largest if largest else 0.0
    return Heat(round(level * HEAT_STEPS) / HEAT_STEPS, percent(share))
