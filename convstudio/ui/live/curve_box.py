"""The area of a plot and what the mouse does there: drag a frame to zoom in, Shift-drag to move, wheel to zoom."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from convstudio.ui.theme import theme

LEAST_STEPS = 2
"""So few steps can be seen at the nearest."""
LEAST_VALUES = 1e-9


class CurveBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph ships no types
    """A view box whose ranges are set by us, and moved by the person."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0)
        self.setLimits(minXRange=LEAST_STEPS, minYRange=LEAST_VALUES)
        self.paint_theme()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            event.ignore()  # the right button opens the menu
            return
        framing = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() & _SHIFT
        self.state["mouseMode"] = self.RectMode if framing else self.PanMode
        if framing and event.isFinish() and _small(event):
            self.rbScaleBox.hide()
            event.accept()
            return
        super().mouseDragEvent(event, axis)

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """With Ctrl only the steps are zoomed."""
        only_steps = axis is None and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        super().wheelEvent(event, 0 if only_steps else axis)

    def paint_theme(self) -> None:
        """Give the frame that is dragged the colours of the theme."""
        fill = QColor(theme.colour("accent"))
        fill.setAlpha(40)
        self.rbScaleBox.setPen(QPen(theme.colour("accent"), 0))
        self.rbScaleBox.setBrush(fill)


_SHIFT = Qt.KeyboardModifier.ShiftModifier


def _small(event: Any) -> bool:
    """Whether a frame is so small that it can only be a slip of the hand."""
    way = event.pos() - event.buttonDownPos()
    return bool(abs(way.x()) < 4 or abs(way.y()) < 4)
