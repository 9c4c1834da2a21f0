"""The canvas as a widget: looks at the scene, zooms and pans, and turns mouse and keys into gestures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLineF, QMimeData, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
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
from convstudio.network.document import FARTHEST
from convstudio.network.file import FileError
from convstudio.network.group import Group
from convstudio.network.layer import Layer
from convstudio.ui import saved_groups
from convstudio.ui.canvas import geometry, gestures
from convstudio.ui.canvas.gesture import Gesture
from convstudio.ui.canvas.hint import Hint
from convstudio.ui.canvas.items import BlockItem, LooseWireItem
from convstudio.ui.canvas.key_wire import KeyWire, goals
from convstudio.ui.canvas.keyboard import Keyboard
from convstudio.ui.canvas.looking import Camera, EdgeScroll
from convstudio.ui.canvas.minimap import Minimap
from convstudio.ui.canvas.note_geometry import CURSORS
from convstudio.ui.canvas.placing import PlaceBlock
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.writing import Writing
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

BLOCK_MIME = "application/x-convstudio-block"
"""What a drag from the palette carries: the word of a block kind."""
TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
GROUP_MIME = "application/x-convstudio-group"
"""What a drag of a saved group carries as well: the text of its file."""
DOT_SPACING = 24.0


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

    settings_requested = Signal()
    """Enter: the person wants to change what is selected."""
    menu_requested = Signal(str, QPointF, QPoint)
    """A menu is asked for: of a block, wire, note or the canvas; at which point of the canvas, and of the screen."""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._canvas = scene
        self._gesture: Gesture | None = None
        self._placing: PlaceBlock | None = None
        self._offered: LooseWireItem | None = None
        self._connecting: KeyWire | None = None
        self._panning: QPoint | None = None
        self._space = False  # while the space bar is held, the left button pans
        self._band: QRectF | None = None
        self._guides: Sequence[QLineF] = ()
        self._free = False
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
        self._keyboard = Keyboard(scene.store)
        self.camera = Camera(self)
        self.camera.moved.connect(self._looked)
        self._edge = EdgeScroll(self, self.camera, self._drag_on)
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
        return self.camera.scale

    def zoom_to(self, factor: float, at: QPointF | None = None) -> None:
        """Set the scale, keeping the point `at` of the viewport (its middle when None) where it is."""
        self._fitting = False
        self.camera.zoom_to(factor, at)

    def zoom_by(self, ratio: float) -> None:
        """Change the scale smoothly around the middle."""
        self._fitting = False
        self.camera.zoom_by(ratio)

    def fit(self) -> None:
        """Show the whole network at once, not larger than life."""
        self.camera.show(self._canvas.content(), smoothly=False)

    def show_all(self) -> None:
        """Glide to where the whole network is seen."""
        self.camera.show(self._canvas.content())

    def show_selection(self) -> None:
        """Glide to what is selected."""
        area = self._canvas.selected_area()
        if not area.isEmpty():
            self._fitting = False
            self.camera.show(area.adjusted(-40, -40, 40, 40), 1.6)

    @property
    def busy(self) -> bool:
        """A mouse gesture or a drag from the palette is going on, or a wire waits for its other end."""
        return any((self._gesture, self._placing, self._offered, self._connecting))

    @property
    def content_scene(self) -> CanvasScene:
        """The scene as ours."""
        return self._canvas

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
        item = self._canvas.blocks[block_id]
        self.show_area(QRectF(item.pos(), item.pos() + QPointF(*item.look.size)))

    def show_area(self, area: QRectF) -> None:
        """Scroll so that a part of the canvas can be seen."""
        self._fitting = False
        self.camera.reveal(area)

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

    @property
    def free(self) -> bool:
        """While Ctrl is held, what is moved keeps to no grid and no line."""
        return self._free

    def show_guides(self, lines: Sequence[QLineF]) -> None:
        if lines or self._guides:
            self._guides = lines
            self.viewport().update()

    def show_band(self, area: QRectF | None) -> None:
        self._band = area
        self.viewport().update()

    # --- mouse --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.writing.finish()
        self.camera.stop()
        self._stop_connecting()
        point = self.mapToScene(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self._panning = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
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
            self._free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._gesture.move(self.mapToScene(event.position().toPoint()))
            self._edge.follow(event.position().toPoint())
        else:
            self._show_cursor(self.mapToScene(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._edge.end()
        if self._panning is not None and event.button() != Qt.MouseButton.RightButton:
            self._panning = None
            self._show_cursor(self.mapToScene(event.position().toPoint()))
        elif event.button() == Qt.MouseButton.LeftButton and self._gesture:
            self._free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
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
            self._fitting = False
            self.camera.zoom_by(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    # --- keys ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._connecting:
            if self._connecting.key(event):
                self._connecting = None
        elif event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        elif event.key() == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor(self.mapToScene(self.viewport().mapFromGlobal(QCursor.pos())))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            chosen = self._canvas.store.selection
            if len(chosen) != 1 or not self.open_group(chosen[0]):
                self.settings_requested.emit()
        elif not self._keyboard.press(event):
            super().keyPressEvent(event)
        else:
            self._follow_keys()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.viewport().unsetCursor()
        super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab walks along the wires; behind the last block it leaves the canvas as usual."""
        if isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if self._connecting:  # neither Tab nor letters mean anything else now
                if pressed:
                    self.keyPressEvent(event)
                event.accept()
                return True
            if pressed and event.key() in TABS and not self.busy and self._keyboard.walk(event.key() == TABS[0]):
                self._follow_keys()
                event.accept()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        self._stop_connecting()
        super().focusOutEvent(event)

    def connect_by_keys(self) -> None:
        """Hang a wire from the selected block, if it can lead anywhere; keys choose where."""
        self._stop_connecting()
        (source,) = self._canvas.store.selection
        found = goals(self._canvas, source)
        if found:
            self.setFocus()
            self._canvas.arrive()
            self._connecting = KeyWire(self._canvas, self, source, found)
        else:
            item = self._canvas.blocks[source]
            self.show_hint(tr("There is no block that a wire from here could lead to"), "bad", item.output_point())
            QTimer.singleShot(2500, self.hide_hint)

    def _stop_connecting(self) -> None:
        if self._connecting:
            connecting, self._connecting = self._connecting, None
            connecting.cancel()

    def _follow_keys(self) -> None:
        """Keep the one selected block in view."""
        if len(self._canvas.store.selection) == 1:
            self.show_block(self._canvas.store.selection[0])

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
        self._edge.end()
        gesture.cancel()
        self.gesture_changed.emit()
        return True

    # --- drops from the palette ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        carried = _carried(event.mimeData())
        self._put_away()
        if carried:
            self._placing = PlaceBlock(self._canvas, self, *carried)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._placing:
            self._placing.move(self.mapToScene(event.position().toPoint()))
            self._edge.follow(event.position().toPoint())
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._put_away()

    def _put_away(self) -> None:
        self._edge.end()
        if self._placing:
            self._placing.cancel()
            self._placing = None

    def dropEvent(self, event: QDropEvent) -> None:
        if self._placing:
            placing, self._placing = self._placing, None
            self._edge.end()
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
        if self._guides:
            pen = QPen(theme.colour("accent"), 1, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(list(self._guides))
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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        store = self._canvas.store
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            area = self._canvas.selected_area()
            point = area.center() if not area.isEmpty() else self.visible_centre()
            kind = "note" if store.selected_notes else "block" if store.selection else "canvas"
            kind = "wire" if store.selected_wire else kind
        else:
            point = self.mapToScene(event.pos())
            kind = self._canvas.kind_at(point)
        self.menu_requested.emit(kind, point, self.viewport().mapToGlobal(self.mapFromScene(point)))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _scroll_by(self, delta: QPoint) -> None:
        self.camera.stop()
        self.camera.scroll_by(delta)
        self._fitting = False

    def _drag_on(self, pixel: QPoint) -> None:
        """The canvas has been scrolled under what is dragged."""
        self._fitting = False
        point = self.mapToScene(pixel)
        if self._gesture:
            self._gesture.move(point)
        elif self._placing:
            self._placing.move(point)

    def _looked(self) -> None:
        """Another part is shown now, or at another scale."""
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.settle()
        self._minimap.update()
        self.zoom_changed.emit(self.scale_factor)

    def _look_at(self, point: QPointF) -> None:
        self.camera.stop()
        self.centerOn(point)
        self._fitting = False
        self._looked()

    def _fit_next(self) -> None:
        self._opening = True

    def _document_changed(self) -> None:
        """A gesture does not outlive the document that it began with: its blocks may be gone."""
        self.cancel_gesture()
        self._stop_connecting()
        self.drop_offer()
        self._fitting = self._opening
        if self._opening:
            self._opening = False
            self.fit()
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.follow()

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
        if self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            return
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


def _carried(data: QMimeData) -> tuple[Layer, str] | None:
    """The block that a drag carries, and its title; None for anything else."""
    if data.hasFormat(GROUP_MIME):
        try:
            saved = saved_groups.parse(bytes(data.data(GROUP_MIME).data()), Path(), own=False)
        except FileError:
            return None
        return saved.group, saved.title
    kind = catalogue().get(bytes(data.data(BLOCK_MIME).data()).decode("utf-8", "replace"))
    return (kind(), "") if kind else None
