"""How much flows through each wire, as a quiet shade: the mean size of the values over several samples."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QObject

from convstudio.protocol.messages import Activity, View
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.numbers import significant
from convstudio.ui.text import tr

DECADES = 1.0
"""What is so many powers of ten below the strongest wire has the faintest shade."""


class WireActivity(QObject):
    """While it is on, keeps a view open for each block on the canvas from which wires lead."""

    def __init__(self, scene: CanvasScene, book: ViewBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene, self._book = scene, book
        self._on = False
        self._open: dict[str, View] = {}
        self._means: dict[str, tuple[float, int]] = {}
        self._scores: set[str] = set()
        scene.store.changed.connect(self.follow)
        scene.store.level_changed.connect(self.follow)

    def set_on(self, on: bool) -> None:
        """Show it from now on, or no more; off it asks for nothing."""
        self._on = on
        self.follow()

    def follow(self) -> None:
        """Open the views of new blocks, close those of vanished ones."""
        store = self._scene.store
        outgoing, facts = store.network.outgoing, store.analysis.blocks
        sources = (i for i in store.analysis.live if outgoing.get(i) and facts[i].output)
        wanted = {store.full_id(i) for i in sources} if self._on else set()
        for full_id in self._open.keys() - wanted:
            self._book.close(self._open.pop(full_id), self._take)
            self._means.pop(full_id, None)
        self._scores = {store.full_id(w.source) for w in store.network.wires if self._ends(w.target)}
        for full_id in wanted - self._open.keys():
            self._open[full_id] = View(block=full_id, what="activity")
            self._book.open(self._open[full_id], self._take)
        self._show()

    def _ends(self, block_id: str) -> bool:
        """Whether scores end there: these are no activations, and would outshine all others."""
        return self._scene.store.network.blocks[block_id].layer.ends

    def _take(self, picture: Picture) -> None:
        if not isinstance(picture, Activity):
            return
        try:
            means = floats(picture.mean)
        except ArrayError:
            return  # the panel of the maps says so
        self._means[picture.view.block] = float(means.mean()) if len(means) else 0.0, picture.samples
        self._show()
        self._book.drawn(picture.view)

    def _show(self) -> None:
        """Shade every wire of the canvas by what its block gives."""
        store = self._scene.store
        strongest = max((mean for block, (mean, _) in self._means.items() if block not in self._scores), default=0.0)
        for wire, line in self._scene.wires.items():
            found = self._means.get(store.full_id(wire.source)) if self._on else None
            line.set_activity(*((None, "") if found is None else (level(found[0], strongest), _words(*found))))
        self._scene.far.refresh()


def level(mean: float, strongest: float) -> float:
    """0 to 1: a mean beside the strongest one, by powers of ten; 0 where there is none, or where it is no number."""
    if not (mean > 0 and strongest > 0):
        return 0.0
    return min(1.0, max(0.0, 1 + log10(mean / strongest) / DECADES))


def _words(mean: float, samples: int) -> str:
    return f"{tr('mean size')} {significant(mean)} {tr('over')} {samples} {tr('validation samples')}"
