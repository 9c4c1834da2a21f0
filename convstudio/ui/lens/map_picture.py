"""One map of the lens: its real values as cells, with what the unit looks at, the padding, and the unit itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.lens.ink import Ink
from convstudio.ui.live.colour_maps import MAGMA, NOTHING
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.tile_picture import image
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

MOST_DOTS = 64
"""More cells than these, or smaller ones than can be told apart, are only framed together."""
STRIP = 56
"""Most pixels of height of a map that is one row."""
PADDINGS: dict[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}
"""torch's names of what padded cells hold, and NumPy's; anything else is a constant."""


@dataclass(frozen=True)
class Margin:
    """Cells of padding around a map: above, on the left, below, on the right; and what they hold."""

    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0
    mode: str = "zeros"


@dataclass(frozen=True)
class Dot:
    """A marked cell (row, column): one that is looked at, one in the padding, or the one that counts."""

    row: int
    column: int
    padded: bool = False
    chosen: bool = False


@dataclass(frozen=True, eq=False)
class MapScene:
    """What a picture shows: values (rows × columns), their scale, marks and padding.

    `step` tells every how many rows and columns of the real map were taken. `until` is the number of the last cell
    that a scan has reached (in C order; None: all are shown). From the first of `covered` to the last a frame is drawn.
    """

    values: NDArray[np.float32]
    low: float
    high: float
    dots: tuple[Dot, ...] = ()
    margin: Margin = Margin()
    step: int = 1
    until: int | None = None
    covered: tuple[tuple[int, int], ...] = ()


class MapPicture(QWidget):
    """Shows a map; tells which of its cells was clicked or dragged to."""

    chosen = Signal(int, int)
    """Row and column of a cell of the real map."""
    hovered = Signal(int, int)
    """The same of the cell under the mouse."""
    left = Signal()
    """The mouse is on no cell any more."""
    drawn = Signal()
    """A new scene has been painted."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: MapScene | None = None
        self._picture = QImage()
        self._fresh = False
        self.setAccessibleName(name)
        self.setMinimumSize(64, 48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    @property
    def scene(self) -> MapScene | None:
        return self._scene

    def show_scene(self, scene: MapScene | None) -> None:
        self._scene = scene
        self._picture = _pixels(scene) if scene else QImage()
        self._fresh = True
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        """No higher than the picture is at this width, so that what follows stands just below it."""
        wide, high = self._picture.width(), self._picture.height()
        if wide:
            self.setMaximumHeight(STRIP if self._flat() else max(48, ceil(self.width() * high / wide)))

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    # --- geometry

    def frame(self) -> QRectF:
        """Where the picture stands, padding included: as large as fits, at the top."""
        wide, high = self._picture.width(), self._picture.height()
        if not wide:
            return QRectF()
        if self._flat():
            return QRectF(0, 0, self.width(), min(STRIP, self.height()))
        scale = min(self.width() / wide, self.height() / high)
        return QRectF((self.width() - wide * scale) / 2, 0, wide * scale, high * scale)

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell of the real map stands; of a thinned map, the one that stands for it."""
        assert self._scene is not None
        margin, step, frame = self._scene.margin, self._scene.step, self.frame()
        wide, high = frame.width() / self._picture.width(), frame.height() / self._picture.height()
        down, across = (0 if self._flat() else row // step) + margin.top, column // step + margin.left
        return QRectF(frame.left() + across * wide, frame.top() + down * high, wide, high)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """The cell of the real map at a pixel; None beside the map and in its padding."""
        if self._scene is None or not self.frame().contains(place):
            return None
        frame, margin, step = self.frame(), self._scene.margin, self._scene.step
        column = int((place.x() - frame.left()) / frame.width() * self._picture.width()) - margin.left
        row = int((place.y() - frame.top()) / frame.height() * self._picture.height()) - margin.top
        rows, columns = self._scene.values.shape
        return (row * step, column * step) if 0 <= row < rows and 0 <= column < columns else None

    def _flat(self) -> bool:
        return self._scene is not None and self._scene.values.shape[0] == 1 and self._picture.height() == 1

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def paint(self, painter: QPainter) -> None:
        """The picture with all marks, on any painter."""
        if self._scene is None or self._picture.isNull():
            return
        painter.drawImage(self.frame(), self._picture)
        if self._scene.until is not None:
            self._paint_veil(painter, self._scene.until)
        ink = Ink(painter)
        self._paint_margin(ink)
        self._paint_covered(ink, self._scene.covered)
        self._paint_dots(ink, self._scene.dots)

    def _paint_veil(self, painter: QPainter, until: int) -> None:
        """What a scan has not reached yet is nearly dark."""
        assert self._scene is not None
        veil, frame, step = QColor(theme.colour("panel")), self.frame(), self._scene.step
        veil.setAlpha(225)
        row, column = divmod(until, self._scene.values.shape[1] * step)
        here = self.cell(row, column)
        painter.fillRect(QRectF(here.right(), here.top(), frame.right() - here.right(), here.height()), veil)
        painter.fillRect(QRectF(frame.left(), here.bottom(), frame.width(), frame.bottom() - here.bottom()), veil)

    def _paint_margin(self, ink: Ink) -> None:
        assert self._scene is not None
        margin, frame = self._scene.margin, self.frame()
        if not any((margin.top, margin.left, margin.bottom, margin.right)):
            return
        rows, columns = self._scene.values.shape
        first, last = self.cell(0, 0), self.cell((rows - 1) * self._scene.step, (columns - 1) * self._scene.step)
        inner = QRectF(first.topLeft(), last.bottomRight())
        ink.painter.save()
        outside = [
            QRectF(frame.left(), frame.top(), frame.width(), inner.top() - frame.top()),
            QRectF(frame.left(), inner.bottom(), frame.width(), frame.bottom() - inner.bottom()),
            QRectF(frame.left(), inner.top(), inner.left() - frame.left(), inner.height()),
            QRectF(inner.right(), inner.top(), frame.right() - inner.right(), inner.height()),
        ]
        for part in outside:
            if part.width() > 0 and part.height() > 0:
                ink.hatch(part)
        ink.painter.restore()
        ink.painter.setPen(QPen(theme.colour("dim"), 1))
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.drawRect(inner)

    def _paint_covered(self, ink: Ink, cells: tuple[tuple[int, int], ...]) -> None:
        if cells:
            ink.frame(
                self.cell(*cells[0]).united(self.cell(*cells[-1])).adjusted(-2, -2, 2, 2), "heat", 1.5, dotted=True
            )

    def _paint_dots(self, ink: Ink, dots: tuple[Dot, ...]) -> None:
        if not dots:
            return
        painter = ink.painter
        if len(dots) > 1:
            rows, columns = [dot.row for dot in dots], [dot.column for dot in dots]
            around = self.cell(min(rows), min(columns)).united(self.cell(max(rows), max(columns)))
            ink.frame(around.adjusted(-3, -3, 3, 3), "text", 1.2, dotted=True)
        single = len(dots) == 1 or (len(dots) <= MOST_DOTS and self.cell(dots[0].row, dots[0].column).width() >= 5)
        for dot in dots:
            if not (single or dot.chosen):
                continue
            cell = self.cell(dot.row, dot.column)
            grown = cell if min(cell.width(), cell.height()) >= 4 else _at_least(cell, 4)
            painter.setPen(QPen(theme.colour("heat" if dot.chosen else "dilated"), 2 if cell.width() >= 5 else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(grown.adjusted(1, 1, -1, -1))

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event)
        elif (found := self.cell_at(event.position())) is not None:
            self.hovered.emit(*found)
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _choose(self, event: QMouseEvent) -> None:
        found = self.cell_at(event.position())
        if found is not None:
            self.chosen.emit(*found)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self)
            return True
        return super().event(event)

    def tip(self, place: QPoint) -> str:
        """Place and value of the cell under the mouse."""
        found = self.cell_at(QPointF(place))
        if found is None or self._scene is None:
            return ""
        value = float(self._scene.values[found[0] // self._scene.step, found[1] // self._scene.step])
        where = f"{tr('place')} {found[1]}" if self._flat() else f"{tr('row')} {found[0]}, {tr('column')} {found[1]}"
        return f"{where}: {significant(value, 6)}"


def _pixels(scene: MapScene) -> QImage:
    """The map with its padding, as the padding's mode fills it."""
    margin = scene.margin
    values = scene.values
    around = ((margin.top, margin.bottom), (margin.left, margin.right))
    if any(map(any, around)):
        values = np.pad(values, around, mode=PADDINGS.get(margin.mode, "constant"))
    reach = scene.high - scene.low
    shares = (np.nan_to_num(values) - scene.low) / reach if reach > 0 else np.zeros(values.shape)
    levels = np.rint(np.clip(shares, 0, 1) * (NOTHING - 1)).astype(np.uint8)
    return image(levels, MAGMA)


def _at_least(cell: QRectF, side: float) -> QRectF:
    wide, high = max(side, cell.width()), max(side, cell.height())
    return QRectF(cell.center().x() - wide / 2, cell.center().y() - high / 2, wide, high)
