"""The plot of a range test: loss over a learning rate that rises by powers of ten, with a suggestion and a choice."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from convstudio.ui.live.ticks import decade_ticks, ticks
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

LEFT, RIGHT, TOP, BOTTOM = 46, 14, 24, 40
HEADROOM = 1.25
"""The axis ends at so many times the first smoothed loss: where it diverges, the curve leaves the picture."""
SPAN = (-6.0, 1.0)
"""Exponents of ten of the rates, until there are some."""


class RangePlot(QWidget):
    """Click, or press the arrow keys, to choose a rate: that of the nearest step."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rates: Sequence[float] = ()
        self._losses: Sequence[float] = ()
        self._smoothed: Sequence[float] = ()
        self._suggested, self._choice = 0.0, 0.0
        self.setAccessibleName(tr("Loss over the learning rate"))
        self.setToolTip(tr("Click to choose a learning rate; the arrow keys go from step to step"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 200)
        theme.changed.connect(self.update)

    def show_points(self, rates: Sequence[float], losses: Sequence[float], smoothed: Sequence[float]) -> None:
        """Draw these steps."""
        self._rates, self._losses, self._smoothed = rates, losses, smoothed
        self.update()

    def show_suggestion(self, rate: float) -> None:
        """Mark a rate as suggested; 0 for none."""
        self._suggested = rate
        self.update()

    def show_choice(self, rate: float) -> None:
        """Mark a rate as chosen; 0 for none."""
        self._choice = rate
        self.setAccessibleDescription(f"{tr('chosen')}: {rate:.3g}" if rate else "")
        self.update()

    @property
    def choice(self) -> float:
        return self._choice

    def place(self, rate: float) -> float:
        """Where a rate lies, in pixels from the left edge."""
        room = self._room()
        return room.left() + room.width() * (log10(rate) - SPAN[0]) / (SPAN[1] - SPAN[0])

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and len(self._rates):
            here = self._nearest(self.place(self._choice)) if self._choice else 0
            self._choose(here + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _choose_at(self, x: float) -> None:
        if len(self._rates):
            self._choose(self._nearest(x))

    def _nearest(self, x: float) -> int:
        return min(range(len(self._rates)), key=lambda n: abs(self.place(self._rates[n]) - x))

    def _choose(self, number: int) -> None:
        self.show_choice(float(self._rates[max(0, min(number, len(self._rates) - 1))]))
        self.chosen.emit(self._choice)

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _heights(self) -> tuple[float, float]:
        """The losses at the lower and the upper edge."""
        known = [value for value in self._smoothed if isfinite(value)]
        if not known:
            return 0.0, 1.0
        high = HEADROOM * known[0]
        low = min(known)
        return low - 0.08 * (high - low), high

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self._room()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(room, 4, 4)
        self._paint_axes(painter, room)
        painter.save()
        painter.setClipRect(room)
        self._paint_curve(painter, self._losses, "train", 70, 1.0)
        self._paint_curve(painter, self._smoothed, "train", 255, 2.0)
        painter.restore()
        if self._suggested:
            self._paint_mark(painter, room, self._suggested, "good_text", tr("suggested"), Qt.PenStyle.DashLine)
        if self._choice and abs(self._choice / (self._suggested or 1) - 1) > 1e-6:
            self._paint_mark(painter, room, self._choice, "accent", tr("chosen"), Qt.PenStyle.SolidLine)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRoundedRect(room, 4, 4)

    def _paint_axes(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(number_font(8))
        low, high = self._heights()
        for value, words in ticks(low, high, 6) if len(self._smoothed) else ():
            y = room.bottom() - room.height() * (value - low) / (high - low)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(theme.colour("dim"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, words)
        for exponent, words in decade_ticks(*SPAN, 8):
            x = self.place(10**exponent)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            painter.setPen(theme.colour("dim"))
            painter.drawText(QRectF(x - 40, room.bottom() + 3, 80, 16), Qt.AlignmentFlag.AlignHCenter, words)
        painter.setPen(theme.colour("dim"))
        below = QRectF(room.left(), room.bottom() + 19, room.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, tr("learning rate"))

    def _paint_curve(self, painter: QPainter, values: Sequence[float], token: str, opacity: int, width: float) -> None:
        colour = QColor(theme.colour(token))
        colour.setAlpha(opacity)
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pairs = zip(self._rates, values, strict=True)
        painter.drawPolyline(QPolygonF([self._point(rate, value) for rate, value in pairs if isfinite(value)]))

    def _point(self, rate: float, value: float) -> QPointF:
        low, high = self._heights()
        room = self._room()
        return QPointF(self.place(rate), room.bottom() - room.height() * (value - low) / (high - low))

    def _paint_mark(
        self, painter: QPainter, room: QRectF, rate: float, token: str, words: str, line: Qt.PenStyle
    ) -> None:
        """A line at a rate, with its words above, and a dot where it meets the smoothed curve."""
        x, colour = self.place(rate), theme.colour(token)
        painter.setPen(QPen(colour, 1.4, line))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        painter.setPen(colour)
        painter.setFont(number_font(8.5))
        text = f"{words} {rate:.2g}"
        painter.drawText(self._beside(x, painter.fontMetrics().horizontalAdvance(text) + 4, room), 0, text)
        painter.setPen(QPen(theme.colour("panel"), 1.5))
        painter.setBrush(colour)
        value = next((s for r, s in zip(self._rates, self._smoothed, strict=True) if abs(r / rate - 1) < 1e-4), None)
        if value is not None:
            painter.drawEllipse(self._point(rate, value), 4, 4)

    def _beside(self, x: float, width: float, room: QRectF) -> QRectF:
        """Where the words of a mark have room: above it; inside, where those of the suggestion are too near."""
        left = max(2.0, min(x - width / 2, self.width() - width - 2.0))
        apart = abs(x - self.place(self._suggested)) if self._suggested else width
        if 0 < apart < width + 12:
            inside = x + 6 if x + 6 + width < room.right() else x - 6 - width
            return QRectF(inside, room.top() + 4, width, 16)
        return QRectF(left, 4, width, 16)
