"""The mask as cells that are taken by the hand: dragged up and down, typed into, painted over."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from convstudio.ui.forms.matrix import parsed
from convstudio.ui.lens.grid import CellGrid, across, flat_shape
from convstudio.ui.lens.ink import Ink, Scale
from convstudio.ui.live.numbers import significant
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

WIDEST = 58.0
NARROWEST = 5.0
TRAVEL = 120
"""Pixels of a drag that change a cell by the whole length of the scale's half."""
STEP = 0.05
"""Part of that length by which a key or a notch of the wheel changes a cell."""
LARGEST = 1e6
STARTERS = "0123456789-−+.,"
"""Keys that begin a number."""
ARROWS: dict[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
STEPS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}

Mask = NDArray[np.float32]


class MaskEditor(QWidget):
    """Shows a mask and lets its cells be changed: a drag up or down changes the cell, with Shift it paints its number.

    Arrows move the mark, a digit or Enter opens a field for a number, + and − (with Ctrl) and the wheel make it larger
    and smaller, Del empties the cell. Copy and paste take rows of numbers.
    """

    changed = Signal(int, float)
    """The cell of that number (in C order) is to hold another value."""
    replaced = Signal(object)
    """All cells at once (a mask of the same form), from the clipboard."""
    refused = Signal(str)
    """Why what was typed or pasted is none; a sentence."""
    released = Signal()
    """The gesture is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask: Mask = np.zeros((1, 1), np.float32)
        self._limit = 1.0
        self._cell = 0
        self._grip: tuple[float, float] | None = None
        self._painting = False
        self._field = _Field(self)
        self._field.entered.connect(self._enter)
        self._field.refused.connect(self.refused)
        self._field.moved.connect(self._go_on)
        self.setAccessibleName(tr("The mask"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(96, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what it shows

    def show_mask(self, mask: Mask, limit: float) -> None:
        """Show these numbers on a scale from -limit to limit."""
        if mask.shape != self._mask.shape:
            self._cell, self._grip = 0, None
            self._field.hide()
        self._mask, self._limit = mask, limit if limit > 0 else 1.0
        self.setAccessibleDescription(self._words())
        self.update()

    @property
    def cell(self) -> int:
        """The number of the marked cell."""
        return self._cell

    @property
    def field(self) -> QLineEdit:
        """Where a number is typed."""
        return self._field

    @property
    def held(self) -> bool:
        """A cell is being dragged."""
        return self._grip is not None

    def grid(self) -> CellGrid:
        """Where the cells stand: as large as fits, in the middle."""
        axes, room = self._mask.shape, (self.width() - 4.0, self.height() - 4.0)
        rows, columns = flat_shape(axes)[0], across(axes)
        side = min(WIDEST, room[0] / max(1, columns) - 2, room[1] / max(1, rows) - 2)
        grid = CellGrid(axes, 0.0, 0.0, max(side, NARROWEST), max(side, NARROWEST))
        left, top = (self.width() - grid.width) / 2, (self.height() - grid.height) / 2
        return CellGrid(axes, max(2.0, left), max(2.0, top), grid.wide, grid.high)

    def sizeHint(self) -> QSize:
        return QSize(200, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink, grid = Ink(painter), self.grid()
        ink.cells(grid, tuple(map(float, self._mask.ravel())), Scale(-self._limit, self._limit, signed=True))
        if self.hasFocus() or self._field.isVisible() or self.held:
            ink.frame(grid.place(self._cell).adjusted(-1, -1, 1, 1), "heat")
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._field.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _words(self) -> str:
        rows = self._mask.reshape(-1, self._mask.shape[-1] if self._mask.ndim else 1)
        return "; ".join(" ".join(significant(float(n)) for n in row) for row in rows[:9])

    def _value(self, cell: int) -> float:
        return float(self._mask.reshape(-1)[cell])

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._painting = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.hold(cell, event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            there = self._at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeVerCursor if there else Qt.CursorShape.ArrowCursor)
            return
        start, value = self._grip
        if not self._painting:
            self._change(self._cell, value + (start - event.position().y()) / TRAVEL * self._limit)
            return
        cell = self._at(event.position())
        if cell is not None and cell != self._cell:
            self._mark(cell)
            self._change(cell, value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._grip = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._mark(cell)
            self._type()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only the marked cell of an editor with the focus: elsewhere the wheel is the panel's."""
        if not self.hasFocus() or self._at(event.position()) != self._cell or not event.angleDelta().y():
            event.ignore()
            return
        self._nudge(1 if event.angleDelta().y() > 0 else -1)

    def hold(self, cell: int, height: float = 0.0) -> None:
        """Take a cell by the hand; `height` is where the mouse is."""
        self._mark(cell)
        self._grip = (height, self._value(cell))

    def _at(self, place: QPointF) -> int | None:
        return self.grid().at(place.x(), place.y())

    def _mark(self, cell: int) -> None:
        self._field.hide()
        self._cell = cell
        self.setFocus()
        self.update()

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif control and key in STEPS:
            self._nudge(STEPS[key])
        elif not plain:
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._move(*ARROWS[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._change(self._cell, 0.0)
            self.released.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._type()
        elif event.text() and event.text() in STARTERS:
            self._type(event.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that mean the mask here, and not the blocks of the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()
            return True
        return super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Paste):
            return True
        key = Qt.Key(event.key())
        if control:
            return key in STEPS
        own = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, *ARROWS)
        return not event.modifiers() and (key in own or (bool(event.text()) and event.text() in STARTERS))

    def _move(self, down: int, across_by: int) -> None:
        """Along rows and columns of a slice; left and right also into the next slice of a clip."""
        rows, columns = flat_shape(self._mask.shape)
        row = self._cell // columns % rows
        target = self._cell + down * columns + across_by
        if 0 <= target < self._mask.size and 0 <= row + down < rows:
            self._cell = target
            self.update()

    def _nudge(self, direction: int) -> None:
        self._change(self._cell, self._value(self._cell) + direction * STEP * self._limit)
        self.released.emit()

    # --- numbers

    def copy(self) -> None:
        """The numbers, a row a line."""
        rows = self._mask.reshape(-1, self._mask.shape[-1] if self._mask.ndim else 1)
        QGuiApplication.clipboard().setText("\n".join("  ".join(f"{n:.6g}" for n in row) for row in rows))

    def paste(self) -> None:
        """Rows of numbers from the clipboard, as many as the mask has."""
        found = parsed(QGuiApplication.clipboard().text())
        if isinstance(found, str):
            self.refused.emit(f"{tr('The clipboard holds no mask.')} {found}")
            return
        values = np.array(found, np.float32)
        rows = self._mask.reshape(-1, self._mask.shape[-1] if self._mask.ndim else 1)
        if values.shape != rows.shape or not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
            wanted, came = (" × ".join(map(str, shape)) for shape in (rows.shape, values.shape))
            self.refused.emit(f"{tr('The clipboard holds')} {came} {tr('numbers; this mask has')} {wanted}.")
            return
        self.replaced.emit(values.reshape(self._mask.shape))
        self.released.emit()

    def _type(self, begun: str = "") -> None:
        self._field.open(self._spot(), begun or f"{self._value(self._cell):.6g}", not begun)

    def _spot(self) -> QRectF:
        """The place of the field: over the cell, and wide enough to read a number."""
        place = self.grid().place(self._cell)
        middle, wide, high = place.center(), max(place.width(), 64.0), max(min(place.height(), 30.0), 24.0)
        left = min(max(0.0, middle.x() - wide / 2), self.width() - wide)
        top = min(max(0.0, middle.y() - high / 2), self.height() - high)
        return QRectF(QPointF(left, top), QPointF(left + wide, top + high))

    def _enter(self, value: float) -> None:
        self._change(self._cell, value)
        self.released.emit()

    def _go_on(self, distance: int) -> None:
        """From the field on to the next cell."""
        self._cell = (self._cell + distance) % self._mask.size
        self.update()
        self._type()

    def _change(self, cell: int, value: float) -> None:
        value = min(max(value, -LARGEST), LARGEST)
        if value != self._value(cell):
            self.changed.emit(cell, value)


class _Field(QLineEdit):
    """The field over a cell: Enter takes the number, Tab goes on to the next cell, Esc leaves it as it was."""

    entered = Signal(float)
    moved = Signal(int)
    refused = Signal(str)

    def __init__(self, editor: QWidget) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setAccessibleName(tr("The number of the cell"))
        self.setFont(number_font())
        self.setStyleSheet("padding: 0 4px; border-radius: 3px")
        self._before = ""
        self.hide()

    def open(self, place: QRectF, text: str, whole: bool) -> None:
        """Begin to type over a cell; `whole`: what is there is replaced by the first key."""
        self._before = text if whole else ""
        self.setGeometry(place.toRect())
        self.setText(text)
        self.show()
        self.setFocus()
        if whole:
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(take=True)
        elif key == Qt.Key.Key_Escape:
            self._close(take=False)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab is a key like another here: elsewhere it goes to the next widget."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        direction = TABS.get(Qt.Key(event.key())) if pressed and isinstance(event, QKeyEvent) else None
        if direction is not None and self._close(take=True):
            self.moved.emit(direction)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible() and self.window().isActiveWindow():
            self._close(take=True)

    def _close(self, take: bool) -> bool:
        """End typing; False where it is no number, which is said."""
        text = self.text().strip().replace("−", "-").replace(",", ".")
        changed = take and text != self._before
        try:
            value = float(text) if changed else 0.0
        except ValueError:
            value = float("nan")
        self.hide()
        self._editor.setFocus()
        if not isfinite(value) or abs(value) > LARGEST:
            self.refused.emit(f"“{self.text().strip()}” {tr('is no number that a mask can hold.')}")
            return False
        if changed:
            self.entered.emit(value)
        return True
