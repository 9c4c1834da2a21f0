"""All layers below one another, aligned: histograms over time as heat strips, figures, changes, dead units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log10

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from convstudio.protocol.messages import Figures, LayerHealth
from convstudio.ui.canvas.painter import paint_finding
from convstudio.ui.health.history import History, Kind, strip, widest
from convstudio.ui.health.words import TITLES, USUAL, row_words
from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.tile_picture import image
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

ROW, HEAD = 46, 20
GAP = 10
WIDE, SLIM = (118, 92, 66), (96, 62, 48)
"""Widths of the columns for name, change and dead units; the second where there is little room."""
LITTLE = 520
"""Pixels of width below which there is."""
FIGURES = 104
"""Room for the numbers beside a strip."""
KINDS: tuple[Kind, ...] = ("weights", "gradients", "results")


class LayerList(QAbstractScrollArea):
    """A row a layer. A click, or Enter, chooses the block."""

    block_chosen = Signal(str)
    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._headings: Mapping[str, tuple[str, str]] = {}
        self._ailing: Mapping[str, str] = {}
        self._kind: Kind = "weights"
        self._side_by_side = False
        self._row = -1
        self._fresh = False
        self._strips: dict[tuple[int, Kind], tuple[int, QImage]] = {}
        self._looks = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("How the layers fare"))
        self.setMinimumSize(200, 80)
        theme.changed.connect(self.viewport().update)

    # --- what it shows

    def set_history(self, history: History, headings: Mapping[str, tuple[str, str]]) -> None:
        """Show these looks; `headings` are the names for people and the colour tokens of the blocks, by id."""
        self._history, self._headings, self._fresh = history, headings, True
        self._looks += 1
        self._row = min(self._row, len(history.blocks) - 1)
        self._arrange()
        self._tell()
        self.viewport().update()

    def set_ailing(self, found: Mapping[str, str]) -> None:
        """Mark these blocks; the words are those of the doctor."""
        self._ailing = found
        self.viewport().update()

    def set_kind(self, kind: Kind) -> None:
        """What is shown where there is room for one kind only."""
        self._kind = kind
        self.viewport().update()

    def set_side_by_side(self, on: bool) -> None:
        """Show weights, gradients and results in columns beside one another, or only the chosen kind."""
        self._side_by_side = on
        self.viewport().update()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is shown in columns."""
        return KINDS if self._side_by_side else (self._kind,)

    def row_place(self, row: int) -> QRect:
        """Where a row stands in the visible part."""
        top = HEAD + row * ROW - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), ROW)

    def row_at(self, y: int) -> int | None:
        """The row at a height of the visible part."""
        row = (y - HEAD + self.verticalScrollBar().value()) // ROW
        return row if y >= HEAD and 0 <= row < len(self._history.blocks) else None

    def sizeHint(self) -> QSize:
        return QSize(480, 220)

    # --- geometry

    @property
    def _widths(self) -> tuple[int, int, int]:
        return SLIM if self.viewport().width() < LITTLE else WIDE

    def _columns(self) -> list[tuple[Kind, QRectF]]:
        """For each kind its columns' left edge and width, without height."""
        kinds = self.kinds
        name = self._widths[0]
        room = self.viewport().width() - sum(self._widths) - 3 * GAP
        wide = max(120.0, room / len(kinds))
        return [(kind, QRectF(name + GAP + n * wide, 0, wide - GAP, 0)) for n, kind in enumerate(kinds)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        bar, high = self.verticalScrollBar(), HEAD + ROW * len(self._history.blocks)
        bar.setRange(0, max(0, high - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - HEAD))
        bar.setSingleStep(ROW // 2)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("panel"))
        for row in range(len(self._history.blocks)):
            place = self.row_place(row)
            if place.bottom() >= HEAD and place.top() < self.viewport().height():
                self._paint_row(painter, row, QRectF(place))
        self._paint_head(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def _paint_head(self, painter: QPainter) -> None:
        wide = self.viewport().width()
        painter.fillRect(QRect(0, 0, wide, HEAD), theme.colour("panel"))
        painter.setPen(theme.colour("dim"))
        painter.setFont(_small())
        align = Qt.AlignmentFlag.AlignVCenter
        name, change, units = self._widths
        painter.drawText(QRectF(4, 0, name, HEAD), align, tr("layer"))
        for kind, column in self._columns():
            words = f"{tr(TITLES[kind])} · {tr('spread over time')}"
            _draw(painter, QRectF(column.left(), 0, column.width(), HEAD), words)
        _draw(painter, QRectF(self._change_left(), 0, change, HEAD), tr("change a step"))
        _draw(painter, QRectF(self._change_left() + change + GAP, 0, units, HEAD), tr("dead, flat"))

    def _change_left(self) -> float:
        _, change, units = self._widths
        return self.viewport().width() - change - units - GAP - 4.0

    def _paint_row(self, painter: QPainter, row: int, place: QRectF) -> None:
        layer, looks = self._history.last(row), self._history.layer(row)
        if row == self._row:
            painter.fillRect(place, theme.colour("hover"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        self._paint_name(painter, layer.block, place)
        for kind, column in self._columns():
            cell = QRectF(column.left(), place.top() + 4, column.width(), ROW - 8)
            self._paint_kind(painter, row, kind, [getattr(look, kind) for look in looks], cell)
        self._paint_change(painter, [look.update for look in looks], place)
        self._paint_units(painter, layer, place)

    def _paint_name(self, painter: QPainter, block: str, place: QRectF) -> None:
        heading, colour = self._headings.get(block, (block, "dim"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(colour))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawEllipse(QPointF(9, place.top() + 15), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(_plain())
        ailing, name = block in self._ailing, self._widths[0]
        room = QRectF(18, place.top() + 5, name - 18 - (16 if ailing else 0), 20)
        painter.setPen(theme.colour("text"))
        _draw(painter, room, heading)
        painter.setPen(theme.colour("dim"))
        painter.setFont(number_font(7.5))
        _draw(painter, QRectF(18, place.top() + 24, name - 18, 16), block)
        if ailing:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_finding(painter, QPointF(name - 8, place.top() + 15), 7)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_kind(
        self, painter: QPainter, row: int, kind: Kind, figures: Sequence[Figures | None], cell: QRectF
    ) -> None:
        last = figures[-1]
        if last is None:
            painter.setPen(theme.colour("dim"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, "–")
            return
        numbers = min(float(FIGURES), cell.width() * 0.5)
        area = QRectF(cell.left(), cell.top(), cell.width() - numbers - 6, cell.height())
        painter.drawImage(area, self._strip(row, kind, figures))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        beside = QRectF(area.right() + 6, cell.top() - 1, numbers, cell.height())
        self._paint_figures(painter, last, [f.norm if f else None for f in figures], beside)

    def _paint_figures(self, painter: QPainter, last: Figures, norms: Sequence[float | None], room: QRectF) -> None:
        painter.setFont(number_font(7.5))
        lines = (
            f"{significant(last.mean, 2)} ± {significant(last.std, 2)}",
            f"{significant(last.low, 2)} … {significant(last.high, 2)}",
        )
        painter.setPen(theme.colour("bad" if last.odd else "text"))
        for number, line in enumerate((tr("not a number"), lines[1]) if last.odd else lines):
            _draw(painter, QRectF(room.left(), room.top() + 13 * number, room.width(), 13), line)
            painter.setPen(theme.colour("dim"))
        paint_sparkline(painter, QRectF(room.left(), room.top() + 28, room.width(), 11), norms, "train")

    def _paint_change(self, painter: QPainter, updates: Sequence[float | None], place: QRectF) -> None:
        left, last, change = self._change_left(), updates[-1], self._widths[1]
        room = QRectF(left, place.top() + 4, change, ROW - 8)
        if last is None:
            painter.setPen(theme.colour("dim"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "–")
            return
        usual = USUAL[0] <= last <= USUAL[1]
        painter.setPen(theme.colour("text" if usual else "warning_text"))
        painter.setFont(number_font(8))
        sign = "" if usual else "▲ " if last > USUAL[1] else "▼ "
        upper = QRectF(left, room.top(), change, 14)
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, sign + significant(last, 2))
        tall = [log10(u) if u else None for u in updates]
        paint_sparkline(painter, QRectF(left, room.top() + 17, change - 6, 19), tall, "dim")

    def _paint_units(self, painter: QPainter, layer: LayerHealth, place: QRectF) -> None:
        share = layer.dead / layer.units if layer.units else layer.saturated
        if share is None:
            return
        _, change, units = self._widths
        left = self._change_left() + change + GAP
        words = f"{layer.dead}/{layer.units}" if layer.units else f"{100 * share:.0f} %"
        painter.setPen(theme.colour("warning_text" if share >= 0.5 else "text"))
        painter.setFont(number_font(8))
        painter.drawText(QRectF(left, place.top() + 4, units, 14), Qt.AlignmentFlag.AlignVCenter, words)
        bar = QRectF(left, place.top() + 24, units - 8, 6)
        painter.fillRect(bar, theme.colour("line"))
        full = QRectF(bar.left(), bar.top(), bar.width() * share, bar.height())
        painter.fillRect(full, theme.colour("warning" if share >= 0.5 else "wire"))

    def _strip(self, row: int, kind: Kind, figures: Sequence[Figures | None]) -> QImage:
        """The picture of a strip, made once for each look."""
        known = self._strips.get((row, kind))
        if known is None or known[0] != self._looks:
            known = self._strips[row, kind] = (self._looks, strip_image(strip(figures)))
        return known[1]

    # --- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint().y())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._history.blocks:
            super().keyPressEvent(event)
            return
        self._choose(min(max(self._row + step, 0), len(self._history.blocks) - 1))

    def _choose(self, row: int) -> None:
        self._row = row
        bar, place = self.verticalScrollBar(), self.row_place(row)
        over, under = HEAD - place.top(), place.bottom() - self.viewport().height()
        bar.setValue(bar.value() - over if over > 0 else bar.value() + max(0, under))
        self._tell()
        self.viewport().update()
        self.block_chosen.emit(self._history.blocks[row])

    def words(self, row: int) -> str:
        """All that a row says, and what the doctor says of its block."""
        block = self._history.blocks[row]
        heading = self._headings.get(block, (block, ""))[0]
        said = self._ailing.get(block, "")
        return "\n".join(filter(None, (row_words(heading, self._history.last(row)), self._scale(row), said)))

    def _scale(self, row: int) -> str:
        looks = self._history.layer(row)
        parts = [
            f"{tr(TITLES[kind])} ±{significant(widest([getattr(look, kind) for look in looks]), 3)}"
            for kind in self.kinds
            if getattr(looks[-1], kind) is not None
        ]
        return f"{tr('Strips from top to bottom')}: {', '.join(parts)}" if parts else ""

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if row is None else self.words(row), self.viewport())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words(self._row) if self._row >= 0 else "")


def strip_image(shares: NDArray[np.float64]) -> QImage:
    """Shares (bins × looks) as a picture; small ones can be told from none."""
    if not shares.size:
        return QImage()
    bright = np.sqrt(shares / max(float(shares.max()), 1e-12))
    return image(np.rint(bright * 250).astype(np.uint8), MAGMA)


def paint_sparkline(painter: QPainter, room: QRectF, values: Sequence[float | None], token: str) -> None:
    """A line from the oldest to the newest value, over the whole height; gaps where there is none."""
    known = [v for v in values if v is not None and isfinite(v)]
    if len(known) < 2:
        return
    low, reach = min(known), (max(known) - min(known)) or 1.0
    wide = room.width() / (len(values) - 1)
    points = [
        QPointF(room.left() + n * wide, room.bottom() - (v - low) / reach * room.height())
        for n, v in enumerate(values)
        if v is not None and isfinite(v)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour(token), 1.2))
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw(painter: QPainter, room: QRectF, words: str) -> None:
    short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)


def _plain() -> QFont:
    return _sized(9)


def _small() -> QFont:
    return _sized(8)


def _sized(size: float) -> QFont:
    font = QFont()
    font.setPointSizeF(size)
    return font
