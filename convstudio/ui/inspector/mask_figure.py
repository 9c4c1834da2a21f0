"""A figure of a mask: which cells it covers and which of them carry a weight."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from convstudio.ui.theme import theme

SIDE = 76


class MaskFigure(QWidget):
    """Draws `rows` × `columns` weights, `dilation` cells apart, on the cells around them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = (3, 3)
        self._dilation = (1, 1)
        self._token = "convolution"
        self.setFixedSize(SIDE, SIDE)
        theme.changed.connect(self.update)

    def show_mask(self, mask: tuple[int, int], dilation: tuple[int, int], token: str) -> None:
        """Draw another mask in the colour of a token."""
        self._mask, self._dilation, self._token = mask, dilation, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        extent = tuple((k - 1) * d + 1 for k, d in zip(self._mask, self._dilation, strict=True))
        cells = max(*extent, 3) + 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = SIDE / cells
        top, left = (cells - extent[0]) // 2, (cells - extent[1]) // 2
        for row in range(cells):
            for column in range(cells):
                painter.setBrush(theme.colour(self._cell(row - top, column - left, extent)))
                gap = min(1.5, step * 0.12)
                painter.drawRoundedRect(
                    QRectF(column * step + gap, row * step + gap, step - 2 * gap, step - 2 * gap), 1.5, 1.5
                )

    def _cell(self, row: int, column: int, extent: tuple[int, ...]) -> str:
        if not (0 <= row < extent[0] and 0 <= column < extent[1]):
            return "hover" if theme.dark else "line"
        weight = row % self._dilation[0] == 0 and column % self._dilation[1] == 0
        return self._token if weight else "wire"

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)
