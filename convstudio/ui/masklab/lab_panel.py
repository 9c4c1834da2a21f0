"""The Mask lab tab: a mask that is edited, the map that it looks at, the map that comes out, and those behind."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.blocks.fixed_mask import WORDS
from convstudio.blocks.mask_presets import Recipe
from convstudio.protocol.messages import Maps
from convstudio.ui.lens.grid import flat_shape
from convstudio.ui.lens.map_picture import MapPicture
from convstudio.ui.live.arrays import ArrayError
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.levels import largest_magnitude
from convstudio.ui.live.mask_stage import MaskStage
from convstudio.ui.live.numbers import decimals
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.masklab import shaping
from convstudio.ui.masklab.chosen import Chosen, Scope, Weights
from convstudio.ui.masklab.edit import Edit
from convstudio.ui.masklab.later_maps import Later, LaterMaps
from convstudio.ui.masklab.mask_choice import MaskChoice
from convstudio.ui.masklab.mask_editor import MaskEditor
from convstudio.ui.masklab.pictured import map_scene
from convstudio.ui.masklab.recipe_bar import RANDOM
from convstudio.ui.masklab.tools import Tools
from convstudio.ui.text import tr

TOOLS = 216
"""Pixels of width of the column with the recipes."""
NARROW = 900
"""Pixels of width of the panel below which the blocks behind have no room."""
LITTLE, LITTLE_TOOLS = 640, 176
"""Pixels of width below which the recipes get less room, and how much."""


class LabPanel(QWidget):
    """Shows the masks of the block it was told, and tells what the person makes of them."""

    edited = Signal(object)
    """An Edit, also in the middle of a gesture."""
    released = Signal()
    """The gesture is over: what follows is another step."""
    freeze_requested = Signal(bool)
    restore_requested = Signal()
    """The values from before the edits by hand are wanted."""
    unit_chosen = Signal(str, int, tuple)
    """Block, map and place of a unit of the result that is to be looked into."""

    unit_hovered = Signal(str, int, tuple)
    """The same of the unit under the mouse."""
    unit_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Mask lab"))
        self._block, self._source = "", ""
        self._stages: tuple[MaskStage, ...] = ()
        self._chosen: Chosen | None = None
        self.before: MaskStage | None = None
        """The weights as they were before the last edit."""
        self._limit = 1.0
        self._maps: dict[str, Maps] = {}
        self._random = np.random.default_rng(0)
        self._sentence = Sentence()
        self.choice = MaskChoice()
        self.stages = Segments(tr("Stage"), tr("Which weights of this block are edited"))
        self.editor, self.tools, self.later = MaskEditor(), Tools(), LaterMaps()
        self.input, self.output = MapPicture(tr("The map before the block")), MapPicture(tr("The map that comes out"))
        self.input_words, self.output_words, self.later_words = Caption(), Caption(), Caption(tr("and behind"))
        self.summary, self.complaint = Caption(), Caption(name="bad")
        self.images = QToolButton()
        self.images.setText(tr("Image ▾"))
        self.images.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.images.setToolTip(tr("What the masks are tried on: a photograph, another sample, an image of your own"))
        self._build()
        self._connect()
        self.show_nothing(tr("Select a block with masks to edit them by hand."))

    # --- slots

    def show_nothing(self, sentence: str) -> None:
        """No masks can be edited; say why."""
        self._chosen, self._stages = None, ()
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def show_block(self, block: str, source: str, later: tuple[Later, ...]) -> None:
        """From now on this block is edited, which looks at the maps of `source`."""
        if block != self._block:
            self._chosen, self._stages, self._maps = None, (), {}
            self.complaint.setText("")
            self.tools.recipes.show_preset("")
        self._block, self._source = block, source
        self.later.show_blocks(later)

    def show_frozen(self, frozen: bool, possible: bool) -> None:
        """Whether training leaves the block alone; not for masks that are never trained."""
        self.tools.freeze.setVisible(possible)
        self.tools.freeze.setChecked(frozen)

    def show_restorable(self, possible: bool) -> None:
        """Whether there are other values to go back to."""
        self.tools.restore.setEnabled(possible)

    def show_stages(self, stages: tuple[MaskStage, ...], channels: int = 0) -> None:
        """The masks as they are now; `channels` maps are filtered by the one mask of a fixed block."""
        self._stages = stages
        self.stages.set_choices(tuple(s.name.removesuffix(".weight") for s in stages))
        stage = stages[min(max(0, self.stages.currentIndex()), len(stages) - 1)]
        old = self._chosen
        kept = old if old and old.stage.name == stage.name else None
        self._take(Chosen(stage, kept.row, kept.column, kept.scope).within() if kept else Chosen(stage))
        self.choice.show_choice(self._chosen, channels)
        self._pages.setCurrentIndex(1)

    def choose(self, name: str, row: int, column: int) -> None:
        """Edit the mask at this place of the weights of that name; '' are those that are shown.

        Of groups, `column` may be the number of the input channel.
        """
        names = [s.name for s in self._stages]
        if name in names:
            self.stages.setCurrentIndex(names.index(name))
        if self._chosen is not None:
            self._choose(row, column % max(1, self._chosen.stage.inputs))

    def show_recipe(self, preset: str, values: dict[str, float]) -> None:
        """What the mask of a fixed block is made from."""
        if not any(knob.slider.isSliderDown() for knob in self.tools.recipes.knobs.values()):
            self.tools.recipes.show_preset(preset, values)

    def on_maps(self, message: Maps) -> None:
        """Show maps: those before the block, its own, or those of a block behind."""
        if message.view.block in (self._source, self._block):
            self._maps[message.view.block] = message
            self._show_maps()
        else:
            self.later.on_maps(message)

    def complain(self, sentence: str) -> None:
        """Say why something was not done."""
        self.complaint.setText(sentence)

    @property
    def block(self) -> str:
        return self._block

    @property
    def chosen(self) -> Chosen | None:
        """The masks that are being edited."""
        return self._chosen

    @property
    def sentence(self) -> str:
        """What is said where nothing can be edited; '' where something can."""
        return self._sentence.text() if self._pages.currentIndex() == 0 else ""

    @property
    def held(self) -> bool:
        """The person is in the middle of a gesture: what comes from elsewhere waits."""
        return self.editor.held or any(knob.slider.isSliderDown() for knob in self.tools.recipes.knobs.values())

    # --- painting

    def _take(self, chosen: Chosen) -> None:
        self._chosen = chosen
        mask = chosen.mask
        if not self.editor.held:
            self._limit = max(chosen.stage.limit, largest_magnitude(mask)) or 1.0
        self.editor.show_mask(mask, self._limit)
        total, size = float(mask.sum(dtype=np.float64)), float(np.sqrt(np.square(mask.astype(np.float64)).sum()))
        self.summary.setText(f"{chosen.words} · {tr('sum')} {decimals(total)} · {tr('norm')} {decimals(size)}")
        self._show_maps()

    def _show_maps(self) -> None:
        if self._chosen is None:
            return
        chosen = self._chosen
        before, after = self.choice.channel(chosen.input_map), self.choice.channel(chosen.output_map)
        after = after if chosen.stage is self._stages[-1] or len(self._stages) == 1 else before
        self._show_map(self.input, self.input_words, self._source, before)
        self._show_map(self.output, self.output_words, self._block, after)

    def _show_map(self, picture: MapPicture, words: Caption, block: str, channel: int) -> None:
        message = self._maps.get(block)
        try:
            scene, channel = map_scene(message, channel) if message else (None, channel)
        except ArrayError as problem:
            self.complain(str(problem))
            return
        picture.show_scene(scene)
        words.setText(f"{block} · {tr('map')} {channel}" if scene else block)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._behind.setVisible(self.width() >= NARROW)
        narrow = self.width() < LITTLE
        self.tools.setFixedWidth(LITTLE_TOOLS if narrow else TOOLS)
        self._body.setSpacing(8 if narrow else 14)

    # --- what the person does

    def _choose(self, row: int, column: int, scope: Scope | None = None) -> None:
        if self._chosen is not None:
            self.released.emit()
            chosen = Chosen(self._chosen.stage, row, column, scope or self._chosen.scope).within()
            self._take(chosen)
            self.choice.show_choice(chosen, self.choice.channels)

    def _choose_stage(self) -> None:
        self.released.emit()
        self._chosen = None
        self.show_stages(self._stages)

    def _change_cell(self, cell: int, value: float) -> None:
        """The same cell of all masks that are meant."""
        assert self._chosen is not None
        values = self._chosen.region.of(self._chosen.stage.values).copy()
        values.reshape(*values.shape[:2], -1)[..., cell] = value
        self._edit(tr("Edit a mask"), values)

    def _replace(self, mask: NDArray[np.float32]) -> None:
        self._fill(tr("Paste a mask"), mask)

    def _shape(self, name: str) -> None:
        """Do the same to each of the masks that are meant."""
        if self._chosen is None:
            return
        values = self._chosen.region.of(self._chosen.stage.values)
        masks = values.reshape(-1, *values.shape[2:])
        try:
            made = np.stack([shaping.OPERATIONS[name](mask) for mask in masks]).reshape(values.shape)
        except shaping.Refused as refusal:
            self.complain(tr(str(refusal)))
            return
        self._edit(self.tools.label_of(name), made)
        self.released.emit()

    def _make(self) -> None:
        """Make the masks that are meant from the recipe."""
        preset = self.tools.recipes.preset
        if self._chosen is None or not preset:
            return
        axes = self._chosen.mask.shape
        if preset == RANDOM:
            shape = self._chosen.region.of(self._chosen.stage.values).shape
            masks = [shaping.at_random(axes, self._random) for _ in range(shape[0] * shape[1])]
            self._edit(tr("Random masks"), np.stack(masks).reshape(shape), preset)
            return
        try:
            recipe = Recipe(flat_shape(axes), **self.tools.recipes.values)
            mask = self._own(preset) if self._chosen.stage.reading.fixed else shaping.of_preset(preset, axes, recipe)
        except shaping.Refused as refusal:
            self.complain(tr(str(refusal)))
            return
        self._fill(tr(WORDS[preset]), mask, preset)

    def _own(self, preset: str) -> Weights:
        """A fixed mask takes the size of its preset: its numbers come back with the document."""
        assert self._chosen is not None
        return self._chosen.mask

    def _fill(self, label: str, mask: Weights, preset: str = "") -> None:
        """Give all masks that are meant the same numbers."""
        assert self._chosen is not None
        shape = self._chosen.region.of(self._chosen.stage.values).shape
        self._edit(label, np.broadcast_to(mask, shape).copy(), preset)

    def _edit(self, label: str, values: Weights, preset: str = "") -> None:
        assert self._chosen is not None
        self.complaint.setText("")
        if not preset:
            self.tools.recipes.show_preset("")
        chosen = self._chosen
        numbers = tuple(self.tools.recipes.values.items())
        edit = Edit(f"{label} · {self._block}", chosen.stage.name, chosen.region, values, preset, numbers)
        self.before = chosen.stage
        changed = chosen.with_region(values)
        self._stages = tuple(changed.stage if s is chosen.stage else s for s in self._stages)
        self._take(changed)
        self.edited.emit(edit)

    def _open_unit(self, row: int, column: int) -> None:
        if (unit := self._unit(row, column)) is not None:
            self.unit_chosen.emit(*unit)

    def _hover_unit(self, row: int, column: int) -> None:
        if (unit := self._unit(row, column)) is not None:
            self.unit_hovered.emit(*unit)

    def _unit(self, row: int, column: int) -> tuple[str, int, tuple[int, ...]] | None:
        """The unit of the result at a cell of its map; of a clip, whose frames are not told apart here, none."""
        message = self._maps.get(self._block)
        if message is None or self._chosen is None or len(message.maps.shape) not in (2, 3):
            return None
        place = (row, column) if len(message.maps.shape) == 3 and message.maps.shape[1] > 1 else (column,)
        return self._block, min(self.choice.channel(self._chosen.output_map), message.total - 1), place

    # --- layout

    def _connect(self) -> None:
        self.editor.changed.connect(self._change_cell)
        self.editor.replaced.connect(self._replace)
        self.editor.refused.connect(self.complain)
        self.editor.released.connect(self._let_go)
        self.tools.recipes.chosen.connect(lambda _preset: self._make())
        self.tools.recipes.turned.connect(self._make)
        self.tools.recipes.released.connect(self.released)
        self.choice.chosen.connect(self._choose)
        self.choice.channel_chosen.connect(self._show_maps)
        self.stages.chosen.connect(lambda _index: self._choose_stage())
        self.tools.freeze.clicked.connect(self.freeze_requested)
        self.tools.restore.clicked.connect(self.restore_requested)
        self.output.chosen.connect(self._open_unit)
        self.output.hovered.connect(self._hover_unit)
        self.output.left.connect(self.unit_left)
        for name, button in self.tools.buttons.items():
            button.clicked.connect(partial(self._shape, name))

    def _let_go(self) -> None:
        self.released.emit()
        if self._chosen is not None:
            self._take(self._chosen)

    def _build(self) -> None:
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._sentence)
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(12, 6, 12, 8)
        whole.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.choice)
        head.addWidget(self.stages)
        head.addWidget(self.complaint, 1)
        head.addWidget(self.images)
        self.images.setStyleSheet("padding: 1px 8px")
        whole.addLayout(head)
        body = self._body = QHBoxLayout()
        body.addWidget(_column(self.input_words, self.input), 5)
        body.addWidget(_column(self.summary, self.editor), 7)
        body.addWidget(self.tools)
        body.addWidget(_column(self.output_words, self.output), 5)
        self._behind = _column(self.later_words, self.later)
        body.addWidget(self._behind, 5)
        whole.addLayout(body, 1)
        self._pages.addWidget(page)


def _column(words: Caption, picture: QWidget) -> QWidget:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(words)
    column.addWidget(picture, 100)
    column.addStretch(1)
    return side
