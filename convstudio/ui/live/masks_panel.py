"""The Masks tab: all masks of one block on one scale, their changes and gradients, the selected one in numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from convstudio.network.call import Call
from convstudio.protocol.messages import Masks
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING
from convstudio.ui.live.mask_stage import MaskStage, laid_over, stage
from convstudio.ui.live.neighbours import Source
from convstudio.ui.live.number_cells import NumberCells
from convstudio.ui.live.numbers import decimals, significant
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

_WIDE = 720
"""Pixels of width from which the scale stands beside the selected mask instead of below it."""
Aspect = Literal["masks", "gradients", "changes"]
ASPECTS: tuple[tuple[Aspect, str], ...] = (
    ("masks", "values"),
    ("gradients", "gradient"),
    ("changes", "change"),
)
ORDERS = ("sort: channel", "sort: largest norm", "sort: most changed")
NATURAL, NORM, CHANGED = range(len(ORDERS))
Stages = tuple[MaskStage, ...]


class MasksPanel(QWidget):
    """Shows the masks of the block it was told, from the messages it is handed."""

    tile_selected = Signal(int)
    """The number of a mask in its stage: output channel · input channels + input channel."""
    edit_requested = Signal(str, str, int, int)
    """Block, name of the weights, output and input of a mask that is to be edited."""
    drawn = Signal()
    """What came with a message has been painted, or it was said why it cannot be: the next may come."""
    wanted_changed = Signal()
    """Other pictures of the block are needed than before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block: str | None = None
        self._call: Call | None = None
        self._over: Source | None = None
        self._stages: dict[Aspect, Stages] = {}
        self._trial = False
        self.sentence = Sentence()
        self._caption = Caption()
        self._segments = Segments(tr("Stage"), tr("Which weights of this block are shown"))
        self._aspects = Segments(
            tr("What is shown of the masks"),
            tr("The masks, the gradient of the last step, or the change since the start"),
        )
        self._order = QComboBox()
        self._edit = QToolButton()
        self._grid = TileGrid(tr("All masks of the block"))
        self._selected_words = Caption()
        self._cells = NumberCells(tr("The selected mask, enlarged"))
        self._beside_words, self._beside = Caption(), NumberCells(tr("The weights of the selected mask"))
        self._summary = Caption()
        self._hover_words = Caption()
        self._bar = ColourBar(tr("Scale of the weights"))
        self._aspects.set_choices(tuple(tr(words) for _, words in ASPECTS))
        self._order.addItems([tr(words) for words in ORDERS])
        self._build()
        self._connect()
        self.show_block(None, "")

    # --- slots

    def show_block(
        self,
        block_id: str | None,
        heading: str,
        has_masks: bool = True,
        call: Call | None = None,
        over: Source | None = None,
    ) -> None:
        """Show this block's masks as soon as they come; None: no block is chosen.

        `heading` is its name for people; `has_masks` is False for a block that has no weights to show; `call` says
        how its weights lie, `over` which maps they are spread over.
        """
        self._call, self._over = call, over
        if block_id is not None and block_id == self._block and has_masks and self._stages:
            return
        self._block, self._stages = block_id, {}
        if block_id is None:
            self._say(tr("Select a convolution or a fully connected block to see its masks (kernels)."))
        elif has_masks:
            self._say("")
            self.sentence.promise(f"{heading}: {tr('its masks appear here as soon as the network stands.')}")
        else:
            self._say(f"{heading} {tr('has no masks: it learns no weights of that kind.')}")

    def on_masks(self, message: Masks) -> None:
        """Show the message if it is about the block that is shown here."""
        if message.view.block != self._block:
            return
        try:
            plain = tuple(
                stage(self._call, name, floats(values), total)
                for name, values, total in zip(message.names, message.arrays, message.total, strict=True)
            )
        except (ArrayError, ValueError) as problem:
            self._give_up(str(problem))
            return
        aspect: Aspect = next((a for a, _ in ASPECTS if a == message.view.what), "masks")
        if aspect == "gradients":
            self._trial = message.trial
        self._take(aspect, tuple(s for s in plain if s.values.ndim >= 2))

    @property
    def wanted(self) -> tuple[Aspect, ...]:
        """Which pictures are needed: the masks, and what else is shown or ordered by."""
        aspects: list[Aspect] = ["masks", self.aspect, "changes" if self._by == CHANGED else "masks"]
        return tuple(dict.fromkeys(aspects))

    @property
    def aspect(self) -> Aspect:
        return ASPECTS[max(0, self._aspects.currentIndex())][0]

    @property
    def grid(self) -> TileGrid:
        return self._grid

    @property
    def caption(self) -> str:
        return self._caption.text()

    # --- inside

    @property
    def _by(self) -> int:
        return self._order.currentIndex()

    def _take(self, aspect: Aspect, plain: Stages) -> None:
        if aspect == "masks" and not plain:
            self._give_up(tr("This block has no masks: it learns no weights of that kind."))
            return
        over = tuple(found for s in plain if (found := laid_over(s, self._over)))
        self._stages[aspect] = (*over, *plain)
        if aspect == "masks":
            names = (s.name.removesuffix(".weight") for s in plain)
            self._segments.set_choices((*(s.name for s in over), *(tr("as rows") if over else n for n in names)))
        if aspect == self.aspect or self._order_needs(aspect):
            self._show_stage()

    def _order_needs(self, aspect: Aspect) -> bool:
        return (self._by, aspect) in ((NORM, "masks"), (CHANGED, "changes"))

    def _show_stage(self) -> None:
        if "masks" not in self._stages:
            return
        if not self._stages.get(self.aspect):
            self._say(self._missing())
            self._pages.setCurrentIndex(1)
            return
        stage = self._stage(self.aspect)
        self._pages.setCurrentIndex(1)
        self._grid_pages.setCurrentIndex(1)
        self._caption.setText(stage.caption(self._block or "") + self._remark())
        self._grid.setAccessibleDescription(stage.directions())
        self._directions.setText(stage.directions())
        self._edit.setVisible(not stage.matrix and not stage.reading.over)
        self._arrange(stage)
        self._grid.set_tiles(stage.levels, DIVERGING)
        limit = significant(stage.limit)
        self._bar.set_scale(DIVERGING, 2 * CENTRE, (f"−{limit}", "0", limit))
        self._show_selected()

    def _missing(self) -> str:
        """Why there is nothing of the chosen aspect."""
        if self.aspect in self._stages:
            return tr("These masks are fixed: they are chosen, and not trained.")
        if self.aspect == "changes":
            return tr("The changes since the start appear here in a moment.")
        return tr("The gradient appears here with the first step, once the network can be trained.")

    def _remark(self) -> str:
        """Which gradient it is."""
        if self.aspect != "gradients":
            return ""
        return f" · {tr('of one mini-batch, not learned from') if self._trial else tr('of the last step')}"

    def _arrange(self, stage: MaskStage) -> None:
        apart = ("dot", "wire")
        if stage.matrix:
            self._grid.set_arrangement(1, smallest=stage.inputs, largest=max(stage.inputs * 16, 16), gap=0)
        elif stage.axes in ((), (1,), (1, 1), (1, 1, 1)):
            self._grid.set_arrangement(stage.columns, smallest=8, largest=24, gap=1, gap_tokens=apart)
        else:
            largest = 48 if len(stage.axes) < 3 else 120
            if stage.reading.over:
                largest = max(84, 2 * max(stage.axes))
            self._grid.set_arrangement(stage.columns, smallest=8, largest=largest, gap=3, gap_tokens=apart)

    def _show_selected(self) -> None:
        tile = self._grid.selected_tile
        if tile < 0 or not self._stages.get(self.aspect):
            return
        stage = self._stage(self.aspect)
        self._selected_words.setText(stage.tile_words(tile))
        self._cells.set_values(stage.tiles[tile], stage.levels[tile], DIVERGING)
        words = stage.summary(tile)
        if self.aspect == "masks" and self._stages.get("changes"):
            words += f" · {tr('changed by')} {decimals(self._stage('changes').norm(tile))}"
        self._summary.setText(words)
        self._show_beside(tile)
        self._show_hover()

    def _show_beside(self, tile: int) -> None:
        """The weights themselves beside their gradient or change, where cells are few enough to be read."""
        weights = self._stage("masks")
        other = self.aspect != "masks" and weights.tiles[tile].size <= 121 and self.width() >= _WIDE
        self._set_beside(other)
        if other:
            self._beside_words.setText(tr("its weights"))
            self._beside.set_values(weights.tiles[tile], weights.levels[tile], DIVERGING)

    def _set_beside(self, shown: bool) -> None:
        for widget in (self._beside, self._beside_words):
            widget.setVisible(shown)

    def _show_hover(self) -> None:
        cell = self._grid.hovered_cell
        self._hover_words.setText(self._words(cell) if cell else "")

    def _words(self, cell: Cell) -> str:
        return self._stage(self.aspect).cell_words(cell) if self._stages.get(self.aspect) else ""

    def _stage(self, aspect: Aspect) -> MaskStage:
        """The chosen stage of the masks, or of their gradients or changes, in the chosen order."""
        stages = self._stages[aspect]
        plain = stages[min(max(self._segments.currentIndex(), 0), len(stages) - 1)]
        by: Aspect = "changes" if self._by == CHANGED else "masks"
        if self._by == NATURAL or not self._stages.get(by):
            return plain
        judges = self._stages[by]
        norms = judges[min(max(self._segments.currentIndex(), 0), len(judges) - 1)].norms()
        return plain.ordered(np.argsort(-norms, kind="stable")) if len(norms) == plain.outputs else plain

    def _say(self, sentence: str) -> None:
        if self._stages:
            self._nothing.setText(sentence)
            self._grid_pages.setCurrentIndex(0)
        else:
            self.sentence.setText(sentence)
            self._pages.setCurrentIndex(0)

    def _give_up(self, sentence: str) -> None:
        """There is nothing to draw: the next may come."""
        self._stages = {}
        self._say(sentence)
        self.drawn.emit()

    def _open_mask(self, tile: int) -> None:
        """Tell which mask is to be edited; the weights of a fully connected block are none."""
        if tile < 0 or not self._stages.get(self.aspect):
            return
        stage = self._stage(self.aspect)
        if not stage.matrix and not stage.reading.over:
            row, column = divmod(tile, max(stage.inputs, 1))
            self.edit_requested.emit(self._block or "", stage.name, stage.row_of(row), column)

    def _choose(self) -> None:
        self.wanted_changed.emit()
        self._show_stage()

    def _connect(self) -> None:
        self._grid.words = self._words
        self._grid.drawn.connect(self.drawn)
        self._grid.selected.connect(self._show_selected)
        self._grid.selected.connect(self.tile_selected)
        self._grid.opened.connect(lambda tile, _row, _column: self._open_mask(tile))
        self._edit.clicked.connect(lambda: self._open_mask(self._grid.selected_tile))
        self._grid.hovered.connect(self._show_hover)
        self._grid.left.connect(self._show_hover)
        self._segments.chosen.connect(self._show_stage)
        self._aspects.chosen.connect(self._choose)
        self._order.currentIndexChanged.connect(self._choose)

    def _build(self) -> None:
        content = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(content)
        self._directions = Caption()
        self._order.setAccessibleName(tr("Order of the masks"))
        self._order.setToolTip(tr("Which output channel stands first"))
        self._order.setStyleSheet("padding: 1px 6px")
        self._order.setMinimumWidth(40)
        whole = QVBoxLayout(content)
        whole.setContentsMargins(12, 6, 12, 8)
        whole.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self._caption, 1)
        self._edit.setText(tr("Edit"))
        self._edit.setToolTip(tr("Edit the selected mask in the mask lab; a double click on a mask does the same"))
        self._edit.setStyleSheet("padding: 1px 8px")
        for widget in (self._segments, self._aspects, self._order, self._edit):
            head.addWidget(widget)
        whole.addLayout(head)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._grid_page(), 1)
        body.addWidget(self._side())
        whole.addLayout(body, 1)

    def _grid_page(self) -> QWidget:
        """The grid, or a sentence in its place while there is nothing of what was chosen."""
        self._nothing = Sentence()
        page, shown = QWidget(), QWidget()
        self._grid_pages = QStackedLayout(page)
        column = self._column(self._directions, self._grid)
        column.setContentsMargins(0, 0, 0, 0)
        shown.setLayout(column)
        self._grid_pages.addWidget(self._nothing)
        self._grid_pages.addWidget(shown)
        self._grid_pages.setCurrentIndex(1)
        return page

    def _side(self) -> QWidget:
        """The selected mask and the scale: beside each other in a wide panel, else below each other."""
        self._hover_words.setFont(number_font())
        chosen = self._column(self._selected_words, self._cells, self._summary)
        beside = self._column(self._beside_words, self._beside)
        beside.addStretch()
        scale = self._column(Caption(tr("one scale for all masks")), self._bar, self._hover_words)
        scale.addStretch()
        chosen.addStretch()
        self._side_of_grid = QWidget()
        self._side_by_side = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._side_of_grid)
        self._side_by_side.setContentsMargins(0, 0, 0, 0)
        self._set_beside(False)
        self._side_by_side.setSpacing(6)
        self._side_by_side.addLayout(chosen, 1)
        self._side_by_side.addLayout(beside)
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
