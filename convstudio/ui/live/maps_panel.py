"""The Feature maps tab: every map of one block for the watched sample, the selected one enlarged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from convstudio.protocol.messages import Activity, Maps
from convstudio.ui.live.arrays import ArrayError, floats, octets
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.levels import cell_at
from convstudio.ui.live.map_enlarged import MapEnlarged
from convstudio.ui.live.map_stack import NONE_DEAD, Dead, MapStack
from convstudio.ui.live.neighbours import Pair
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.live.unit_bars import UnitBars
from convstudio.ui.muting.bar import MuteBar
from convstudio.ui.text import tr


class MapsPanel(QWidget):
    """Shows the feature maps of the block it was told, from the messages it is handed."""

    tile_selected = Signal(int)
    """The number of a feature map."""
    unit_chosen = Signal(str, int, tuple)
    """Block, map, and place in it (of a vector: number, and no place), of a unit that is to be looked into."""
    mute_toggled = Signal(str, int)
    """Block and map (or number of a vector) that is to be switched off, or on again."""
    why_asked = Signal(str, int)
    """Block and map that the person wants explained."""
    block_shown = Signal()
    """Another block is looked at."""
    unit_hovered = Signal(str, int, tuple)
    """The same of the unit under the mouse."""
    unit_left = Signal()
    """The mouse is on no unit any more."""
    drawn = Signal()
    """What came with a message has been painted, or it was said why it cannot be: the next may come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block: str | None = None
        self._stack: MapStack | None = None
        self._pair: Pair | None = None
        self._dead = NONE_DEAD
        self._off: frozenset[int] | None = frozenset()
        self.mute_bar = MuteBar()
        self.sentence = Sentence()
        self._caption, self._vector_caption = Caption(), Caption()
        self._grid = TileGrid(tr("All feature maps of the block"))
        self._side = MapEnlarged()
        self._bars = UnitBars(tr("Values of the vector"))
        self._build()
        self._connect()
        self.show_block(None, "")

    # --- slots

    def show_block(self, block_id: str | None, heading: str, pair: Pair | None = None) -> None:
        """Show this block's feature maps as soon as they come; None: no block is chosen.

        `pair` is an activation with the block before it, of which the block is one: the other's maps stand beside.
        """
        if (pair, block_id) != (self._pair, self._block):
            self._pair = pair
            self._side.set_partner(self._partner_words(block_id), bool(pair and pair.after == block_id))
        if block_id is not None and block_id == self._block and self._stack is not None:
            return
        self._block, self._stack, self._dead = block_id, None, NONE_DEAD
        self.mute_bar.setVisible(block_id is not None)
        self.block_shown.emit()
        if block_id is None:
            self._say(tr("Select a block to see what it makes of the sample: its feature maps."))
        else:
            self.sentence.promise(f"{heading}: {tr('its feature maps appear here as soon as the network stands.')}")
            self._pages.setCurrentIndex(0)

    def on_maps(self, message: Maps) -> None:
        """Show the message if it is about the block that is shown here, or the one beside it."""
        beside = self._pair is not None and message.view.block in self._pair
        if message.view.block != self._block and not beside:
            return
        try:
            maps = octets(message.maps)
        except ArrayError as problem:
            self._give_up(str(problem))
            return
        if not maps.size:
            self._give_up(tr("This block has no feature maps to show."))
            return
        stack = MapStack(maps, message.low, message.high, message.total)
        if message.view.block == self._block:
            self._show(stack)
        elif not stack.vector:
            self._side.show_partner(stack)

    def on_activity(self, message: Activity) -> None:
        """Mark the maps that are 0 for every sample of many."""
        if message.view.block != self._block:
            return
        try:
            still = (floats(message.low) == 0) & (floats(message.high) == 0)
        except ArrayError as problem:
            self._give_up(str(problem))
            return
        dead = Dead(frozenset(int(at) for at in np.flatnonzero(still)), message.samples)
        if dead != self._dead:
            self._dead = dead
            if self._stack is not None:
                self._show(self._stack)

    def set_input(self, picture: QImage) -> None:
        """The watched sample, which maps can be laid over."""
        self._side.set_input(picture)

    def set_muted(self, off: frozenset[int] | None) -> None:
        """These maps of the block are switched off; None: all of them."""
        if off != self._off:
            self._off = off
            if self._stack is not None:
                self._show(self._stack)

    @property
    def block(self) -> str | None:
        """The block that is looked at, as the worker calls it."""
        return self._block

    @property
    def chosen_map(self) -> int:
        """The selected map, or number of a vector; -1 where none can be."""
        if self._stack is None:
            return -1
        return self._bars.chosen if self._stack.vector else self._grid.selected_tile

    @property
    def grid(self) -> TileGrid:
        return self._grid

    @property
    def side(self) -> MapEnlarged:
        return self._side

    @property
    def enlarged(self) -> TileGrid:
        return self._side.grid

    @property
    def bars(self) -> UnitBars:
        return self._bars

    @property
    def caption(self) -> str:
        return self._caption.text()

    # --- inside

    def _partner_words(self, block_id: str | None) -> str:
        if self._pair is None:
            return ""
        first = self._pair.after == block_id
        return f"{tr('before')}: {self._pair.before}" if first else f"{tr('after')}: {self._pair.after}"

    def _show(self, stack: MapStack) -> None:
        self._stack = stack
        off, dead = self._muted(stack), self._alive(stack)
        self._caption.setText(stack.caption(self._block or "", dead, off))
        if stack.vector:
            self._pages.setCurrentIndex(2)
            self._vector_caption.setText(self._caption.text())
            self._bars.set_values(stack.values(), stack.low, stack.high)
            self._bars.set_off(off)
            self.block_shown.emit()
            return
        self._pages.setCurrentIndex(1)
        self._grid.set_arrangement(None, largest=96 if stack.maps.ndim < 4 else 400)
        marked = frozenset(stack.dead) - off
        self._grid.set_tiles(stack.tiles, MAGMA, marked=marked, crossed=dead.maps)
        self._grid.set_eyes(off)
        self._show_selected()
        self.block_shown.emit()

    def _muted(self, stack: MapStack) -> frozenset[int]:
        """Numbers of the maps that are switched off."""
        count = stack.maps.size if stack.vector else len(stack.maps)
        return frozenset(range(count)) if self._off is None else self._off

    def _alive(self, stack: MapStack) -> Dead:
        """Maps that are 0 for every sample, and not because they are switched off."""
        return replace(self._dead, maps=self._dead.maps - self._muted(stack))

    def _show_selected(self) -> None:
        tile = self._grid.selected_tile
        if tile >= 0 and self._stack is not None:
            off = tile in self._muted(self._stack)
            self._side.show_map(self._stack, tile, self._alive(self._stack), off)
            self._show_hover()

    def _show_hover(self) -> None:
        self._side.show_hover(self._grid.hovered_cell)

    def _cell_words(self, cell: Cell) -> str:
        return self._stack.cell_words(cell) if self._stack else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A bar of a vector is a unit like a cell of a map."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            bar = self._bars.bar_at(event.position().toPoint())
            if event.type() == QEvent.Type.MouseButtonPress and bar is not None:
                self.mute_toggled.emit(self._block or "", bar)
                return True
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            twice = event.type() == QEvent.Type.MouseButtonDblClick
            with_control = event.type() == QEvent.Type.MouseButtonPress and bool(
                event.modifiers() & Qt.KeyboardModifier.ControlModifier
            )
            bar = self._bars.bar_at(event.position().toPoint())
            if event.type() == QEvent.Type.MouseButtonPress and bar is not None:
                self._bars.choose(bar)
            if (twice or with_control) and bar is not None:
                self.unit_chosen.emit(self._block or "", bar, ())
                return True
        return super().eventFilter(watched, event)

    def _hover_unit(self, tile: int, row: int, column: int) -> None:
        """Tell which unit is under the mouse; nothing lies between the frames of a clip."""
        place = cell_at(self._stack.maps.shape[1:], row, column) if self._stack else None
        if place is not None:
            self.unit_hovered.emit(self._block or "", tile, place)

    def _give_up(self, sentence: str) -> None:
        self._say(sentence)
        self.drawn.emit()

    def _open_unit(self, tile: int, row: int, column: int) -> None:
        """Tell which unit was opened; nothing lies between the frames of a clip."""
        place = cell_at(self._stack.maps.shape[1:], row, column) if self._stack else None
        if place is not None:
            self.unit_chosen.emit(self._block or "", tile, place)

    def _say(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def _connect(self) -> None:
        self._grid.words = self._cell_words
        self._grid.drawn.connect(self.drawn)
        self.mute_bar.why.clicked.connect(lambda: self.why_asked.emit(self._block or "", self.chosen_map))
        self._grid.eye_toggled.connect(lambda tile: self.mute_toggled.emit(self._block or "", tile))
        self._bars.drawn.connect(self.drawn)
        self._bars.selected.connect(self.tile_selected)
        self._bars.eye_toggled.connect(lambda bar: self.mute_toggled.emit(self._block or "", bar))
        self._bars.opened.connect(lambda bar: self.unit_chosen.emit(self._block or "", bar, ()))
        self._bars.installEventFilter(self)
        self._grid.selected.connect(self._show_selected)
        self._grid.selected.connect(self.tile_selected)
        self._grid.opened.connect(self._open_unit)
        self._side.unit_opened.connect(lambda row, column: self._open_unit(self._grid.selected_tile, row, column))
        self._grid.hovered.connect(self._show_hover)
        self._grid.left.connect(self._show_hover)
        self._grid.hovered.connect(self._hover_unit)
        self._grid.left.connect(self.unit_left)
        self._side.unit_hovered.connect(lambda row, column: self._hover_unit(self._grid.selected_tile, row, column))
        self._side.unit_left.connect(self.unit_left)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._pages = QStackedLayout()
        column.addLayout(self._pages, 1)
        column.addWidget(self.mute_bar)
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(self._picture_page())
        self._pages.addWidget(_column(QWidget(), self._vector_caption, self._bars))

    def _picture_page(self) -> QWidget:
        page = QWidget()
        body = QHBoxLayout(page)
        body.setContentsMargins(12, 6, 12, 8)
        body.setSpacing(16)
        body.addWidget(_column(QWidget(), self._caption, self._grid, margins=False), 5)
        body.addWidget(self._side, 4)
        return page


def _column(page: QWidget, *widgets: QWidget, margins: bool = True) -> QWidget:
    column = QVBoxLayout(page)
    column.setContentsMargins(*((12, 6, 12, 8) if margins else (0, 0, 0, 0)))
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget, 1 if isinstance(widget, TileGrid | UnitBars) else 0)
    return page
