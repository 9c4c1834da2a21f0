"""A figure of a mask: which cells it covers and which of them carry a weight."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from convstudio.blocks.mask_presets import Rows
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

SIDE = 76
TOLD = 9
"""The numbers of masks up to this side are told in the tooltip."""


class MaskFigure(QWidget):
    """Draws `rows` × `columns` weights, `dilation` cells apart, on the cells around them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = (3, 3)
        self._dilation = (1, 1)
        self._token = "convolution"
        self._numbers: Rows = ()
        self.setFixedSize(SIDE, SIDE)
        theme.changed.connect(self.update)

    def show_mask(self, mask: tuple[int, int], dilation: tuple[int, int], token: str, numbers: Rows = ()) -> None:
        """Draw another mask in the colour of a token, or its numbers on a scale: red below 0, white, blue above."""
        self._mask, self._dilation, self._token, self._numbers = mask, dilation, token, numbers
        self.setToolTip("\n".join("  ".join(f"{n:g}" for n in row) for row in numbers) if max(mask) <= TOLD else "")
        self.setAccessibleName(tr("The mask") + (f": {self.toolTip()}" if self.toolTip() else ""))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        extent = tuple((k - 1) * d + 1 for k, d in zip(self._mask, self._dilation, strict=True))
        cells = max(*extent, 3) + (0 if self._numbers else 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = SIDE / cells
        if self._numbers:
            painter.fillRect(self.rect(), theme.colour("line"))
        top, left = (cells - extent[0]) // 2, (cells - extent[1]) // 2
        for row in range(cells):
            for column in range(cells):
                painter.setBrush(self._cell(row - top, column - left, extent))
                gap = min(1.5, step * (0.04 if self._numbers else 0.12))
                painter.drawRoundedRect(
                    QRectF(column * step + gap, row * step + gap, step - 2 * gap, step - 2 * gap), 1.5, 1.5
                )

    def _cell(self, row: int, column: int, extent: tuple[int, ...]) -> QColor:
        if not (0 <= row < extent[0] and 0 <= column < extent[1]):
            return theme.colour("hover" if theme.dark else "line")
        if row % self._dilation[0] or column % self._dilation[1]:
            return theme.colour("wire")
        if self._numbers:
            return self._number(self._numbers[row // self._dilation[0]][column // self._dilation[1]])
        return theme.colour(self._token)

    def _number(self, value: float) -> QColor:
        most = max(abs(n) for row in self._numbers for n in row) or 1.0
        return QColor.fromRgba(DIVERGING[round(CENTRE * (1 + value / most))])

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)
