"""Bars for a row of numbers: probabilities of classes, or the values of a vector, with numbers where there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.ui.live.numbers import significant
from convstudio.ui.theme import number_font, theme


class Bars(QWidget):
    """Shows values as bars from 0 (or from the lowest value where all are positive and `from_zero` is off).

    `words` makes the number above a bar and in its tooltip; `labels` stand below where they fit.
    """

    drawn = Signal()

    def __init__(self, name: str, words: Callable[[float], str] = significant, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float32] = np.zeros(0, np.float32)
        self._labels: tuple[str, ...] = ()
        self._range = (0.0, 1.0)
        self._numbers = True
        self._fresh = False
        self._highlight = "accent"
        self._words = words
        self.setAccessibleName(name)
        self.setMinimumSize(60, 36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def set_values(self, values: NDArray[np.float32], low: float, high: float, numbers: bool = True) -> None:
        """Show `values`; the widget's height stands for the range `low` to `high`, widened to hold 0."""
        self._values, self._numbers, self._fresh = values, numbers, True
        self._range = (min(low, 0.0), max(high, 0.0))
        self.setAccessibleDescription(self.text_of(self.highest) if len(values) else "")
        self.update()

    def set_labels(self, labels: Sequence[str]) -> None:
        """What each bar is; without a label, its number from 0 on."""
        self._labels = tuple(labels)
        self.update()

    def set_highlight(self, token: str) -> None:
        """The colour of the highest bar."""
        self._highlight = token
        self.update()

    @property
    def highest(self) -> int:
        """The number of the highest bar; 0 where none is a number."""
        known = np.where(np.isfinite(self._values), self._values, -np.inf)
        return int(known.argmax()) if known.size else 0

    def label(self, bar: int) -> str:
        return self._labels[bar] if bar < len(self._labels) else str(bar)

    def text_of(self, bar: int) -> str:
        """'3: 97 %'."""
        return f"{self.label(bar)}: {self._words(float(self._values[bar]))}"

    def bar_at(self, position: QPoint) -> int | None:
        """The bar at a pixel's column; None beside the bars."""
        if not len(self._values) or not 0 <= position.x() < self.width():
            return None
        return position.x() * len(self._values) // self.width()

    def place(self, bar: int) -> QRectF:
        """Where a bar stands; its height is 0 for a value that is no number."""
        top, bottom = self._room()
        pitch = self.width() / len(self._values)
        gap = 2.0 if pitch >= 6 else 0.0
        low, high = self._range
        scale = (bottom - top) / ((high - low) or 1.0)
        value = float(self._values[bar])
        value = min(max(value, low), high) if np.isfinite(value) else 0.0
        zero, end = bottom - (0 - low) * scale, bottom - (value - low) * scale
        left = bar * pitch + gap / 2 if pitch >= 1 else float(int(bar * pitch))
        return QRectF(left, min(zero, end), max(pitch - gap, 1.0), max(abs(zero - end), 1.0))

    def sizeHint(self) -> QSize:
        return QSize(180, 64)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            bar = self.bar_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if bar is None else self.text_of(bar), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if len(self._values):
            self._paint_bars(painter)
            painter.setFont(self._font())
            self._paint_labels(painter)
            if self._numbers and self._fits(self._words(float(v)) for v in self._values[:64]):
                self._paint_numbers(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.drawn.emit()

    def _paint_bars(self, painter: QPainter) -> None:
        highest, plain = self.highest, QColor(theme.colour("train"))
        plain.setAlphaF(0.55)
        for bar in self._tallest_of_each_pixel():
            colour = theme.colour(self._highlight) if bar == highest else plain
            painter.fillRect(self.place(bar), colour)

    def _tallest_of_each_pixel(self) -> list[int]:
        """All bars, or of those that share a pixel column only the longest, and the highest of all."""
        count, width = len(self._values), max(1, self.width())
        if count <= width:
            return list(range(count))
        starts = np.arange(width) * count // width
        ends = np.append(starts[1:], count)
        sizes = np.nan_to_num(np.abs(self._values))
        longest = [int(a + sizes[a:b].argmax()) for a, b in zip(starts, ends, strict=True)]
        return [*longest, self.highest]

    def _paint_labels(self, painter: QPainter) -> None:
        if not self._fits(self.label(bar) for bar in range(min(len(self._values), 64))):
            return
        painter.setPen(theme.colour("dim"))
        pitch, height = self.width() / len(self._values), self._line()
        for bar in range(len(self._values)):
            place = QRectF(bar * pitch, self.height() - height, pitch, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.label(bar))

    def _paint_numbers(self, painter: QPainter) -> None:
        painter.setPen(theme.colour("text"))
        pitch, height = self.width() / len(self._values), self._line()
        for bar, value in enumerate(self._values):
            top = self.place(bar).top() - height
            painter.drawText(
                QRectF(bar * pitch, top, pitch, height), Qt.AlignmentFlag.AlignCenter, self._words(float(value))
            )

    def _fits(self, texts: Iterable[str]) -> bool:
        if len(self._values) > 64:
            return False
        size = QFontMetricsF(self._font())
        return max(size.horizontalAdvance(text) for text in texts) <= self.width() / len(self._values) - 1

    def _room(self) -> tuple[float, float]:
        """Top and bottom of the longest bars."""
        return (self._line() if self._numbers else 1.0), max(self.height() - self._line() - 1, 2.0)

    def _line(self) -> float:
        return QFontMetricsF(self._font()).height()

    def _font(self) -> QFont:
        font = number_font()
        font.setPointSizeF(font.pointSizeF() - 1)
        return font
