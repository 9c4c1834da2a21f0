"""A sample as a picture: what the network is given, without any smoothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.live.colour_maps import GREY
from convstudio.ui.live.tile_picture import image
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

Box = tuple[tuple[int, int], ...]
"""The first and the last of some cells (row, column)."""


def sample_image(sample: NDArray[np.uint8]) -> QImage:
    """The picture of a sample (uint8, channels × axes); null for one without cells.

    Three channels are red, green and blue; otherwise their mean is shown in grey. A signal is one row for each channel;
    of a clip it is the frame in the middle.
    """
    if not sample.size or sample.ndim < 2:
        return QImage()
    if sample.ndim == 2:
        return image(sample, GREY)
    while sample.ndim > 3:
        sample = sample[:, sample.shape[1] // 2]
    if len(sample) != 3:
        return image(np.rint(sample.mean(axis=0)).astype(np.uint8), GREY)
    pixels = np.ascontiguousarray(sample.transpose(1, 2, 0))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class SamplePicture(QWidget):
    """Shows one sample as large as the widget allows, with rounded corners."""

    def __init__(self, side: int = 80, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._picture = QImage()
        self._field: Box = ()
        self._flat = False
        self.setAccessibleName(tr("The watched sample"))
        self.setToolTip(tr("The sample that all feature maps and answers are about"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_sample(self, sample: NDArray[np.uint8] | None) -> None:
        """Show a sample (uint8, channels × axes); None for none."""
        self._picture = QImage() if sample is None else sample_image(sample)
        self.update()

    def show_field(self, box: Box, flat: bool = False) -> None:
        """Frame the cells from the first of `box` to its last; those of all rows where it is `flat`; () frames none."""
        if (box, flat) != (self._field, self._flat):
            self._field, self._flat = box, flat
            self.update()

    @property
    def field(self) -> Box:
        """The cells that are framed: the first and the last."""
        return self._field

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(frame, 6, 6)
        painter.setClipPath(path)
        painter.fillRect(self.rect(), QColor("#000000") if not self._picture.isNull() else theme.colour("raised"))
        if not self._picture.isNull():
            painter.drawImage(self.place(), self._picture)
            self._paint_field(painter)
        painter.setClipping(False)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawPath(path)
        painter.end()

    def _paint_field(self, painter: QPainter) -> None:
        if not self._field:
            return
        place, ((top, left), (bottom, right)) = self.place(), self._field
        wide, high = place.width() / self._picture.width(), place.height() / self._picture.height()
        down, up = (
            (place.top(), place.bottom())
            if self._flat
            else (
                place.top() + top * high,
                place.top() + (bottom + 1) * high,
            )
        )
        sides = place.left() + left * wide, place.left() + (right + 1) * wide
        framed = QRectF(sides[0], down, sides[1] - sides[0], up - down).intersected(place)
        for colour, style in ((QColor("#000000"), Qt.PenStyle.SolidLine), (theme.colour("heat"), Qt.PenStyle.DashLine)):
            painter.setPen(QPen(colour, 2, style))
            painter.drawRect(framed.adjusted(1, 1, -1, -1))

    def place(self) -> QRectF:
        """Where the picture stands in the widget: as large as fits, its sides in proportion (a signal fills it)."""
        wide, high = self._picture.width(), self._picture.height()
        if max(wide, high) > 8 * min(wide, high):
            return QRectF(0, self.height() * 0.25, self.width(), self.height() * 0.5)
        scale = min(self.width() / wide, self.height() / high)
        size = (wide * scale, high * scale)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)
