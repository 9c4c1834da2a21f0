"""The strip of what comes after: a small picture of the maps of each block behind the one that is edited."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.protocol.messages import Maps
from convstudio.ui.lens.ink import text_font
from convstudio.ui.live.arrays import ArrayError, octets
from convstudio.ui.live.tile_picture import thumbnail
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

CELL = QSize(64, 58)
WORDS = 13


@dataclass(frozen=True)
class Later:
    """A block behind: what the worker calls it, and its heading for people."""

    block: str
    heading: str


class LaterMaps(QWidget):
    """Pictures in columns, as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: tuple[Later, ...] = ()
        self._pictures: dict[str, QImage] = {}
        self.setAccessibleName(tr("The feature maps of the blocks behind"))
        self.setMinimumWidth(CELL.width())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def blocks(self) -> tuple[Later, ...]:
        return self._blocks

    def show_blocks(self, blocks: tuple[Later, ...]) -> None:
        if blocks != self._blocks:
            self._blocks = blocks
            self._pictures = {b.block: p for b in blocks if (p := self._pictures.get(b.block))}
            self.update()

    def on_maps(self, message: Maps) -> None:
        try:
            self._pictures[message.view.block] = thumbnail(octets(message.maps), 2, 2)
        except ArrayError:
            self._pictures.pop(message.view.block, None)
        self.update()

    def picture(self, block: str) -> QImage:
        """What is shown of a block; null where nothing has come yet."""
        return self._pictures.get(block, QImage())

    def places(self) -> list[QRectF]:
        """Where the blocks stand, as many as there is room for."""
        columns = max(1, self.width() // CELL.width())
        rows = max(1, self.height() // CELL.height())
        wide, high = self.width() / columns, float(CELL.height())
        return [
            QRectF(number % columns * wide, number // columns * high, wide - 6, high - 6)
            for number in range(min(len(self._blocks), columns * rows))
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block, place in zip(self._blocks, self.places(), strict=False):
            self._paint(painter, block, place)
        painter.end()

    def _paint(self, painter: QPainter, block: Later, place: QRectF) -> None:
        font = text_font(7.5)
        painter.setFont(font)
        painter.setPen(theme.colour("dim"))
        words = QFontMetricsF(font).elidedText(block.heading, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(QRectF(place.left(), place.top(), place.width(), WORDS), words)
        room = place.adjusted(0, WORDS + 1, 0, 0)
        picture = self.picture(block.block)
        if picture.isNull():
            painter.fillRect(room, theme.colour("raised"))
            return
        scale = min(room.width() / picture.width(), room.height() / picture.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(QRectF(room.left(), room.top(), picture.width() * scale, picture.height() * scale), picture)
