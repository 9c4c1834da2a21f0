"""The canvas as a widget: looks at the scene, and hands mouse and keys to those who make something of them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
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
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from convstudio.network.document import FARTHEST
from convstudio.network.group import Group
from convstudio.ui.canvas.carrying import Carrying
from convstudio.ui.canvas.connecting import Connecting
from convstudio.ui.canvas.ground import paint_ground
from convstudio.ui.canvas.items import BlockItem
from convstudio.ui.canvas.keyboard import Keyboard
from convstudio.ui.canvas.looking import Camera, EdgeScroll
from convstudio.ui.canvas.minimap import Minimap
from convstudio.ui.canvas.mouse import Mouse
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.signs import Signs
from convstudio.ui.canvas.writing import Writing
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


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
        self._opening = False
        self._cover: QWidget | None = None
        self._set_up()
        self._keyboard = Keyboard(scene.store)
        self.camera = Camera(self)
        self._edge = EdgeScroll(self, self.camera, scene.content, self._drag_on)
        self.signs = Signs(self, scene)
        self._mouse = Mouse(self, scene, self.signs, self.camera, self._edge)
        self._carrying = Carrying(self, scene, self.signs, self._edge)
        self._connecting = Connecting(self, scene, self.signs)
        self._minimap = Minimap(scene, self)
        self.writing = Writing(self, scene)
        self._tie_up()
        self._restyle()

    def _set_up(self) -> None:
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

    def _tie_up(self) -> None:
        store = self._canvas.store
        self.camera.moved.connect(self._looked)
        self._mouse.gesture_changed.connect(self.gesture_changed)
        self.signs.offer_requested.connect(self.offer_requested)
        self._minimap.place_chosen.connect(self._look_at)
        self.zoom_changed.connect(lambda _factor: self.writing.settle())
        self.writing.placed.connect(self._minimap.make_way)
        self.writing.ended.connect(lambda: self._minimap.make_way(QRect()))
        store.replaced.connect(self._fit_next)
        store.level_changed.connect(self._fit_next)
        store.changed.connect(self._document_changed)
        theme.changed.connect(self._restyle)

    # --- looking ------------------------------------------------------------------------------------------------------

    @property
    def scale_factor(self) -> float:
        """Device-independent pixels per canvas unit."""
        return self.camera.scale

    def zoom_to(self, factor: float, at: QPointF | None = None) -> None:
        """Set the scale, keeping the point `at` of the viewport (its middle when None) where it is."""
        self.camera.fitting = False
        self.camera.zoom_to(factor, at)

    def zoom_by(self, ratio: float) -> None:
        """Change the scale smoothly around the middle."""
        self.camera.fitting = False
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
            self.camera.fitting = False
            self.camera.show(area.adjusted(-40, -40, 40, 40), 1.6)

    @property
    def busy(self) -> bool:
        """A mouse gesture or a drag from the palette is going on, or a wire waits for its other end."""
        waiting = self.signs.offering or self._connecting.going_on
        return waiting or self._mouse.busy or self._carrying.going_on

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
        self.camera.fitting = False
        cover = self._cover.geometry() if self._cover and self._cover.isVisible() else QRect()
        self.camera.reveal(area, cover)

    def set_cover(self, cover: QWidget) -> None:
        """What lies over a corner of the canvas while it is visible: what is to be shown is shown beside it."""
        self._cover = cover

    def pointed_at(self) -> QPointF | None:
        """The point of the canvas under the mouse; None where the mouse is elsewhere."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        return self.mapToScene(place) if self.viewport().rect().contains(place) and self.underMouse() else None

    # --- hands --------------------------------------------------------------------------------------------------------

    def drop_offer(self) -> None:
        """The person has chosen what goes to the end of a wire, or left."""
        self.signs.drop_offer()

    def connect_by_keys(self) -> None:
        """Hang a wire from the selected block, if it can lead anywhere; keys choose where."""
        self._connecting.begin()

    def cancel_gesture(self) -> bool:
        """Leave the gesture that is going on; False when there is none."""
        return self._mouse.cancel()

    def open_group(self, block_id: str) -> bool:
        """Look into a group; False when the block is none."""
        store = self._canvas.store
        if not isinstance(store.network.blocks[block_id].layer, Group):
            return False
        self.cancel_gesture()
        store.enter((*store.level, block_id))
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.writing.finish()
        self.camera.stop()
        self._connecting.stop()
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self.mapToScene(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        free = self._canvas.block_at(point) is None and self._canvas.wire_at(point) is None
        if left and self.writing.begin_at(point):
            self.show_area(self.writing.room())
            event.accept()
        elif left and self._open_at(point):
            event.accept()
        elif left and free:
            self.search_requested.emit(point)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._mouse.turn(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._connecting.going_on:
            self._connecting.key(event)
        elif event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        elif event.key() == Qt.Key.Key_Space:
            self._mouse.hold_space(True)
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
            self._mouse.hold_space(False)
        super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab walks along the wires; behind the last block it leaves the canvas as usual."""
        if isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if self._connecting.going_on:  # neither Tab nor letters mean anything else now
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
        self._mouse.forget_space()
        self._connecting.stop()
        super().focusOutEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._carrying.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._carrying.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._carrying.put_away()

    def dropEvent(self, event: QDropEvent) -> None:
        self._carrying.drop(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse.leave()
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

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        paint_ground(painter, QRectF(rect), self.scale_factor)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        self.signs.paint(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._minimap.settle()
        if self.camera.fitting:
            self.fit()

    # --- inside -------------------------------------------------------------------------------------------------------

    def _follow_keys(self) -> None:
        """Keep the one selected block or note in view."""
        store = self._canvas.store
        if len(store.selection) == 1:
            self.show_block(store.selection[0])
        elif len(store.selected_notes) == 1:
            self.show_area(self._canvas.selected_area())

    def _open_at(self, point: QPointF) -> bool:
        item = self._canvas.block_at(point)
        return item is not None and self.open_group(item.block_id)

    def _drag_on(self, pixel: QPoint) -> None:
        """The canvas has been scrolled under what is dragged."""
        self.camera.fitting = False
        point = self.mapToScene(pixel)
        self._mouse.move_to(point)
        self._carrying.move_to(point)

    def _looked(self) -> None:
        """Another part is shown now, or at another scale."""
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.settle()
        self._minimap.update()
        self.zoom_changed.emit(self.scale_factor)

    def _look_at(self, point: QPointF) -> None:
        self.camera.stop()
        self.centerOn(point)
        self.camera.fitting = False
        self._looked()

    def _fit_next(self) -> None:
        self._opening = True

    def _document_changed(self) -> None:
        """A gesture does not outlive the document that it began with: its blocks may be gone."""
        self.cancel_gesture()
        self._connecting.stop()
        self.signs.drop_offer()
        self.camera.fitting = self._opening
        if self._opening:
            self._opening = False
            self.fit()
        self._canvas.far.serve(self._canvas, self.scale_factor)
        self._minimap.follow()

    def _restyle(self) -> None:
        self.setBackgroundBrush(theme.colour("canvas"))
        self.viewport().update()
