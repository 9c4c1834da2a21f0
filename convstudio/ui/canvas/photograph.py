"""A picture of the canvas, or of what is selected on it, as an image of its own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from convstudio.ui.canvas.note_geometry import around
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.saving import painted
from convstudio.ui.theme import theme

EDGE = 24.0
"""Canvas around what is shown."""


@dataclass(frozen=True)
class Photograph:
    """A part of the canvas, ready to be painted at its actual size."""

    scene: CanvasScene
    area: QRectF

    @property
    def size(self) -> QSize:
        return QSize(max(1, round(self.area.width())), max(1, round(self.area.height())))

    def paint(self, painter: QPainter) -> None:
        """Paint it from the left upper corner. The marks of the selection are left out."""
        place = QRectF(QPointF(), QSizeF(self.size))
        painter.fillRect(place, theme.colour("canvas"))
        with self.scene.unmarked():
            self.scene.render(painter, place, self.area, Qt.AspectRatioMode.IgnoreAspectRatio)

    def image(self) -> QImage:
        """It as an image, in two pixels for each canvas unit while it does not become too large."""
        return painted.image(self.size, self.paint)


def photograph(scene: CanvasScene, everything: bool = False) -> Photograph | None:
    """What is selected, or else `everything`; None where there is nothing."""
    store = scene.store
    ids, note_ids = ((), ()) if everything else (store.selection, store.selected_notes)
    area = around(store.network, ids, note_ids) if ids or note_ids else scene.content()
    return None if area.isEmpty() else Photograph(scene, area.adjusted(-EDGE, -EDGE, EDGE, EDGE))
