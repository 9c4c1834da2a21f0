"""What lies over the blocks while hands are at work: words at the cursor, guides, the rubber band, a wire on offer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsView

from convstudio.ui.canvas.hint import Hint
from convstudio.ui.canvas.items import LooseWireItem
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.theme import theme


class Signs(QObject):
    """The hints that gestures give, on one view."""

    offer_requested = Signal(str, str, bool, QPointF)
    """A wire from a block's port, an output or not, was let go over free canvas: what fits there?"""

    def __init__(self, view: QGraphicsView, scene: CanvasScene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self._offered: LooseWireItem | None = None
        self._band: QRectF | None = None
        self.hint = Hint(view)
        self.guides: Sequence[QLineF] = ()
        self.free = False
        """While Ctrl is held, what is moved keeps to no grid and no line."""

    @property
    def offering(self) -> bool:
        """A wire waits for what the person chooses."""
        return self._offered is not None

    def show_hint(self, words: str, token: str, at: QPointF) -> None:
        self.hint.say(words, token, self._view.mapFromScene(at))

    def hide_hint(self) -> None:
        self.hint.hide()

    def show_guides(self, lines: Sequence[QLineF]) -> None:
        if lines or self.guides:
            self.guides = lines
            self._view.viewport().update()

    def show_band(self, area: QRectF | None) -> None:
        self._band = area
        self._view.viewport().update()

    def offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None:
        """The wire stays until `drop_offer` or the next offer, while the person chooses."""
        self.drop_offer()
        item = self._scene.blocks[block_id]
        start = item.output_point() if forward else item.input_point(port)
        self._offered = LooseWireItem()
        self._offered.follow(*((start, point) if forward else (point, start)), "accent")
        self._scene.addItem(self._offered)
        self.offer_requested.emit(block_id, port, forward, point)

    def drop_offer(self) -> None:
        """The person has chosen, or left."""
        if self._offered:
            self._scene.removeItem(self._offered)
            self._offered = None

    def paint(self, painter: QPainter) -> None:
        """Draw the guides and the rubber band."""
        if self.guides:
            painter.setPen(_line(Qt.PenStyle.DashLine))
            painter.drawLines(list(self.guides))
        if self._band is not None:
            fill = theme.colour("accent").toRgb()
            fill.setAlpha(36)
            painter.setPen(_line(Qt.PenStyle.SolidLine))
            painter.setBrush(fill)
            painter.drawRect(self._band)


def _line(style: Qt.PenStyle) -> QPen:
    pen = QPen(theme.colour("accent"), 1, style)
    pen.setCosmetic(True)
    return pen
