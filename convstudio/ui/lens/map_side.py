"""One side of the lens: a map with its words, and below it the strip of all maps of its block."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from convstudio.protocol.messages import Seen
from convstudio.ui.lens.map_picture import MapPicture
from convstudio.ui.live.arrays import octets
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.levels import map_levels
from convstudio.ui.live.tile_grid import TileGrid

STRIP_HEIGHT = 36
TILE = 31
"""Pixels of width that a tile takes in the strip, with its gap."""


class MapSide(QWidget):
    """`picture` and `strip` tell what the person points at. More widgets may stand between words and picture."""

    def __init__(self, picture: str, strip: str, between: tuple[QWidget, ...] = ()) -> None:
        super().__init__()
        self.words, self.picture, self.strip = Caption(), MapPicture(picture), TileGrid(strip)
        self.setMaximumWidth(320)
        self.strip.setFixedHeight(STRIP_HEIGHT)
        self.strip.set_arrangement(None, smallest=20, largest=28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.words, *between):
            column.addWidget(widget)
        column.addWidget(self.picture, 100)
        column.addWidget(self.strip)
        column.addStretch(1)

    def show_strip(self, seen: Seen) -> None:
        """All maps of the block, in one or two rows, without a word to anybody; of a single map no strip."""
        small, strip = octets(seen.small), self.strip
        strip.setVisible(len(small) > 1)
        if len(small) > 1:
            strip.blockSignals(True)
            per_row = max(1, strip.width() // TILE)
            strip.setFixedHeight(STRIP_HEIGHT if len(small) <= per_row else 2 * STRIP_HEIGHT - 8)
            strip.set_tiles(map_levels(small), MAGMA)
            strip.select(seen.channel)
            strip.blockSignals(False)
