"""The Feature maps tab: every map of one block for the watched sample, the selected one enlarged."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from convstudio.protocol.messages import Maps
from convstudio.ui.live.arrays import ArrayError, octets
from convstudio.ui.live.bars import Bars
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import MAGMA, NOTHING
from convstudio.ui.live.levels import cell_at
from convstudio.ui.live.map_stack import MapStack
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font


class MapsPanel(QWidget):
    """Shows the feature maps of the block it was told, from the messages it is handed."""

    tile_selected = Signal(int)
    """The number of a feature map."""
    unit_chosen = Signal(str, int, tuple)
    """Block, map, and place in it, of a cell that is to be looked into."""
    drawn = Signal()
    """What came with a message has been painted, or it was said why it cannot be: the next may come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block: str | None = None
        self._stack: MapStack | None = None
        self._sentence = Sentence()
        self._caption = Caption()
        self._grid = TileGrid(tr("All feature maps of the block"))
        self._enlarged = TileGrid(tr("The selected feature map, enlarged"), selectable=False)
        self._enlarged_words = Caption()
        self._hover_words = Caption()
        self._bar = ColourBar(tr("Scale of the feature maps"))
        self._bars = Bars(tr("Values of the vector"))
        self._build()
        self._connect()
        self.show_block(None, "")

    # --- slots

    def show_block(self, block_id: str | None, heading: str) -> None:
        """Show this block's feature maps as soon as they come; None: no block is chosen."""
        if block_id is not None and block_id == self._block and self._stack is not None:
            return
        self._block, self._stack = block_id, None
        if block_id is None:
            self._say(tr("Select a block to see what it makes of the sample: its feature maps."))
        else:
            self._say(f"{heading}: {tr('its feature maps appear here as soon as the network stands.')}")

    def on_maps(self, message: Maps) -> None:
        """Show the message if it is about the block that is shown here."""
        if message.view.block != self._block:
            return
        try:
            maps = octets(message.maps)
        except ArrayError as problem:
            self._say(str(problem))
            self.drawn.emit()
            return
        if not maps.size:
            self._say(tr("This block has no feature maps to show."))
            self.drawn.emit()
            return
        self._show(MapStack(maps, message.low, message.high, message.total))

    @property
    def grid(self) -> TileGrid:
        return self._grid

    @property
    def enlarged(self) -> TileGrid:
        return self._enlarged

    @property
    def bars(self) -> Bars:
        return self._bars

    @property
    def caption(self) -> str:
        return self._caption.text()

    # --- inside

    def _show(self, stack: MapStack) -> None:
        self._stack = stack
        self._caption.setText(stack.caption(self._block or ""))
        if stack.vector:
            self._pages.setCurrentIndex(2)
            self._vector_caption.setText(self._caption.text())
            self._bars.set_values(stack.values(), stack.low, stack.high)
            return
        self._pages.setCurrentIndex(1)
        self._bar.set_scale(MAGMA, NOTHING - 1, stack.scale())
        self._grid.set_arrangement(None, largest=96 if stack.maps.ndim < 4 else 400)
        self._grid.set_tiles(stack.tiles, MAGMA, marked=stack.dead)
        self._show_selected()

    def _show_selected(self) -> None:
        tile = self._grid.selected_tile
        if tile < 0 or self._stack is None:
            return
        self._enlarged.set_tiles(self._stack.tiles[tile : tile + 1], MAGMA)
        self._enlarged_words.setText(self._stack.tile_words(tile))
        self._show_hover()

    def _show_hover(self) -> None:
        cell = self._enlarged.hovered_cell or self._grid.hovered_cell
        if cell is None or self._stack is None:
            self._hover_words.setText("")
        elif self._enlarged.hovered_cell:
            self._hover_words.setText(self._enlarged_cell_words(cell))
        else:
            self._hover_words.setText(self._cell_words(cell))

    def _cell_words(self, cell: Cell) -> str:
        return self._stack.cell_words(cell) if self._stack else ""

    def _enlarged_cell_words(self, cell: Cell) -> str:
        return self._cell_words(Cell(self._grid.selected_tile, cell.row, cell.column))

    def _open_unit(self, tile: int, row: int, column: int) -> None:
        """Tell which unit was opened; nothing lies between the frames of a clip."""
        place = cell_at(self._stack.maps.shape[1:], row, column) if self._stack else None
        if place is not None:
            self.unit_chosen.emit(self._block or "", tile, place)

    def _open_enlarged(self, _tile: int, row: int, column: int) -> None:
        self._open_unit(self._grid.selected_tile, row, column)

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def _connect(self) -> None:
        self._grid.words = self._cell_words
        self._enlarged.words = self._enlarged_cell_words
        self._grid.drawn.connect(self.drawn)
        self._bars.drawn.connect(self.drawn)
        self._grid.selected.connect(self._show_selected)
        self._grid.selected.connect(self.tile_selected)
        self._grid.opened.connect(self._open_unit)
        self._enlarged.opened.connect(self._open_enlarged)
        for grid in (self._grid, self._enlarged):
            grid.hovered.connect(self._show_hover)
            grid.left.connect(self._show_hover)

    def _build(self) -> None:
        self._pages = QStackedLayout(self)
        self._vector_caption = Caption()
        self._pages.addWidget(self._sentence)
        self._pages.addWidget(self._picture_page())
        self._pages.addWidget(_column(QWidget(), self._vector_caption, self._bars))

    def _picture_page(self) -> QWidget:
        page = QWidget()
        self._hover_words.setFont(number_font())
        self._enlarged.set_arrangement(None, largest=4096)
        body = QHBoxLayout(page)
        body.setContentsMargins(12, 6, 12, 8)
        body.setSpacing(16)
        left = _column(QWidget(), self._caption, self._grid, margins=False)
        right = _column(QWidget(), self._enlarged_words, self._enlarged, self._bar, self._hover_words, margins=False)
        body.addWidget(left, 3)
        body.addWidget(right, 2)
        return page


def _column(page: QWidget, *widgets: QWidget, margins: bool = True) -> QWidget:
    column = QVBoxLayout(page)
    column.setContentsMargins(*((12, 6, 12, 8) if margins else (0, 0, 0, 0)))
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget, 1 if isinstance(widget, TileGrid | Bars) else 0)
    return page
