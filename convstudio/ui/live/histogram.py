"""How often which value occurs in a map, and in all maps of its block; stands on the colour scale of the maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.live.numbers import percent, significant
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

BINS = 64
HEIGHT = 36
CUT = 1.3
"""A bar may be so many times as high as the next one; higher ones (as the zeros behind a ReLU) are cut off there."""
Shares = NDArray[np.float64]


def shares(levels: NDArray[np.uint8]) -> Shares:
    """The share of the values in each of `BINS` equal parts of the range; 0 where there are none."""
    counts = np.bincount(levels.reshape(-1), minlength=256).reshape(BINS, -1).sum(1)
    found: Shares = counts / max(1, levels.size)
    return found


class Histogram(QWidget):
    """Shows the shares of one map over those of all; both are cut off at the same height."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all, self._one = np.zeros(BINS), np.zeros(BINS)
        self._range = (0.0, 0.0)
        self.setAccessibleName(name)
        self.setMinimumWidth(96)
        self.setMaximumWidth(240)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_shares(self, everything: Shares, one: Shares, low: float, high: float) -> None:
        """Shares of the values from `low` to `high`, of all maps and of one of them."""
        self._all, self._one, self._range = everything, one, (low, high)
        self.update()

    @property
    def top(self) -> float:
        """The share that the full height stands for."""
        both = np.sort(np.concatenate([self._all, self._one]))[::-1]
        largest, following = float(both[0]), next((float(s) for s in both if s < both[0] / 2), float(both[0]))
        return min(largest, max(CUT * following, largest / 20)) or 1.0

    def words_at(self, place: QPoint) -> str:
        """What the bar at a place stands for."""
        low, high = self._range
        at = min(BINS - 1, max(0, place.x() * BINS // max(1, self.width())))
        ends = (low + (high - low) * share / BINS for share in (at, at + 1))
        span = " … ".join(significant(end) for end in ends)
        return (
            f"{span}: {percent(float(self._one[at]))} {tr('of this map')}, "
            f"{percent(float(self._all[at]))} {tr('of all maps')}"
        )

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        back, front = QColor(theme.colour("wire")), QColor(theme.colour("accent"))
        back.setAlphaF(0.55)
        front.setAlphaF(0.8)
        pitch, top = self.width() / BINS, self.top
        for values, colour in ((self._all, back), (self._one, front)):
            for at in np.flatnonzero(values):
                high = max(1.0, min(1.0, float(values[at]) / top) * (self.height() - 2))
                painter.fillRect(QRectF(at * pitch, self.height() - high, pitch, high), colour)
                if values[at] > top * 1.001:
                    cut = QRectF(at * pitch, 5, pitch, 2)
                    painter.fillRect(cut, theme.colour("panel"))
        painter.end()
