"""The scale of a picture: a strip of its colours with the numbers below it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.live.colour_maps import Table
from convstudio.ui.live.tile_picture import image
from convstudio.ui.theme import number_font, theme

_STRIP = 10


class ColourBar(QWidget):
    """Shows `levels` first to last of a colour table, with words at equal distances below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale: tuple[Table, int, tuple[str, ...]] = ((), -1, ())
        self._picture = QImage()
        self.setAccessibleName(name)
        self.setMinimumWidth(96)
        self.setMaximumWidth(240)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_scale(self, table: Table, last: int, numbers: tuple[str, ...]) -> None:
        """Colours 0 to `last` of `table`; `numbers` from the left end to the right one."""
        if (table, last, numbers) == self._scale:
            return
        self._scale = (table, last, numbers)
        self._picture = image(np.arange(last + 1, dtype=np.uint8)[None], table)
        self.setToolTip(" … ".join(numbers))
        self.update()

    @property
    def numbers(self) -> tuple[str, ...]:
        return self._scale[2]

    def sizeHint(self) -> QSize:
        return QSize(180, _STRIP + 4 + round(QFontMetricsF(number_font()).height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(0, 0, self.width(), _STRIP)
        path = QPainterPath()
        path.addRoundedRect(strip, 2, 2)
        painter.setClipPath(path)
        painter.drawImage(strip, self._picture)
        painter.setClipping(False)
        self._paint_numbers(painter)
        painter.end()

    def _paint_numbers(self, painter: QPainter) -> None:
        painter.setFont(number_font())
        painter.setPen(theme.colour("dim"))
        below = QRectF(0, _STRIP + 2, self.width(), self.height() - _STRIP - 2)
        last = len(self.numbers) - 1
        crowded = sum(painter.fontMetrics().horizontalAdvance(f"{words}  ") for words in self.numbers) > self.width()
        for at, words in enumerate(self.numbers):
            if crowded and at not in (0, last):
                continue
            side = Qt.AlignmentFlag.AlignHCenter
            if at in (0, last):
                side = Qt.AlignmentFlag.AlignLeft if at == 0 else Qt.AlignmentFlag.AlignRight
            painter.drawText(below, side | Qt.AlignmentFlag.AlignTop, words)
