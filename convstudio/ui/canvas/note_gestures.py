"""The gesture that makes a note larger or smaller: an edge or a corner is pulled, and letting go is one edit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from convstudio.network import notes
from convstudio.ui.canvas import note_geometry as geometry
from convstudio.ui.canvas.note_layer import NoteHit
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.text import tr


class ResizeNote:
    """From the press on an edge of a note to the release. The edge follows the hand on the grid."""

    def __init__(self, scene: CanvasScene, hit: NoteHit) -> None:
        self._scene, self._note, self._grip = scene, hit.note, hit.grip
        self._area: QRectF | None = None

    def move(self, point: QPointF) -> None:
        self._area = geometry.resized(self._note, self._grip, point)
        self._scene.notes.stretch(self._note.id, self._area)

    def release(self, point: QPointF) -> None:
        if self._area is not None:
            store = self._scene.store
            area = geometry.sides(self._area)
            store.edit(tr("Resize the note"), notes.reshape(store.network, self._note.id, area))
        self.cancel()

    def cancel(self) -> None:
        self._scene.notes.follow(self._scene.store.network)
