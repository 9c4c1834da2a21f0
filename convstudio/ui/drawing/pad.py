"""The paper of the draw pad: strokes by the mouse, a pen or an eraser of any width, undone one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.drawing.rendering import blank, fineness, paint, paint_stroke, pixels
from convstudio.ui.drawing.sketch import Point, Sketch, Stroke
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

LEAST, USUAL = 160, 300
"""Sides of the paper in pixels of the screen."""


class DrawPad(QWidget):
    """Paper with the proportions of a sample. The right button erases, whatever is chosen."""

    changed = Signal()
    """The drawing is another one, also in the middle of a stroke."""
    history_changed = Signal()
    """What can be undone or redone may be something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sketch = Sketch()
        self.pen_width, self.colour, self.erases = 2.0, "#ffffff", False
        self._paper = "#000000"
        self._size = (28, 28)
        self._under: list[Point] = []
        self._erasing = False
        self._finished = blank(*self._size, self._paper)
        self.setAccessibleName(tr("Paper: draw with the mouse"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(LEAST, LEAST)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    # --- what it shows

    @property
    def empty(self) -> bool:
        return not (self.sketch.strokes or self._under)

    def set_size(self, rows: int, columns: int) -> None:
        """Paper for samples of another size; what was drawn is gone."""
        self._size, self.sketch, self._under = (rows, columns), Sketch(), []
        self._draw_again()

    def set_paper(self, colour: str) -> None:
        """Paper of another colour under the same strokes."""
        if colour != self._paper:
            self._paper = colour
            self._draw_again()

    def picture(self) -> NDArray[np.uint8]:
        """The drawing as it is now, uint8 (rows, columns, 3)."""
        whole = QImage(self._finished)
        if self._under:
            paint(whole, [self._stroke()], fineness(*self._size), self._paper)
        return pixels(whole)

    def undo(self) -> None:
        """Take the last stroke back, or what was wiped away."""
        self.sketch.undo()
        self._draw_again()

    def redo(self) -> None:
        self.sketch.redo()
        self._draw_again()

    def clear(self) -> None:
        """Wipe all strokes away."""
        self.sketch.clear()
        self._draw_again()

    def area(self) -> QRectF:
        """Where the paper lies in the widget."""
        rows, columns = self._size
        scale = min(self.width() / columns, self.height() / rows)
        wide, high = columns * scale, rows * scale
        return QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)

    def heightForWidth(self, width: int) -> int:
        return round(width * self._size[0] / self._size[1])

    def sizeHint(self) -> QSize:
        return QSize(USUAL, USUAL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = self.area()
        painter.drawImage(area, self._finished)
        if self._under:
            painter.save()
            painter.setClipRect(area)
            painter.translate(area.topLeft())
            paint_stroke(painter, self._stroke(), area.width() / self._size[1], self._paper)
            painter.restore()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        if self.empty:
            self._paint_hint(painter, area)
        painter.end()

    def _paint_hint(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QColor("#8a8f99"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tr("Draw here"))

    # --- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) or self._under:
            return
        self._erasing = self.erases or event.button() == Qt.MouseButton.RightButton
        self._under = [self._point(event.position())]
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._under and (point := self._point(event.position())) != self._under[-1]:
            self._under.append(point)
            self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._under:
            return
        self.sketch.add(self._stroke())
        paint(self._finished, [self.sketch.strokes[-1]], fineness(*self._size), self._paper)
        self._under = []
        self._tell()
        self.history_changed.emit()

    def _point(self, place: QPointF) -> Point:
        area = self.area()
        scale = self._size[1] / area.width()
        return round((place.x() - area.x()) * scale, 3), round((place.y() - area.y()) * scale, 3)

    def _stroke(self) -> Stroke:
        return Stroke(tuple(self._under), self.pen_width, self.colour, self._erasing)

    def _draw_again(self) -> None:
        self._finished = blank(*self._size, self._paper)
        paint(self._finished, self.sketch.strokes, fineness(*self._size), self._paper)
        self._tell()
        self.history_changed.emit()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()
