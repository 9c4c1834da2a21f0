"""The Masks tab: all masks of one block on one scale, the selected one enlarged with its numbers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from convstudio.network.call import Call
from convstudio.protocol.messages import Masks
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING
from convstudio.ui.live.mask_stage import MaskStage, stage
from convstudio.ui.live.number_cells import NumberCells
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

_WIDE = 720
"""Pixels of width from which the scale stands beside the selected mask instead of below it."""


class MasksPanel(QWidget):
    """Shows the masks of the block it was told, from the messages it is handed."""

    tile_selected = Signal(int)
    """The number of a mask in its stage: output channel · input channels + input channel."""
    drawn = Signal()
    """What came with a message has been painted, or it was said why it cannot be: the next may come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block: str | None = None
        self._call: Call | None = None
        self._stages: tuple[MaskStage, ...] = ()
        self._sentence = Sentence()
        self._caption = Caption()
        self._segments = Segments(tr("Stage"), tr("Which weights of this block are shown"))
        self._grid = TileGrid(tr("All masks of the block"))
        self._selected_words = Caption()
        self._cells = NumberCells(tr("The selected mask, enlarged"))
        self._summary = Caption()
        self._hover_words = Caption()
        self._bar = ColourBar(tr("Scale of the weights"))
        self._build()
        self._connect()
        self.show_block(None, "")

    # --- slots

    def show_block(self, block_id: str | None, heading: str, has_masks: bool = True, call: Call | None = None) -> None:
        """Show this block's masks as soon as they come; None: no block is chosen.

        `heading` is its name for people; `has_masks` is False for a block that has no weights to show; `call` says
        how its weights lie.
        """
        self._call = call
        if block_id is not None and block_id == self._block and has_masks and self._stages:
            return
        self._block, self._stages = block_id, ()
        if block_id is None:
            self._say(tr("Select a convolution or a fully connected block to see its masks (kernels)."))
        elif has_masks:
            self._say(f"{heading}: {tr('its masks appear here as soon as the network stands.')}")
        else:
            self._say(f"{heading} {tr('has no masks: it learns no weights of that kind.')}")

    def on_masks(self, message: Masks) -> None:
        """Show the message if it is about the block that is shown here."""
        if message.view.block != self._block:
            return
        try:
            stages = tuple(
                stage(self._call, name, floats(values), total)
                for name, values, total in zip(message.names, message.arrays, message.total, strict=True)
            )
        except (ArrayError, ValueError) as problem:
            self._say(str(problem))
            self.drawn.emit()
            return
        self._show(tuple(s for s in stages if s.values.ndim >= 2))

    @property
    def grid(self) -> TileGrid:
        return self._grid

    @property
    def caption(self) -> str:
        return self._caption.text()

    # --- inside

    def _show(self, stages: tuple[MaskStage, ...]) -> None:
        if not stages:
            self._say(tr("This block has no masks: it learns no weights of that kind."))
            self.drawn.emit()
            return
        self._stages = stages
        self._segments.set_choices(tuple(s.name.removesuffix(".weight") for s in stages))
        self._pages.setCurrentIndex(1)
        self._show_stage()

    def _show_stage(self) -> None:
        if not self._stages:
            return
        stage = self._stage
        self._caption.setText(stage.caption(self._block or ""))
        self._grid.setAccessibleDescription(stage.directions())
        self._directions.setText(stage.directions())
        self._arrange(stage)
        self._grid.set_tiles(stage.levels, DIVERGING)
        limit = significant(stage.limit)
        self._bar.set_scale(DIVERGING, 2 * CENTRE, (f"−{limit}", "0", limit))
        self._show_selected()

    def _arrange(self, stage: MaskStage) -> None:
        apart = ("dot", "wire")
        if stage.matrix:
            self._grid.set_arrangement(1, smallest=stage.inputs, largest=max(stage.inputs * 16, 16), gap=0)
        elif stage.axes in ((), (1,), (1, 1), (1, 1, 1)):
            self._grid.set_arrangement(stage.columns, smallest=8, largest=24, gap=1, gap_tokens=apart)
        else:
            largest = 48 if len(stage.axes) < 3 else 120
            self._grid.set_arrangement(stage.columns, smallest=8, largest=largest, gap=3, gap_tokens=apart)

    def _show_selected(self) -> None:
        tile = self._grid.selected_tile
        if tile < 0:
            return
        stage = self._stage
        self._selected_words.setText(stage.tile_words(tile))
        self._cells.set_values(stage.tiles[tile], stage.levels[tile], DIVERGING)
        self._summary.setText(stage.summary(tile))
        self._show_hover()

    def _show_hover(self) -> None:
        cell = self._grid.hovered_cell
        self._hover_words.setText(self._stage.cell_words(cell) if cell else "")

    def _words(self, cell: Cell) -> str:
        return self._stage.cell_words(cell) if self._stages else ""

    @property
    def _stage(self) -> MaskStage:
        return self._stages[min(max(self._segments.currentIndex(), 0), len(self._stages) - 1)]

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def _connect(self) -> None:
        self._grid.words = self._words
        self._grid.drawn.connect(self.drawn)
        self._grid.selected.connect(self._show_selected)
        self._grid.selected.connect(self.tile_selected)
        self._grid.hovered.connect(self._show_hover)
        self._grid.left.connect(self._show_hover)
        self._segments.chosen.connect(self._show_stage)

    def _build(self) -> None:
        content = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._sentence)
        self._pages.addWidget(content)
        self._directions = Caption()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(12, 6, 12, 8)
        whole.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self._caption, 1)
        head.addWidget(self._segments)
        whole.addLayout(head)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(self._column(self._directions, self._grid), 1)
        body.addWidget(self._side())
        whole.addLayout(body, 1)

    def _side(self) -> QWidget:
        """The selected mask and the scale: beside each other in a wide panel, else below each other."""
        self._hover_words.setFont(number_font())
        chosen = self._column(self._selected_words, self._cells, self._summary)
        scale = self._column(Caption(tr("one scale for all masks")), self._bar, self._hover_words)
        scale.addStretch()
        chosen.addStretch()
        self._side_of_grid = QWidget()
        self._side_by_side = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._side_of_grid)
        self._side_by_side.setContentsMargins(0, 0, 0, 0)
        self._side_by_side.setSpacing(6)
        self._side_by_side.addLayout(chosen, 1)
        self._side_by_side.addLayout(scale)
        return self._side_of_grid

    def _column(self, *widgets: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3)
        for widget in widgets:
            column.addWidget(widget)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._side_by_side.setDirection(direction)
        self._side_by_side.setSpacing(20 if wide else 6)
        self._side_of_grid.setMaximumWidth(self.width() * (65 if wide else 47) // 100)
        super().resizeEvent(event)
