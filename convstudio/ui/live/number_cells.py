"""One mask, enlarged: coloured cells with their numbers, where the cells are large enough to read them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.colours import readable_on
from convstudio.ui.live.colour_maps import GAP, MAGMA, Table
from convstudio.ui.live.levels import Levels
from convstudio.ui.live.numbers import decimals, significant
from convstudio.ui.theme import number_font, theme

_WIDEST, _HIGHEST, _GAP = 62, 38, 2
_NUMBERED = 100
"""More cells than these stand too close for numbers, and are square as those of a picture."""
_READABLE = 5.5
"""Points below which numbers are left out."""


class NumberCells(QWidget):
    """Shows h × w values as cells in the colours of their levels; NaN in `values` beside level GAP is no cell."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._levels: Levels = np.zeros((0, 0), np.uint8)
        self._table: Table = MAGMA
        self.setAccessibleName(name)
        self.setMinimumSize(100, 36)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        theme.changed.connect(self.update)

    def set_values(self, values: NDArray[np.float32], levels: Levels, table: Table) -> None:
        """`values` and their `levels` in `table`, both height × width."""
        self._values, self._levels, self._table = values, levels, table
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows, columns = self._values.shape
        return QSize(min(420, columns * (_WIDEST + _GAP)), rows * (_HIGHEST + _GAP))

    def place(self, row: int, column: int) -> QRectF:
        """Where a cell stands in the widget."""
        wide, high = self._cell_size()
        gap = _gap(wide)
        return QRectF(column * (wide + gap), row * (high + _GAP), wide, high)

    def value_at(self, position: QPoint) -> float | None:
        """The value of the cell at a pixel; None beside the cells."""
        rows, columns = self._values.shape
        wide, high = self._cell_size()
        column, row = int(position.x() // (wide + _gap(wide))), int(position.y() // (high + _GAP))
        inside = 0 <= row < rows and 0 <= column < columns and self._levels[row, column] != GAP
        return float(self._values[row, column]) if inside else None

    def number_font(self) -> QFont | None:
        """The font in which every number fits its cell; None where it could not be read."""
        font = number_font()
        size = QFontMetricsF(font)
        wide, high = self._cell_size()
        longest = max((size.horizontalAdvance(text) for text in self._texts()), default=0.0)
        points = font.pointSizeF() * min(1.0, (wide - 4) / max(longest, 1), high / max(size.height(), 1))
        if points < _READABLE:
            return None
        font.setPointSizeF(points)
        return font

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            value = self.value_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if value is None else significant(value, 6), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.number_font() if self._values.size <= 400 else None
        if font is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font)
        for row, column in zip(*np.nonzero(self._levels != GAP), strict=True):
            self._paint_cell(painter, int(row), int(column), font is not None)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, column: int, words: bool) -> None:
        colour, place = QColor(self._table[self._levels[row, column]]), self.place(row, column)
        if not words:
            painter.fillRect(place, colour)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(place, 2, 2)
        painter.setPen(readable_on(colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, decimals(float(self._values[row, column])))

    def _cell_size(self) -> tuple[float, float]:
        rows, columns = self._values.shape
        pitch = self.width() / max(columns, 1)
        wide = min(_WIDEST, pitch - _gap(pitch))
        high = min(_HIGHEST, (self.height() + _GAP) / max(rows, 1) - _GAP)
        if rows * columns > _NUMBERED and min(rows, columns) > 1:
            wide = high = min(wide, high)
        return max(wide, 0.01), max(high, 1.0)

    def _texts(self) -> list[str]:
        shown = self._values[self._levels != GAP].ravel()
        return [decimals(float(value)) for value in shown[:400]]


def _gap(wide: float) -> int:
    """Cells too narrow to stand apart stand side by side."""
    return _GAP if wide > 6 else 0
