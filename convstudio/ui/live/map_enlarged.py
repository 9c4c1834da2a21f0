"""One feature map enlarged: before and after the activation side by side, over the input, with a histogram."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import MAGMA, NOTHING
from convstudio.ui.live.histogram import Histogram, shares
from convstudio.ui.live.map_stack import NONE_DEAD, Dead, MapStack
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font


class MapEnlarged(QWidget):
    """Shows the map of a number of the stack that it is handed, and the same map of the partner's stack beside it."""

    unit_opened = Signal(int, int)
    """Row and column that was double-clicked, or clicked with Ctrl."""

    unit_hovered = Signal(int, int)
    """Row and column under the mouse."""
    unit_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack: MapStack | None = None
        self._partner: MapStack | None = None
        self._tile, self._dead = 0, NONE_DEAD
        self._input = QImage()
        self.words, self._partner_words = Caption(), Caption()
        self.grid = TileGrid(tr("The selected feature map, enlarged"), selectable=False)
        self.partner = TileGrid(tr("The same map before or after the activation"), selectable=False)
        self.over = QSlider(Qt.Orientation.Horizontal)
        self.histogram = Histogram(tr("How often which value occurs"))
        self.bar = ColourBar(tr("Scale of the feature maps"))
        self._hover_words = Caption()
        self._build()
        self._connect()

    # --- slots

    def show_map(self, stack: MapStack, tile: int, dead: Dead, off: bool = False) -> None:
        """Show a map of the block; `off`: it is switched off."""
        self._stack, self._tile, self._dead = stack, tile, dead
        self.words.setText(stack.tile_words(tile, dead, off))
        self.grid.set_tiles(stack.tiles[tile : tile + 1], MAGMA)
        self.bar.set_scale(MAGMA, NOTHING - 1, stack.scale())
        self.histogram.set_shares(shares(stack.maps), shares(stack.maps[tile]), stack.low, stack.high)
        self._show_partner()
        self.show_hover(None)

    def set_partner(self, words: str, first: bool) -> None:
        """What is shown beside the map, in words ('' for nothing), and whether it comes before it."""
        self._partner_words.setText(words)
        way = QBoxLayout.Direction
        self._pair.setDirection(way.RightToLeft if first else way.LeftToRight)
        self._partner = None
        self._show_partner()

    def show_partner(self, stack: MapStack) -> None:
        """The maps of the block beside."""
        self._partner = stack
        self._show_partner()

    def set_input(self, picture: QImage) -> None:
        """The sample that all maps are of."""
        self._input = picture
        self._lay_over()

    def show_hover(self, cell: Cell | None) -> None:
        """Say which value is under the mouse, here or in the grid of all maps."""
        own, other = self.grid.hovered_cell, self.partner.hovered_cell
        if self._stack is None:
            words = ""
        elif other and self._partner is not None:
            words = self._partner.cell_words(Cell(self._tile, other.row, other.column))
        elif own:
            words = self._stack.cell_words(Cell(self._tile, own.row, own.column))
        else:
            words = self._stack.cell_words(cell) if cell else ""
        self._hover_words.setText(words)

    # --- inside

    def _show_partner(self) -> None:
        there = self._partner is not None and self._stack is not None and self._tile < len(self._partner.maps)
        self._partner_side.setVisible(there)
        if there and self._partner and self._stack:
            tiles = self._partner.on_scale(self._stack.low, self._stack.high)
            self.partner.set_tiles(tiles[self._tile : self._tile + 1], MAGMA)

    def _lay_over(self) -> None:
        for grid in (self.grid, self.partner):
            grid.set_backdrop(self._input, 1 - self.over.value() / 100)

    def _words(self, stack: MapStack | None, cell: Cell) -> str:
        return stack.cell_words(Cell(self._tile, cell.row, cell.column)) if stack else ""

    def _connect(self) -> None:
        self.grid.words = lambda cell: self._words(self._stack, cell)
        self.partner.words = lambda cell: self._words(self._partner, cell)
        self.over.valueChanged.connect(lambda _value: self._lay_over())
        self.grid.opened.connect(lambda _tile, row, column: self.unit_opened.emit(row, column))
        for grid in (self.grid, self.partner):
            grid.hovered.connect(lambda *_cell: self.show_hover(None))
            grid.left.connect(lambda: self.show_hover(None))
        self.grid.hovered.connect(lambda _tile, row, column: self.unit_hovered.emit(row, column))
        self.grid.left.connect(self.unit_left)

    def _build(self) -> None:
        for grid in (self.grid, self.partner):
            grid.set_arrangement(None, largest=4096)
        self._partner_side = _column(self._partner_words, self.partner)
        self._partner_side.setVisible(False)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(10)
        self._pair.addWidget(_column(self.words, self.grid), 1)
        self._pair.addWidget(self._partner_side, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addLayout(self._pair, 1)
        below = QHBoxLayout()
        below.setSpacing(16)
        scale = QVBoxLayout()
        scale.setSpacing(0)
        scale.addWidget(self.histogram)
        scale.addWidget(self.bar)
        below.addLayout(scale, 3)
        below.addLayout(self._aside(), 2)
        whole.addLayout(below)

    def _aside(self) -> QVBoxLayout:
        self._hover_words.setFont(number_font())
        self.over.setRange(0, 100)
        self.over.setAccessibleName(tr("How much of the input shines through"))
        self.over.setToolTip(tr("Lay the map over the input: how much of the input shines through"))
        self.over.setMaximumWidth(160)
        aside = QVBoxLayout()
        aside.setSpacing(2)
        aside.addWidget(Caption(tr("over the input")))
        aside.addWidget(self.over)
        aside.addWidget(self._hover_words)
        aside.addStretch()
        return aside


def _column(words: QWidget, grid: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    column.addWidget(words)
    column.addWidget(grid, 1)
    return page
