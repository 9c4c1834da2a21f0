"""Alt and a drag: a copy of what is selected is put down elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from convstudio.network import edits
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.gesture import Hints
from convstudio.ui.canvas.items import GhostItem
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.text import blocks_and_notes, tr

THRESHOLD = 3.0
"""Canvas units that a press must travel before it is a drag."""


class CopyBlocks:
    """Carries outlines of the selected blocks; a press that does not become a drag changes nothing."""

    def __init__(self, scene: CanvasScene, hints: Hints, start: QPointF) -> None:
        self._scene, self._hints, self._start = scene, hints, start
        self._ghosts: dict[str, GhostItem] = {}

    def move(self, point: QPointF) -> None:
        if not self._ghosts and (point - self._start).manhattanLength() > THRESHOLD:
            for block_id in self._scene.store.selection:
                self._ghosts[block_id] = GhostItem(self._scene.blocks[block_id].look)
                self._scene.addItem(self._ghosts[block_id])
        for block_id, ghost in self._ghosts.items():
            ghost.setPos(self._scene.blocks[block_id].pos() + self._way(point))
        if self._ghosts:
            self._hints.show_hint(tr("release to put a copy here"), "accent", point)

    def release(self, point: QPointF) -> None:
        carried, way, store = bool(self._ghosts), self._way(point), self._scene.store
        self.cancel()
        if not carried or way.isNull():
            return
        before = store.network
        part = edits.fragment(before, store.selection, store.selected_notes)
        network, new_ids = edits.paste(before, part, way.x(), way.y())
        new_notes = [i for i in network.notes if i not in before.notes]
        store.edit(tr("Duplicate") + " " + blocks_and_notes(len(new_ids), len(new_notes)), network)
        store.select(new_ids, notes=new_notes)

    def cancel(self) -> None:
        self._hints.hide_hint()
        for ghost in self._ghosts.values():
            self._scene.removeItem(ghost)
        self._ghosts = {}

    def _way(self, point: QPointF) -> QPointF:
        delta = point - self._start
        return QPointF(geometry.on_grid(delta.x()), geometry.on_grid(delta.y()))
