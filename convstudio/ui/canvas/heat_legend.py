"""The legend of the heat at the upper edge of the canvas: which cost is shown, its total, and the scale."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from convstudio.network.costs import percent
from convstudio.ui.canvas.heat_map import HeatMap
from convstudio.ui.canvas.painter import warmed
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import duration, grouped, memory, short, tr
from convstudio.ui.theme import number_font, theme

MARGIN, HEIGHT, PAD = 12, 46, 12
LEAST = 220
BREADCRUMBS = 44
"""Height of the way to an open group, which lies above."""


class HeatLegend(QWidget):
    """Lies in the upper right corner of the canvas while a cost is shown, clear of lists, notices and the map."""

    def __init__(self, heat: HeatMap, store: DocumentStore, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._heat, self._store, self._canvas = heat, store, canvas
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(HEIGHT)
        heat.changed.connect(self.follow)
        store.changed.connect(self.follow)
        theme.changed.connect(self.update)
        canvas.installEventFilter(self)
        self.follow()

    def follow(self) -> None:
        """Say what is shown now; be gone where nothing is."""
        self.setVisible(self._heat.what is not None)
        if self._heat.what:
            self.words = self._said()
            self.setAccessibleName(self.words)
            self._settle()
            self.update()

    def _said(self) -> str:
        whole, what = self._heat.total, self._heat.what
        if what == "time":
            return times_said(self._store)
        if what == "parameters":
            return tr("Weights:") + f" {grouped(whole)} " + tr("in all")
        if what == "multiply_adds":
            return tr("Multiply-adds of one sample:") + f" {short(whole)} " + tr("in all")
        batch = self._store.document.training.batch_size
        return tr("Memory of a mini-batch of") + f" {batch}: {memory(whole * batch)} " + tr("in all")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._canvas and self._heat.what:
            self._settle()
        return False

    def _settle(self) -> None:
        """As wide as the words need, inside the canvas."""
        wanted = max(LEAST, round(QFontMetricsF(_words_font()).horizontalAdvance(self.words)) + 2 * PAD + 4)
        self.setFixedWidth(max(0, min(wanted, self._canvas.width() - 2 * MARGIN)))
        below = BREADCRUMBS if self._store.level else 0
        self.move(self._canvas.width() - self.width() - MARGIN, MARGIN + below)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        room = QRectF(self.rect()).adjusted(PAD, 6, -PAD, -6)
        painter.setPen(theme.colour("text"))
        painter.setFont(_words_font())
        words = QFontMetricsF(painter.font()).elidedText(self.words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)
        self._paint_scale(painter, QRectF(room.left(), room.bottom() - 15, room.width(), 14))

    def _paint_scale(self, painter: QPainter, room: QRectF) -> None:
        """From nothing to the largest share on the canvas."""
        painter.setFont(number_font(7.5))
        measure = QFontMetricsF(painter.font())
        low, high = percent(0), percent(self._heat.largest)
        painter.setPen(theme.colour("dim"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, high)
        strip = room.adjusted(measure.horizontalAdvance(low) + 8, 4, -measure.horizontalAdvance(high) - 8, -4)
        colours = QLinearGradient(strip.topLeft(), strip.topRight())
        colours.setColorAt(0, warmed(theme.colour("panel"), 0))
        colours.setColorAt(1, warmed(theme.colour("panel"), 1))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(colours)
        painter.drawRoundedRect(strip, 3, 3)


def times_said(store: DocumentStore) -> str:
    """How long a mini-batch takes, or why that is not known."""
    times = store.times
    if times.measuring:
        return tr("Measuring the time of each layer …")
    measured = times.measured
    if measured is None or not times.known:
        return measured.message if measured and measured.message else tr("Time: not measured yet")
    forward, backward = duration(times.total.forward), duration(times.total.backward)
    words = tr("Time of a mini-batch of") + f" {measured.batch}: {forward} {tr('forward')}, {backward} {tr('backward')}"
    return words + (" · " + tr("before the last change") if times.outdated else "")


def _words_font() -> QFont:
    font = QFont()
    font.setPointSizeF(8.5)
    return font
