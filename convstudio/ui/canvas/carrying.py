"""A block that is dragged over the canvas from the palette, until it is dropped there or taken away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGraphicsView

from convstudio.blocks import catalogue
from convstudio.network.file import FileError
from convstudio.network.layer import Layer
from convstudio.ui.canvas.gesture import Hints
from convstudio.ui.canvas.looking import EdgeScroll
from convstudio.ui.canvas.placing import PlaceBlock
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.palette import saved_groups

BLOCK_MIME = "application/x-convstudio-block"
"""What a drag from the palette carries: the word of a block kind."""
GROUP_MIME = "application/x-convstudio-group"
"""What a drag of a saved group carries as well: the text of its file."""


class Carrying:
    """At most one block is held over a view."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene, hints: Hints, edge: EdgeScroll) -> None:
        self._view, self._scene, self._hints, self._edge = view, scene, hints, edge
        self._placing: PlaceBlock | None = None

    @property
    def going_on(self) -> bool:
        return self._placing is not None

    def enter(self, event: QDragEnterEvent) -> None:
        found = carried(event.mimeData())
        self.put_away()
        if found:
            self._placing = PlaceBlock(self._scene, self._hints, *found)
            event.acceptProposedAction()
        else:
            event.ignore()

    def move(self, event: QDragMoveEvent) -> None:
        if self._placing:
            self._placing.move(self._view.mapToScene(event.position().toPoint()))
            self._edge.follow(event.position().toPoint())
            event.acceptProposedAction()
        else:
            event.ignore()

    def move_to(self, point: QPointF) -> None:
        """The canvas has been scrolled under the block."""
        if self._placing:
            self._placing.move(point)

    def put_away(self) -> None:
        """The block is taken away again."""
        self._edge.end()
        if self._placing:
            self._placing.cancel()
            self._placing = None

    def drop(self, event: QDropEvent) -> None:
        if self._placing:
            placing, self._placing = self._placing, None
            self._edge.end()
            placing.release(self._view.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
            self._view.setFocus()


def carried(data: QMimeData) -> tuple[Layer, str] | None:
    """The block that a drag carries, and its title; None for anything else."""
    if data.hasFormat(GROUP_MIME):
        try:
            saved = saved_groups.parse(bytes(data.data(GROUP_MIME).data()), Path(), own=False)
        except FileError:
            return None
        return saved.group, saved.title
    kind = catalogue().get(bytes(data.data(BLOCK_MIME).data()).decode("utf-8", "replace"))
    return (kind(), "") if kind else None
