"""The unit of a block's card under the mouse: which map of its thumbnail, and which place in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from convstudio.network.terms import Place
from convstudio.protocol.messages import Maps
from convstudio.ui.canvas.painter import thumbnail_place
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.thumbnails import Thumbnails

COLUMNS, ROWS = 4, 2
"""How the maps stand in a thumbnail of several."""


class ThumbnailHover(QObject):
    """Watches the mouse over the canvas; while a button is held, or no maps are shown, it tells nothing."""

    unit_hovered = Signal(str, int, tuple)
    """Block, as the worker calls it, map, and place in it; a vector has no place."""
    unit_left = Signal()

    def __init__(self, canvas: CanvasView, thumbnails: Thumbnails) -> None:
        super().__init__(canvas)
        self._canvas, self._thumbnails = canvas, thumbnails
        self._told: tuple[str, int, Place] | None = None
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            held = event.buttons() != Qt.MouseButton.NoButton
            self._tell(None if held else self._unit(self._canvas.mapToScene(event.position().toPoint())))
        elif event.type() == QEvent.Type.Leave:
            self._tell(None)
        return super().eventFilter(watched, event)

    def _unit(self, point: QPointF) -> tuple[str, int, Place] | None:
        """The unit at a point of the canvas; None beside the thumbnails."""
        scene = self._canvas.content_scene
        item = scene.block_at(point)
        if item is None or item.image is None or item.look.pill:
            return None
        block, room = scene.store.full_id(item.block_id), thumbnail_place(item.look, item.image)
        inside, picture = point - item.pos() - room.topLeft(), self._thumbnails.picture(block)
        if not isinstance(picture, Maps) or not room.contains(point - item.pos()):
            return None
        found = unit_at(picture.maps.shape, inside.x() / room.width(), inside.y() / room.height())
        return (block, *found) if found else None

    def _tell(self, unit: tuple[str, int, Place] | None) -> None:
        if unit == self._told:
            return
        self._told = unit
        if unit is None:
            self.unit_left.emit()
        else:
            self.unit_hovered.emit(*unit)


def unit_at(shape: tuple[int, ...], across: float, down: float) -> tuple[int, Place] | None:
    """Map and place at a part of the width and height of the thumbnail of maps (number × rows × columns).

    A single map fills it, several signals are its rows, a vector is bars; None between maps, and for clips.
    """
    if len(shape) != 3 or not (0 <= across < 1 and 0 <= down < 1):
        return None
    number, rows, columns = shape
    if rows == 1 and number == 1:
        return 0, ()
    if rows == 1:
        return int(down * number), (int(across * columns),)
    if number == 1:
        return 0, (int(down * rows), int(across * columns))
    tile = int(down * ROWS) * COLUMNS + int(across * COLUMNS)
    place = int(down * ROWS % 1 * rows), int(across * COLUMNS % 1 * columns)
    return (tile, place) if tile < number else None
