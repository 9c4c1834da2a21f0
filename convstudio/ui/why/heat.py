"""A map that explains, and its picture over the sample: the colours, the scale, and the value under the mouse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.live.colour_maps import CENTRE, MAGMA, NOTHING, Table
from convstudio.ui.live.levels import Levels, largest_magnitude, signed_levels
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.tile_picture import image
from convstudio.ui.theme import theme


def _signed() -> Table:
    """Red below 0, black at 0, blue above: over a sample only what is not 0 has a colour."""
    ends = ((255, 92, 78), (74, 163, 255))
    shares = [(ends[level > CENTRE], abs(level - CENTRE) / CENTRE) for level in range(2 * CENTRE + 1)]
    colours = [tuple(round(part * share**0.8) for part in end) for end, share in shares]
    table = [0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in colours]
    return (*table, *(0xFF8A5CC2,) * (256 - len(table)))


SIGNED = _signed()
STRIP = 64
"""Most pixels of height of a picture that is one row, as of a signal."""


@dataclass(frozen=True, eq=False)
class Heat:
    """Values (rows × columns), `signed` around 0 or from 0 up; `smooth` ones are coarser than the sample."""

    values: NDArray[np.float32]
    signed: bool = False
    smooth: bool = False

    @property
    def limit(self) -> float:
        """The largest magnitude, which has the colour at the end of the scale."""
        return largest_magnitude(self.values)

    @property
    def levels(self) -> Levels:
        """As numbers of colours in the table."""
        if self.signed:
            return signed_levels(self.values, self.limit)
        shares = np.nan_to_num(self.values) / (self.limit or 1.0)
        found: Levels = np.rint(np.clip(shares, 0, 1) * (NOTHING - 1)).astype(np.uint8)
        return found

    @property
    def scale(self) -> tuple[Table, int, tuple[str, ...]]:
        """The table, its last level, and the numbers below it."""
        end = significant(self.limit)
        if self.signed:
            return SIGNED, 2 * CENTRE, (significant(-self.limit), "0", end)
        return MAGMA, NOTHING - 1, ("0", end)

    @property
    def picture(self) -> QImage:
        return image(self.levels, self.scale[0])


class HeatPicture(QWidget):
    """Shows a sample as large as it fits, with a heat laid over it."""

    hovered = Signal(int, int)
    """Row and column of the heat under the mouse; -1, -1 when it is on none any more."""
    drawn = Signal()
    """What was set last has been painted."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sample, self._over = QImage(), QImage()
        self._heat: Heat | None = None
        self._share = 1.0
        self._fresh = False
        self.setAccessibleName(name)
        self.setMinimumSize(64, 48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    # --- what it shows

    @property
    def heat(self) -> Heat | None:
        return self._heat

    @property
    def sample(self) -> QImage:
        return self._sample

    def show_sample(self, sample: QImage) -> None:
        self._sample = sample
        self.update()

    def show_heat(self, heat: Heat | None) -> None:
        self._heat = heat if heat is not None and heat.values.size else None
        self._over = self._heat.picture if self._heat else QImage()
        self._fresh = True
        self.update()

    def set_share(self, share: float) -> None:
        """How much of the heat (1) or of the sample (0) is seen."""
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    # --- geometry

    def frame(self) -> QRectF:
        """Where the picture stands: as large as fits, in proportion; one row fills the width."""
        return fitted(self._sample if not self._sample.isNull() else self._over, QRectF(self.rect()))

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column of the heat at a pixel."""
        frame = self.frame()
        if self._heat is None or not frame.contains(place):
            return None
        rows, columns = self._heat.values.shape
        row = min(rows - 1, int((place.y() - frame.top()) / frame.height() * rows))
        return row, min(columns - 1, int((place.x() - frame.left()) / frame.width() * columns))

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, self.frame())
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def paint(self, painter: QPainter, frame: QRectF) -> None:
        """The picture in a frame, on any painter."""
        hint = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(hint, False)
        if not self._sample.isNull():
            painter.drawImage(frame, self._sample)
        if self._heat is not None:
            painter.setRenderHint(hint, self._heat.smooth)
            painter.setOpacity(1.0 if self._sample.isNull() else self._share)
            painter.drawImage(frame, self._over)
            painter.setOpacity(1.0)
        if frame.isValid():
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawRect(frame)

    # --- mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(*(self.cell_at(event.position()) or (-1, -1)))

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(-1, -1)


def fitted(picture: QImage, room: QRectF) -> QRectF:
    """Where a picture stands in a room: as large as fits; flat ones fill the width."""
    wide, high = picture.width(), picture.height()
    if not wide or not high:
        return QRectF()
    if wide > 8 * high:
        return QRectF(room.left(), room.top(), room.width(), min(STRIP, room.height())).adjusted(0, 0, -1, -1)
    scale = min((room.width() - 1) / wide, (room.height() - 1) / high)
    return QRectF(room.left() + (room.width() - wide * scale) / 2, room.top(), wide * scale, high * scale)
