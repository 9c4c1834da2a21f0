"""The coverage of a receptive field: each of its cells with the number of ways in which it reaches the unit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.lens.ink import MANY, Ink, Scale
from convstudio.ui.lens.ways import Ways
from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.tile_picture import image
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

LIFT = 0.35
"""A cell that is reached once is told from one that is never: its colour stands so far from the lowest."""
SMALL = 5.0
"""Pixels of width below which cells stand side by side."""


class WaysPicture(QWidget):
    """Cells in the colours of their counts, with the numbers where there is room; a cell without a way is hatched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: Ways | None = None
        self.setAccessibleName(tr("In how many ways each cell of the image reaches the unit"))
        self.setMinimumSize(64, 48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def ways(self) -> Ways | None:
        return self._ways

    def show_ways(self, ways: Ways | None) -> None:
        self._ways = ways
        self.setAccessibleDescription(ways.words() if ways else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell of the field stands."""
        assert self._ways is not None
        rows, columns = self._ways.counts.shape
        side = min(self.width() / columns, self.height() / rows, 40.0)
        left = (self.width() - columns * side) / 2
        gap = 1.0 if side > SMALL else 0.0
        return QRectF(left + column * side, row * side, side - gap, side - gap)

    def tip(self, place: QPointF) -> str:
        """Place in the image and number of ways of the cell under the mouse."""
        if self._ways is None:
            return ""
        first, (rows, columns) = self.cell(0, 0), self._ways.counts.shape
        side = self.cell(0, 1).left() - first.left() if columns > 1 else first.width() + 1
        row, column = int((place.y() - first.top()) // side), int((place.x() - first.left()) // side)
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        where = f"{tr('row')} {row + self._ways.row}, {tr('column')} {column + self._ways.column}"
        return f"{where}: {self._ways.counts[row, column]:.6g} {tr('ways')}"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._ways is not None:
            self._paint(Ink(painter), self._ways)
        painter.end()

    def _paint(self, ink: Ink, ways: Ways) -> None:
        most = float(ways.counts.max())
        scale = Scale(-LIFT * most, most)
        if ways.counts.size > MANY:
            levels = np.where(ways.counts > 0, scale.levels(ways.counts.astype(np.float32)), np.uint8(0))
            rows, columns = ways.counts.shape
            whole = self.cell(0, 0).united(self.cell(rows - 1, columns - 1))
            ink.painter.drawImage(whole, image(levels.astype(np.uint8), MAGMA))
            return
        for (row, column), count in np.ndenumerate(ways.counts):
            place = self.cell(row, column)
            if count:
                ink.cell(place, float(count), scale.colour(float(count)), 0)
            else:
                ink.patch(place, theme.colour("canvas"))
                ink.hatch(place)
