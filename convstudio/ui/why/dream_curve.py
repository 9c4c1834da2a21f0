"""The curve of a dream: what the unit answered after each step."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.live.numbers import significant
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

MOST = 600
"""Points of the curve that are painted."""


class DreamCurve(QWidget):
    """Shows values in the order of their steps, with the ends of both axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: list[float] = []
        self.setAccessibleName(tr("The unit's value step by step"))
        self.setMinimumSize(120, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_values(self, values: list[float]) -> None:
        self.values = values
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()))
        painter.end()

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """The curve in a room, on any painter."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font())
        low, high = self._ends()
        wide = 6 + max(painter.fontMetrics().horizontalAdvance(significant(end)) for end in (low, high))
        plot = room.adjusted(wide, 9, -8, -18)
        self._paint_axes(painter, room, plot, low, high)
        if len(self.values) > 1:
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.drawPolyline(self._line(plot, low, high))

    def _ends(self) -> tuple[float, float]:
        finite = [value for value in self.values if np.isfinite(value)] or [0.0, 1.0]
        low, high = min(finite), max(finite)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def _line(self, plot: QRectF, low: float, high: float) -> QPolygonF:
        places = np.unique(np.linspace(0, len(self.values) - 1, min(MOST, len(self.values))).round().astype(int))
        last = len(self.values) - 1
        return QPolygonF(
            [
                QPointF(
                    plot.left() + at / last * plot.width(),
                    plot.bottom() - (np.nan_to_num(self.values[at]) - low) / (high - low) * plot.height(),
                )
                for at in places.tolist()
            ]
        )

    def _paint_axes(self, painter: QPainter, room: QRectF, plot: QRectF, low: float, high: float) -> None:
        painter.setPen(QPen(theme.colour("line"), 1))
        for y in (plot.top(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(theme.colour("dim"))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for y, end in ((plot.top(), high), (plot.bottom(), low)):
            painter.drawText(QRectF(room.left(), y - 8, plot.left() - room.left() - 4, 16), side, significant(end))
        below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), 15)
        first, last = f"0 {tr('steps')}", grouped(max(0, len(self.values) - 1))
        fits = painter.fontMetrics().horizontalAdvance(f"{first}  {last}") <= below.width()
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, first if fits else "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, last)
