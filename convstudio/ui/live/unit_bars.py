"""The values of a vector as bars of which one is chosen, and each can be switched off: by mouse, or by keys alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from convstudio.ui.live.bars import Bars
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class UnitBars(Bars):
    """Arrows, Home and End choose a bar, H switches it off or on, Return opens it. What is off is struck through."""

    selected = Signal(int)
    eye_toggled = Signal(int)
    opened = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._chosen, self._off = 0, frozenset[int]()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def chosen(self) -> int:
        """The number of the chosen bar; -1 without bars."""
        return min(self._chosen, len(self._values) - 1)

    @property
    def off(self) -> frozenset[int]:
        return self._off

    def set_off(self, off: frozenset[int]) -> None:
        """These numbers are switched off."""
        self._off = off
        self.update()

    def choose(self, bar: int) -> None:
        if len(self._values):
            self._chosen = min(max(bar, 0), len(self._values) - 1)
            self.setAccessibleDescription(self.text_of(self._chosen))
            self.selected.emit(self._chosen)
            self.update()

    def text_of(self, bar: int) -> str:
        """'3: 0.97', and that it is off where it is."""
        off = f" · {tr('muted: 0 for all that follows')}" if bar in self._off else ""
        return super().text_of(bar) + off

    def event(self, event: QEvent) -> bool:
        """H means the number here, not the selected blocks of the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and self.chosen >= 0 and event.key() == Qt.Key.Key_H:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.chosen < 0 or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in STEPS:
            self.choose(self.chosen + STEPS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose(0 if key == Qt.Key.Key_Home else len(self._values) - 1)
        elif key == Qt.Key.Key_H:
            self.eye_toggled.emit(self.chosen)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame of the chosen bar is seen while keys move it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bar in sorted(self._off):
            if bar < len(self._values):
                self._strike(painter, self._column(bar))
        if self.hasFocus() and self.chosen >= 0:
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.drawRect(self._column(self.chosen).adjusted(0.75, 0.75, -0.75, -0.75))
        painter.end()

    def _strike(self, painter: QPainter, column: QRectF) -> None:
        """A veil over the bar, and a line through it."""
        veil = theme.colour("panel")
        veil.setAlphaF(0.6)
        painter.fillRect(column, veil)
        painter.setPen(QPen(theme.colour("warning"), 1.5))
        painter.drawLine(column.bottomLeft(), column.topRight())

    def _column(self, bar: int) -> QRectF:
        """The room of a bar between the lines of numbers and labels."""
        top, bottom = self._room()
        pitch = self.width() / len(self._values)
        return QRectF(bar * pitch, top, max(pitch, 1.0), bottom - top)
