"""Two maps of classes side by side, what is there and what the network sees, with a legend of the classes below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.live.class_colours import class_colour, class_image
from convstudio.ui.live.numbers import percent
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

Map = NDArray[np.uint8]
CAPTION, GAP, SWATCH, LINE = 16.0, 8.0, 9.0, 16.0
LARGEST = 112.0
"""Pixels of a map's side at most."""
NAMED = 12
"""So many classes a legend names at most."""


class ClassMaps(QWidget):
    """Shows maps of classes, uint8 rows × columns; None where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._maps: dict[str, Map | None] = {tr("what is there"): None, tr("what it sees"): None}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The class of each pixel"))
        self.setToolTip(tr("The class of each pixel: as it is, and as the network names it"))
        theme.changed.connect(self.update)

    def set_classes(self, classes: Sequence[str]) -> None:
        """The names of the classes."""
        self._classes = tuple(classes)
        self._fit()

    def set_maps(self, truth: Map | None, answer: Map | None) -> None:
        """What is there, where that is known, and what the network sees, as soon as it has answered."""
        self._maps = dict(zip(self._maps, (truth, answer), strict=True))
        self.setAccessibleDescription(shares(answer, self._classes) if answer is not None else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(CAPTION + self._side() + GAP + LINE * self._lines()))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_font())
        side = self._side()
        for column, (caption, numbers) in enumerate(self._maps.items()):
            left = column * (side + GAP)
            painter.setPen(theme.colour("dim"))
            painter.drawText(QRectF(left, 0, side, CAPTION), Qt.AlignmentFlag.AlignLeft, caption)
            self._paint_map(painter, QRectF(left, CAPTION, side, side), numbers)
        for name, place, number in self._legend():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(class_colour(number, self._classes))
            painter.drawRoundedRect(QRectF(place.x(), place.y() + 2, SWATCH, SWATCH), 2, 2)
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(place.x() + SWATCH + 5, place.y() + 10), name)
        painter.end()

    def _paint_map(self, painter: QPainter, frame: QRectF, numbers: Map | None) -> None:
        if numbers is None:
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            return
        rows, columns = numbers.shape
        scale = min(frame.width() / columns, frame.height() / rows)
        place = QRectF(frame.topLeft(), QSize(round(columns * scale), round(rows * scale)).toSizeF())
        painter.drawImage(place, class_image(numbers, self._classes))

    def _side(self) -> float:
        return min(LARGEST, (self.width() - GAP) / 2)

    def _legend(self) -> Iterator[tuple[str, QPointF, int]]:
        """Name, place and number of each class, in as many lines as they need."""
        metrics = QFontMetricsF(_font())
        x, y = 0.0, CAPTION + self._side() + GAP
        for number, name in enumerate(self._classes[:NAMED]):
            wide = SWATCH + 5 + metrics.horizontalAdvance(name) + 10
            if x > 0 and x + wide > self.width():
                x, y = 0.0, y + LINE
            yield name, QPointF(x, y), number
            x += wide

    def _lines(self) -> int:
        return len({place.y() for _, place, _ in self._legend()})

    def _fit(self) -> None:
        """As high as the maps and the legend need."""
        self.setFixedHeight(self.sizeHint().height())
        self.update()


def shares(numbers: Map, classes: Sequence[str], most: int = 3) -> str:
    """The most frequent classes of a map: 'background 82 %, ring 15 %'."""
    counts = np.bincount(numbers.reshape(-1), minlength=1)
    largest = [n for n in np.argsort(-counts)[:most] if counts[n] * 100 >= numbers.size]
    names = (classes[n] if n < len(classes) else str(n) for n in largest)
    return ", ".join(f"{name} {percent(counts[n] / numbers.size)}" for name, n in zip(names, largest, strict=True))


def _font() -> QFont:
    font = QFont()
    font.setPointSizeF(8)
    return font
