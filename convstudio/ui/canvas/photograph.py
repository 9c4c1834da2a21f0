"""A picture of the canvas, or of what is selected on it, as an image of its own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from convstudio.ui.canvas.note_geometry import around
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.theme import theme

SCALE = 2.0
"""Pixels per canvas unit, while the picture does not become too large."""
LARGEST = 8192
"""Pixels along the longer side at most."""
EDGE = 24.0
"""Canvas around what is shown."""


def photograph(scene: CanvasScene) -> QImage | None:
    """What is selected, or else everything; None where there is nothing. The marks of the selection are left out."""
    store = scene.store
    ids, note_ids = store.selection, store.selected_notes
    area = around(store.network, ids, note_ids) if ids or note_ids else scene.content()
    if area.isEmpty():
        return None
    with scene.unmarked():
        return _drawn(scene, area.adjusted(-EDGE, -EDGE, EDGE, EDGE))


def _drawn(scene: CanvasScene, area: QRectF) -> QImage:
    scale = min(SCALE, LARGEST / max(area.width(), area.height()))
    size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    picture = QImage(size, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("canvas"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    scene.render(painter, QRectF(picture.rect()), area, Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.end()
    return picture
