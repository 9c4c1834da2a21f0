"""A grid of tiles (masks or feature maps): all of them, whole-number magnification, hover, selection, scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollBar, QToolTip, QWidget

from convstudio.ui.live.colour_maps import MAGMA, Table, with_spaces
from convstudio.ui.live.eye import SIDE, paint_eye
from convstudio.ui.live.levels import Levels
from convstudio.ui.live.tile_layout import MARGIN, Cell, Room, TileLayout, lay_out
from convstudio.ui.live.tile_picture import image, mosaic
from convstudio.ui.theme import theme

_KEYS: dict[Qt.Key, Callable[[TileLayout], int]] = {
    Qt.Key.Key_Left: lambda layout: -1,
    Qt.Key.Key_Right: lambda layout: 1,
    Qt.Key.Key_Up: lambda layout: -layout.columns,
    Qt.Key.Key_Down: lambda layout: layout.columns,
    Qt.Key.Key_Home: lambda layout: -layout.count,
    Qt.Key.Key_End: lambda layout: layout.count,
}


class TileGrid(QAbstractScrollArea):
    """Shows n tiles of h × w levels; tells which cell is under the mouse and which tile was chosen.

    `words` turns a cell into the text of its tooltip. Tiles of the same number and size keep the selection.
    """

    hovered = Signal(int, int, int)
    """Tile, row, column under the mouse."""
    left = Signal()
    """The mouse is on no cell any more."""
    selected = Signal(int)
    opened = Signal(int, int, int)
    """Tile, row, column that was double-clicked, or clicked with Ctrl."""
    eye_toggled = Signal(int)
    """The eye of a tile was clicked, or H pressed."""
    drawn = Signal()
    """A new picture has been painted."""

    def __init__(self, name: str, selectable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: Levels = np.zeros((0, 1, 1), np.uint8)
        self._table: Table = MAGMA
        self._marked: frozenset[int] = frozenset()
        self._crossed: frozenset[int] = frozenset()
        self._off: frozenset[int] | None = None
        self._backdrop: tuple[QImage, float] = (QImage(), 1.0)
        self._columns: int | None = None
        self._bounds = {"smallest": 24, "largest": 96, "gap": 2}
        self._gap_tokens = ("panel", "panel")
        self._layout = TileLayout(0, 1, 1)
        self._selected = -1
        self._selectable = selectable
        self._hover: Cell | None = None
        self._fresh = False
        self.words: Callable[[Cell], str] = lambda cell: ""
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if selectable else Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(60, 48)
        self.viewport().setMouseTracking(True)
        theme.changed.connect(self.viewport().update)

    # --- what it shows

    def set_tiles(self, tiles: Levels, table: Table, marked: Iterable[int] = (), crossed: Iterable[int] = ()) -> None:
        """Show `tiles` (uint8 levels, n × height × width) in the colours of `table`.

        `marked` ones get a thin line, `crossed` ones two.
        """
        if tiles.shape != self._tiles.shape:
            self._selected, self._hover = (0 if self._selectable and len(tiles) else -1), None
        same = tiles.shape == self._tiles.shape
        self._tiles, self._table, self._fresh = tiles, table, True
        self._marked, self._crossed = frozenset(marked) | frozenset(crossed), frozenset(crossed)
        if not same:
            self._arrange()
        self._refresh_tooltip()
        self.viewport().update()

    def set_eyes(self, off: Iterable[int] | None) -> None:
        """Show an eye on the tile under the mouse and on those that are `off`; None: tiles have none."""
        self._off = None if off is None else frozenset(off)
        self.viewport().update()

    def eye(self, tile: int) -> QRect:
        """Where the eye of a tile stands, in the coordinates of the visible part."""
        place = self.place(tile)
        side = min(SIDE, max(10, place.width() // 2))
        return QRect(place.right() - side, place.top() + 1, side, side)

    def set_backdrop(self, picture: QImage, opacity: float) -> None:
        """Paint a picture below the tiles, stretched over each of them, and the tiles with this opacity (0 to 1)."""
        self._backdrop = (picture, opacity)
        self.viewport().update()

    def set_arrangement(
        self,
        columns: int | None,
        smallest: int = 24,
        largest: int = 96,
        gap: int = 2,
        gap_tokens: tuple[str, str] = ("panel", "panel"),
    ) -> None:
        """A fixed number of columns or None (as many as fit); bounds of a tile's longer side and the gap, in pixels.

        `gap_tokens` are the colours between tiles, in the dark and in the light theme.
        """
        self._gap_tokens = gap_tokens
        bounds = {"smallest": smallest, "largest": largest, "gap": gap}
        if (columns, bounds) != (self._columns, self._bounds):
            self._columns, self._bounds = columns, bounds
            self._arrange()

    @property
    def tile_layout(self) -> TileLayout:
        """Where the tiles stand in the whole picture, which may be larger than what is visible."""
        return self._layout

    @property
    def selected_tile(self) -> int:
        """The number of the selected tile, -1 for none."""
        return self._selected

    @property
    def hovered_cell(self) -> Cell | None:
        return self._hover

    def select(self, tile: int) -> None:
        """Select a tile as if it were clicked; a number outside is brought to the nearest tile."""
        if not (self._selectable and len(self._tiles)):
            return
        tile = min(max(tile, 0), len(self._tiles) - 1)
        if tile != self._selected:
            self._selected = tile
            self._reveal(tile)
            self.viewport().update()
            self.selected.emit(tile)

    def place(self, tile: int) -> QRect:
        """Where a tile stands in the visible part, in its coordinates."""
        return QRect(*self._layout.place(tile)).translated(-self._offset())

    def sizeHint(self) -> QSize:
        return QSize(360, 200)

    # --- geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Lay the tiles out for the whole room; where they need more, once more beside the scroll bar."""
        room = Room(*self.maximumViewportSize().toTuple())
        wide, high = self.verticalScrollBar().sizeHint().width(), self.horizontalScrollBar().sizeHint().height()
        self._layout = self._laid_out(room)
        if self._layout.size.height > room.height:
            room = Room(room.width - wide, room.height)
            self._layout = self._laid_out(room)
        if self._layout.size.width > room.width:
            room = Room(room.width, room.height - high)
        self._set_scroll(self.horizontalScrollBar(), self._layout.size.width, room.width)
        self._set_scroll(self.verticalScrollBar(), self._layout.size.height, room.height)
        self.viewport().update()

    @staticmethod
    def _set_scroll(bar: QScrollBar, whole: int, part: int) -> None:
        bar.setRange(0, max(0, whole - part))
        bar.setPageStep(max(1, part))
        bar.setSingleStep(max(12, part // 8))

    def _laid_out(self, room: Room) -> TileLayout:
        count, height, width = self._tiles.shape
        return lay_out(count, height, width, room, self._columns, **self._bounds)

    def _offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _reveal(self, tile: int) -> None:
        place = self.place(tile).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        port = self.viewport().rect()
        for bar, low, high, end in (
            (self.horizontalScrollBar(), place.left(), place.right(), port.right()),
            (self.verticalScrollBar(), place.top(), place.bottom(), port.bottom()),
        ):
            bar.setValue(bar.value() + (low if low < 0 else max(0, min(high - end, low))))

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("panel"))
        if self._tiles.size:
            self._paint_tiles(painter, event.rect().translated(self._offset()))
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def _paint_tiles(self, painter: QPainter, seen: QRect) -> None:
        rows = self._layout.rows_between(seen.top(), seen.bottom() + 1)
        if not rows:
            return
        painter.translate(-self._offset())
        gap = theme.colour(self._gap_tokens[0 if theme.dark else 1]).rgb()
        levels = mosaic(self._tiles, self._layout, rows)
        picture = image(levels, with_spaces(self._table, gap, theme.colour("panel").rgb()))
        behind, opacity = self._backdrop
        if not behind.isNull() and opacity < 1:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            columns = self._layout.columns
            for tile in range(rows.start * columns, min(len(self._tiles), rows.stop * columns)):
                painter.drawImage(QRect(*self._layout.place(tile)), behind)
            painter.setOpacity(opacity)
        painter.drawImage(MARGIN, self._layout.place(rows.start * self._layout.columns)[1], picture)
        painter.setOpacity(1)
        self._paint_marks(painter, rows)
        self._paint_eyes(painter, rows)
        if self._selected >= 0 and len(self._tiles) > 1:
            self._paint_frame(painter)

    def _paint_marks(self, painter: QPainter, rows: range) -> None:
        painter.setPen(QPen(QColor(theme.colour("dim")), 1))
        columns = self._layout.columns
        for tile in self._marked.intersection(range(rows.start * columns, rows.stop * columns)):
            place = QRect(*self._layout.place(tile))
            painter.drawLine(place.bottomLeft(), place.topRight())
            if tile in self._crossed:
                painter.drawLine(place.topLeft(), place.bottomRight())

    def _paint_eyes(self, painter: QPainter, rows: range) -> None:
        if self._off is None:
            return
        veil = QColor(theme.colour("panel"))
        veil.setAlpha(120)
        shown = range(rows.start * self._layout.columns, rows.stop * self._layout.columns)
        hovered = {self._hover.tile} if self._hover is not None else set()
        for tile in (self._off | hovered).intersection(shown).intersection(range(len(self._tiles))):
            if tile in self._off:
                painter.fillRect(QRect(*self._layout.place(tile)), veil)
            paint_eye(painter, QRectF(self.eye(tile).translated(self._offset())), tile in self._off)

    def _paint_frame(self, painter: QPainter) -> None:
        pen = QPen(theme.colour("accent"), 3 if self.hasFocus() else 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(*self._layout.place(self._selected)).adjusted(-1, -1, 0, 0))

    # --- mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position().toPoint())
        if cell == self._hover:
            return
        self._hover = cell
        if self._off is not None:
            self.viewport().update()
        if cell is None:
            self.left.emit()
        else:
            self.hovered.emit(*cell)
        self._refresh_tooltip()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.select(cell.tile)
            if self._off is not None and self.eye(cell.tile).contains(event.position().toPoint()):
                self.eye_toggled.emit(cell.tile)
                return
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.opened.emit(*cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position().toPoint())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._off is not None and self.eye(cell.tile).contains(event.position().toPoint()):
            self.eye_toggled.emit(cell.tile)
        else:
            self.opened.emit(*cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._means_eye(event):
            self.eye_toggled.emit(self._selected)
            return
        move = _KEYS.get(Qt.Key(event.key()))
        if move is None or not self._selectable:
            super().keyPressEvent(event)
            return
        self.select(self._target(move(self._layout)))

    def event(self, event: QEvent) -> bool:
        """H means the selected tile here, not what is selected on the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means_eye(event):
            event.accept()
            return True
        return super().event(event)

    def _means_eye(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return self._off is not None and self._selected >= 0 and plain and event.key() == Qt.Key.Key_H

    def _target(self, distance: int) -> int:
        """Up and down stay in their column; left, right, Home and End stop at the ends."""
        tile = self._selected + distance
        if abs(distance) == self._layout.columns > 1 and not 0 <= tile < self._layout.count:
            return self._selected
        return tile

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self._cell(event.pos())
            QToolTip.showText(event.globalPos(), self.words(cell) if cell else "", self.viewport())  # '' hides it
            return True
        if event.type() == QEvent.Type.Leave and self._hover is not None:
            self._hover = None
            self.left.emit()
            self.viewport().update()
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _cell(self, position: QPoint) -> Cell | None:
        place = position + self._offset()
        return self._layout.at(place.x(), place.y())

    def _refresh_tooltip(self) -> None:
        """A tooltip that is open follows the mouse and the numbers."""
        if self._hover is not None and QToolTip.isVisible() and self.viewport().underMouse():
            cursor = self.viewport().cursor().pos()
            QToolTip.showText(cursor, self.words(self._hover), self.viewport())
