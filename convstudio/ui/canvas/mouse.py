"""The mouse on the canvas: begins and moves gestures, pans, and shows by the cursor what a press would take hold of."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

from convstudio.ui.canvas import gestures
from convstudio.ui.canvas.gesture import Gesture
from convstudio.ui.canvas.looking import Camera, EdgeScroll
from convstudio.ui.canvas.note_geometry import CURSORS
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.signs import Signs


class Mouse(QObject):
    """One gesture at a time, from press to release."""

    gesture_changed = Signal()
    """A gesture has begun or ended."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene, signs: Signs, camera: Camera, edge: EdgeScroll) -> None:
        super().__init__(view)
        self._view, self._scene, self._signs, self._camera, self._edge = view, scene, signs, camera, edge
        self._gesture: Gesture | None = None
        self._panning: QPoint | None = None
        self._space = False

    @property
    def busy(self) -> bool:
        """A gesture is going on."""
        return self._gesture is not None

    def hold_space(self, held: bool) -> None:
        """While the space bar is held, the left button pans."""
        self._space = held
        if held:
            self._show_cursor(self._view.mapToScene(self._view.viewport().mapFromGlobal(QCursor.pos())))
        else:
            self._view.viewport().unsetCursor()

    def forget_space(self) -> None:
        """Its release goes to another widget."""
        self._space = False

    def press(self, event: QMouseEvent) -> None:
        point = self._point(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self._panning = event.position().toPoint()
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left:
            self.cancel()  # its release went to another window
            self._scene.arrive()
            self._scene.store.seal()
            self._gesture = gestures.begin(self._scene, self._signs, point, event.modifiers())
            self.gesture_changed.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            self._select_for_menu(point)
        event.accept()

    def move(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if self._panning is not None:
            delta, self._panning = self._panning - here, here
            self._camera.push(delta)
        elif self._gesture:
            self._signs.free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._gesture.move(self._point(event))
            self._edge.follow(here)
        else:
            self._show_cursor(self._point(event))

    def move_to(self, point: QPointF) -> None:
        """The canvas has been scrolled under what is dragged."""
        if self._gesture:
            self._gesture.move(point)

    def release(self, event: QMouseEvent) -> None:
        self._edge.end()
        if self._panning is not None and event.button() != Qt.MouseButton.RightButton:
            self._panning = None
            self._show_cursor(self._point(event))
        elif event.button() == Qt.MouseButton.LeftButton and self._gesture:
            self._signs.free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            gesture, self._gesture = self._gesture, None
            gesture.release(self._point(event))
            self.gesture_changed.emit()

    def turn(self, event: QWheelEvent) -> None:
        """A wheel zooms; two fingers on a pad scroll, with Ctrl they zoom as well."""
        if not event.pixelDelta().isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._camera.push(-event.pixelDelta())
        else:
            self._camera.fitting = False
            self._camera.zoom_by(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def leave(self) -> None:
        """The mouse has left the canvas."""
        self._view.viewport().unsetCursor()
        self._scene.notes.hover(None)

    def cancel(self) -> bool:
        """Leave the gesture that is going on; False when there is none."""
        if self._gesture is None:
            return False
        gesture, self._gesture = self._gesture, None
        self._edge.end()
        gesture.cancel()
        self.gesture_changed.emit()
        return True

    def _point(self, event: QMouseEvent) -> QPointF:
        """Where on the canvas."""
        return self._view.mapToScene(event.position().toPoint())

    def _select_for_menu(self, point: QPointF) -> None:
        item, line = self._scene.block_at(point), self._scene.wire_at(point)
        store = self._scene.store
        if item and item.block_id not in store.selection:
            store.select((item.block_id,))
        elif item is None and line:
            store.select((), line.wire)
        elif item is None and (hit := self._scene.notes.at(point)) and hit.note.id not in store.selected_notes:
            store.select((), notes=(hit.note.id,))

    def _show_cursor(self, point: QPointF) -> None:
        viewport = self._view.viewport()
        if self._space:
            viewport.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        item, line = self._scene.block_at(point), self._scene.wire_at(point)
        hit = self._scene.notes.at(point) if item is None and line is None else None
        self._scene.notes.hover(hit.note.id if hit else None)
        if item and item.port_at(point):
            viewport.setCursor(Qt.CursorShape.CrossCursor)
        elif item or line:
            viewport.setCursor(Qt.CursorShape.PointingHandCursor)
        elif hit:
            viewport.setCursor(CURSORS[hit.grip])
        else:
            viewport.unsetCursor()
