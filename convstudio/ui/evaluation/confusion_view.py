"""The confusion matrix as a picture: rows are true classes, columns answers, warmth the share of the row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.colours import between, readable_on
from convstudio.ui.evaluation.report import Report
from convstudio.ui.live.numbers import percent
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

Place = tuple[int, int]
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
LARGEST = 46.0
"""Pixels of a cell's side at most."""
AXIS = 15.0
"""Room for the words along an edge."""


class ConfusionView(QWidget):
    """Shows a report's matrix as counts, or as per cent of each row; a cell can be chosen by mouse and keys."""

    cell_chosen = Signal(int, int)
    """True class and answer."""
    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Report | None = None
        self._shares: NDArray[np.float64] = np.zeros((0, 0))
        self._longest_name = 0.0
        """Pixels."""
        self._as_shares = False
        self._chosen: Place | None = None
        self._fresh = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(150, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Confusion matrix: rows are true classes, columns are answers"))
        theme.changed.connect(self.update)

    # --- what it shows

    def set_report(self, report: Report) -> None:
        """Show this report; the chosen cell stays where the classes are the same."""
        if self._report is None or report.classes != self._report.classes:
            self._chosen = None
        self._report, self._shares, self._fresh = report, report.shares(), True
        metrics = QFontMetricsF(number_font(8))
        self._longest_name = max((metrics.horizontalAdvance(name) for name in report.classes), default=0.0)
        self._tell()
        self.update()

    def set_as_shares(self, on: bool) -> None:
        """Write per cent of the row into the cells instead of counts."""
        self._as_shares = on
        self.update()

    @property
    def chosen(self) -> Place | None:
        """Row and column of the chosen cell."""
        return self._chosen

    def choose(self, cell: Place | None) -> None:
        """Choose a cell as if it were clicked; None chooses none, and is not told."""
        if cell != self._chosen:
            self._chosen = cell
            self._tell()
            self.update()
        if cell is not None:
            self.cell_chosen.emit(*cell)

    def words(self, cell: Place) -> str:
        """'4 taken for 9: 12 of 100 (12 %)'."""
        report = self._report
        assert report is not None
        truth, answer = cell
        count, whole = int(report.confusion[cell]), int(report.confusion[truth].sum())
        names = report.classes
        what = f"{names[truth]} {tr('named rightly')}" if truth == answer else f"{names[truth]} → {names[answer]}"
        unit = f" {tr('pixels')}" if report.per_pixel else ""
        return f"{what}: {grouped(count)} {tr('of')} {grouped(whole)}{unit} ({percent(float(self._shares[cell]))})"

    # --- geometry

    def place(self, cell: Place) -> QRectF:
        """Where a cell stands."""
        size, left, top = self._frame()
        wide, high = size.width(), size.height()
        return QRectF(left + cell[1] * wide, top + cell[0] * high, wide, high)

    def cell_at(self, point: QPoint) -> Place | None:
        """The cell under a point."""
        size, left, top = self._frame()
        if self._report is None or size.isEmpty():
            return None
        row, column = int((point.y() - top) // size.height()), int((point.x() - left) // size.width())
        count = len(self._report.classes)
        return (row, column) if 0 <= row < count and 0 <= column < count else None

    def _frame(self) -> tuple[QSizeF, float, float]:
        """Size of a cell, up to twice as wide as high, and the upper left corner of the matrix."""
        count = len(self._report.classes) if self._report else 0
        if not count:
            return QSizeF(), 0.0, 0.0
        left, top = AXIS + self._name_width() + 6, AXIS + 16
        wide, high = (self.width() - left - 2) / count, (self.height() - top - 2) / count
        high = max(1.0, min(LARGEST, high, wide))
        return QSizeF(max(1.0, min(wide, 2 * high)), high), left, top

    def _name_width(self) -> float:
        return min(self._longest_name, self.width() * 0.24)

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._report is not None:
            self._paint_cells(painter)
            self._paint_names(painter)
            self._paint_axes(painter)
            self._paint_chosen(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def _paint_cells(self, painter: QPainter) -> None:
        assert self._report is not None
        size = self._frame()[0]
        gap = 1.0 if size.height() >= 6 else 0.0
        painter.setFont(number_font(8 if size.height() >= 15 else 7))
        texts = self._texts(QFontMetricsF(painter.font()), size)
        for row, column in np.ndindex(self._shares.shape):
            place = self.place((row, column)).adjusted(0, 0, -gap, -gap)
            share = float(self._shares[row, column])
            ground = _ground(share, row == column)
            painter.fillRect(place, ground)
            text = texts.get((row, column))
            if text:
                painter.setPen(readable_on(ground))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _texts(self, metrics: QFontMetricsF, room: QSizeF) -> dict[Place, str]:
        """What stands in the cells; nothing where one of them is too narrow for it."""
        assert self._report is not None
        counts, shares = self._report.confusion, self._shares
        if self._as_shares:
            texts = {(int(r), int(c)): f"{100 * shares[r, c]:.0f}" for r, c in zip(*counts.nonzero(), strict=True)}
        else:
            texts = {(int(r), int(c)): _brief(int(counts[r, c])) for r, c in zip(*counts.nonzero(), strict=True)}
        widest = max((metrics.horizontalAdvance(t) for t in texts.values()), default=0.0)
        return texts if widest <= room.width() - 3 and metrics.ascent() <= room.height() else {}

    def _paint_names(self, painter: QPainter) -> None:
        assert self._report is not None
        size, left, top = self._frame()
        wide, high = size.width(), size.height()
        painter.setPen(theme.colour("text"))
        painter.setFont(number_font(8))
        metrics = QFontMetricsF(painter.font())
        every = max(1, int(-(-metrics.ascent() // high)))
        room = wide * every - 2
        for number, name in enumerate(self._report.classes):
            if number % every:
                continue
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self._name_width() + 1)
            beside = QRectF(AXIS, top + number * high, self._name_width() + 1, high)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, short)
            above = QRectF(left + number * wide, AXIS, room, 15)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, _fitting(metrics, name, room))

    def _paint_axes(self, painter: QPainter) -> None:
        size, left, top = self._frame()
        across, down = size.width() * len(self._shares), size.height() * len(self._shares)
        painter.setPen(theme.colour("dim"))
        font = self.font()
        font.setPointSizeF(8)
        painter.setFont(font)
        painter.drawText(QRectF(left, 0, max(across, 80), AXIS), Qt.AlignmentFlag.AlignLeft, tr("answered →"))
        painter.save()
        painter.translate(QPointF(0, top + down))
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, max(down, 40), AXIS), Qt.AlignmentFlag.AlignRight, tr("← true"))
        painter.restore()

    def _paint_chosen(self, painter: QPainter) -> None:
        if self._chosen is None:
            return
        painter.setPen(QPen(theme.colour("text"), 2.5 if self.hasFocus() else 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.place(self._chosen).adjusted(0, 0, -1, -1))

    # --- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move, count = _MOVES.get(Qt.Key(event.key())), len(self._shares)
        if move is None or not count:
            super().keyPressEvent(event)
            return
        row, column = self._chosen or (0, 0)
        if self._chosen is not None:
            row, column = row + move[0], column + move[1]
        self.choose((min(max(row, 0), count - 1), min(max(column, 0), count - 1)))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(cell) if cell else "", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words(self._chosen) if self._chosen else "")


def _ground(share: float, right: bool) -> QColor:
    """From the ground of a card to the colour of right or wrong answers; small shares can be told from none."""
    return between(theme.colour("raised"), theme.colour("good" if right else "bad"), share**0.6)


def _brief(count: int) -> str:
    """Counts of pixels are large: 12 345 as 12k."""
    if count < 10_000:
        return str(count)
    return f"{count / 1000:.0f}k" if count < 10_000_000 else f"{count / 1e6:.0f}M"


def _fitting(metrics: QFontMetricsF, name: str, room: float) -> str:
    """The name, or as much of its beginning as there is room for."""
    while name and metrics.horizontalAdvance(name) > room:
        name = name[:-1]
    return name
