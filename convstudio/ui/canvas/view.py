"""The canvas as a widget: looks at the scene, zooms and pans, and turns mouse and keys into gestures."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from convstudio.blocks import catalogue
from convstudio.network import edits
from convstudio.network.document import FARTHEST
from convstudio.network.group import Group
from convstudio.network.layer import Layer
from convstudio.ui.canvas import geometry, gestures
from convstudio.ui.canvas.gesture import Gesture
from convstudio.ui.canvas.hint import Hint
from convstudio.ui.canvas.items import BlockItem, LooseWireItem
from convstudio.ui.canvas.minimap import Minimap
from convstudio.ui.canvas.note_geometry import CURSORS, carried
from convstudio.ui.canvas.placing import PlaceBlock
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.writing import Writing
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

BLOCK_MIME = "application/x-convstudio-block"
"""What a drag from the palette carries: the word of a block kind."""
SMALLEST, LARGEST = 0.1, 4.0
DOT_SPACING = 24.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CanvasView(QGraphicsView):
    """Shows a CanvasScene. It holds no document; gestures end in edits of the scene's store."""

    zoom_changed = Signal(float)
    gesture_changed = Signal()
    """A mouse gesture has begun or ended."""
    painted = Signal()
    """What was to be drawn is on the screen."""
    search_requested = Signal(QPointF)
    """A double-click on free canvas: the person wants a block there."""
    offer_requested = Signal(str, str, bool, QPointF)
    """A wire from a block's port, an output or not, was let go over free canvas: what fits there?"""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._canvas = scene
        self._gesture: Gesture | None = None
        self._placing: PlaceBlock | None = None
        self._offered: LooseWireItem | None = None
        self._panning: QPoint | None = None
        self._band: QRectF | None = None
        self._opening = False
        self._fitting = True  # until the person looks elsewhere or edits, the whole network is in view
        self.setSceneRect(QRectF(-FARTHEST, -FARTHEST, 2 * FARTHEST, 2 * FARTHEST))  # edits do not shift what is seen
        self.setAccessibleName(tr("Canvas"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self._hint = Hint(self)
        self._minimap = Minimap(scene, self)
        self._minimap.place_chosen.connect(self._look_at)
        self.writing = Writing(self, scene)
        self.zoom_changed.connect(lambda _factor: self.writing.settle())
        scene.store.replaced.connect(self._fit_next)
        scene.store.level_changed.connect(self._fit_next)
        scene.store.changed.connect(self._document_changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    # --- looking ------------------------------------------------------------------------------------------------------

    @property
    def scale_factor(self) -> float:
        """Device-independent pixels per canvas unit."""
        return self.transform().m11()

    def zoom_to(self, factor: float, at: QPointF | None = None) -> None:
        """Set the scale, keeping the point `at` of the viewport (its middle when None) where it is."""
        factor = min(LARGEST, max(SMALLEST, factor))
        at = at or QPointF(self.viewport().rect().center())
        before = self.mapToScene(at.toPoint())
        self.resetTransform()
        self.scale(factor, factor)
        moved = self.mapFromScene(before) - at.toPoint()
        self._scroll_by(moved)
        self._looked()

    def fit(self) -> None:
        """Show the whole network, not larger than life."""
        area = self._canvas.content()
        if area.isEmpty():
            self.resetTransform()
            self.centerOn(0, 0)
        else:
            view = self.viewport().rect()
            factor = min((view.width() - 12) / area.width(), (view.height() - 12) / area.height(), 1.0)
            self.resetTransform()
            self.scale(max(SMALLEST, factor), max(SMALLEST, factor))
            self.centerOn(area.center())
        self._looked()

    @property
    def busy(self) -> bool:
        """A mouse gesture or a drag from the palette is going on, or a wire waits for its other end."""
        return self._gesture is not None or self._placing is not None or self._offered is not None

    @property
    def scene_items(self) -> Mapping[str, BlockItem]:
        """The items of the blocks by id."""
        return self._canvas.blocks

    def room(self) -> tuple[float, float]:
        """Width and height of what can be seen at actual size, a margin left."""
        size = self.viewport().size()
        return max(200.0, size.width() - 40.0), max(150.0, size.height() - 40.0)

    @property
    def canvas(self) -> CanvasScene:
        """The scene that is looked at."""
        return self._canvas

    def seen(self) -> QRectF:
        """The part of the canvas that can be seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def visible_centre(self) -> QPointF:
        """The canvas point in the middle of the window."""
        return self.mapToScene(self.viewport().rect().center())

    def show_block(self, block_id: str) -> None:
        """Scroll so that a block can be seen."""
        self.ensureVisible(self._canvas.blocks[block_id], 40, 40)
        self._looked()

    def show_area(self, area: QRectF) -> None:
        """Scroll so that a part of the canvas can be seen."""
        self.ensureVisible(area, 40, 40)
        self._looked()

    def pointed_at(self) -> QPointF | None:
        """The point of the canvas under the mouse; None where the mouse is elsewhere."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        return self.mapToScene(place) if self.viewport().rect().contains(place) and self.underMouse() else None

    # --- Hints --------------------------------------------------------------------------------------------------------

    def show_hint(self, words: str, token: str, at: QPointF) -> None:
        self._hint.say(words, token, self.mapFromScene(at))

    def hide_hint(self) -> None:
        self._hint.hide()

    def offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None:
        """The wire stays until `drop_offer`, while the person chooses."""
        item = self._canvas.blocks[block_id]
        start = item.output_point() if forward else item.input_point(port)
        self._offered = LooseWireItem()
        self._offered.follow(*((start, point) if forward else (point, start)), "accent")
        self._canvas.addItem(self._offered)
        self.offer_requested.emit(block_id, port, forward, point)

    def drop_offer(self) -> None:
        """The person has chosen, or left."""
        if self._offered:
            self._canvas.removeItem(self._offered)
            self._offered = None

    def show_band(self, area: QRectF | None) -> None:
        self._band = area
        self.viewport().update()

    # --- mouse --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.writing.finish()
        point = self.mapToScene(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.cancel_gesture()  # its release went to another window
            self._canvas.arrive()
            self._canvas.store.seal()
            self._gesture = gestures.begin(self._canvas, self, point, event.modifiers())
            self.gesture_changed.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            self._select_for_menu(point)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panning is not None:
            here = event.position().toPoint()
            self._scroll_by(self._panning - here)
            self._panning = here
            self._looked()
        elif self._gesture:
            self._gesture.move(self.mapToScene(event.position().toPoint()))
        else:
            self._show_cursor(self.mapToScene(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = None
            self.unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton and self._gesture:
            gesture, self._gesture = self._gesture, None
            gesture.release(self.mapToScene(event.position().toPoint()))
            self.gesture_changed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self.mapToScene(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        free = self._canvas.block_at(point) is None and self._canvas.wire_at(point) is None
        if left and (self.writing.begin_at(point) or self._open_at(point)):
            event.accept()
        elif left and free:
            self.search_requested.emit(point)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        precise = not event.pixelDelta().isNull()
        if precise and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._scroll_by(-event.pixelDelta())
            self._looked()
        else:
            self.zoom_to(self.scale_factor * 1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    # --- keys ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        store = self._canvas.store
        arrow = ARROWS.get(Qt.Key(event.key()))
        if arrow and (store.selection or store.selected_notes):
            step = geometry.GRID * (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            moved = carried(store.network, store.selection, store.selected_notes)
            network = edits.shift(store.network, *moved, arrow[0] * step, arrow[1] * step)
            store.edit(tr("Move"), network, merge=f"nudge {moved}")
        elif event.key() == Qt.Key.Key_Escape and not (store.selection or store.selected_wire or store.selected_notes):
            store.leave()
        elif event.key() == Qt.Key.Key_Escape:
            store.select(())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(store.selection) == 1:
            self.open_group(store.selection[0])
        else:
            super().keyPressEvent(event)

    def _open_at(self, point: QPointF) -> bool:
        item = self._canvas.block_at(point)
        return item is not None and self.open_group(item.block_id)

    def open_group(self, block_id: str) -> bool:
        """Look into a group; False when the block is none."""
        store = self._canvas.store
        if not isinstance(store.network.blocks[block_id].layer, Group):
            return False
        self.cancel_gesture()
        store.enter((*store.level, block_id))
        return True

    def cancel_gesture(self) -> bool:
        """Leave the gesture that is going on; False when there is none."""
        if self._gesture is None:
            return False
        gesture, self._gesture = self._gesture, None
        gesture.cancel()
        self.gesture_changed.emit()
        return True

    # --- drops from the palette ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        layer = _layer(event.mimeData())
        self._put_away()
        if layer:
            self._placing = PlaceBlock(self._canvas, self, layer)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._placing:
            self._placing.move(self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._put_away()

    def _put_away(self) -> None:
        if self._placing:
            self._placing.cancel()
            self._placing = None

    def dropEvent(self, event: QDropEvent) -> None:
        if self._placing:
            placing, self._placing = self._placing, None
            placing.release(self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
            self.setFocus()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        area = QRectF(rect)
        painter.fillRect(area, theme.colour("canvas"))
        spacing = DOT_SPACING
        while spacing * self.scale_factor < 14:
            spacing *= 2
        pen = QPen(theme.colour("dot"), 1.6)
        pen.setCosmetic(True)
        painter.setPen(pen)
        left, top = area.left() // spacing * spacing, area.top() // spacing * spacing
        painter.translate(left, top)
        painter.drawPoints(geometry.dots(area.width(), area.height(), spacing))
        painter.translate(-left, -top)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._band is not None:
            fill = theme.colour("accent").toRgb()
            fill.setAlpha(36)
            pen = QPen(theme.colour("accent"), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRect(self._band)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._minimap.settle()
        if self._fitting:
            self.fit()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.viewport().unsetCursor()
            self._canvas.notes.hover(None)
        return super().viewportEvent(event)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _scroll_by(self, delta: QPoint) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + delta.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + delta.y())
        self._fitting = False

    def _looked(self) -> None:
        """Another part is shown now, or at another scale."""
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.settle()
        self._minimap.update()
        self.zoom_changed.emit(self.scale_factor)

    def _look_at(self, point: QPointF) -> None:
        self.centerOn(point)
        self._fitting = False
        self._looked()

    def _fit_next(self) -> None:
        self._opening = True

    def _document_changed(self) -> None:
        """A gesture does not outlive the document that it began with: its blocks may be gone."""
        self.cancel_gesture()
        self.drop_offer()
        self._fitting = self._opening
        if self._opening:
            self._opening = False
            self.fit()
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.settle()
        self._minimap.update()

    def _select_for_menu(self, point: QPointF) -> None:
        item, line = self._canvas.block_at(point), self._canvas.wire_at(point)
        store = self._canvas.store
        if item and item.block_id not in store.selection:
            store.select((item.block_id,))
        elif item is None and line:
            store.select((), line.wire)
        elif item is None and (hit := self._canvas.notes.at(point)) and hit.note.id not in store.selected_notes:
            store.select((), notes=(hit.note.id,))

    def _show_cursor(self, point: QPointF) -> None:
        item, line = self._canvas.block_at(point), self._canvas.wire_at(point)
        hit = self._canvas.notes.at(point) if item is None and line is None else None
        self._canvas.notes.hover(hit.note.id if hit else None)
        if item and item.port_at(point):
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif item or line:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        elif hit:
            self.viewport().setCursor(CURSORS[hit.grip])
        else:
            self.viewport().unsetCursor()

    def _restyle(self) -> None:
        self.setBackgroundBrush(theme.colour("canvas"))
        self.viewport().update()


def _layer(data: QMimeData) -> Layer | None:
    kind = catalogue().get(bytes(data.data(BLOCK_MIME).data()).decode("utf-8", "replace"))
    return kind() if kind else None
