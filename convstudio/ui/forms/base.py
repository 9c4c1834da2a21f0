"""What all editors of settings share: the place in the form, the help, the mark of what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from convstudio.ui.forms.fields import Field
from convstudio.ui.text import tr

WIDTH = 104
HEIGHT = 30
"""Of all fields of one line, whatever they hold."""


class Editor(QWidget):
    """Base of all editors: at the right edge of a form, with the setting's help as tooltip."""

    entered = Signal(object)
    left = Signal()
    """The person is done here; the next change is a step of its own."""

    def __init__(self, field: Field, inner: QWidget) -> None:
        super().__init__()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inner)
        if isinstance(inner, QLineEdit | QAbstractSpinBox | QComboBox):
            inner.setFixedHeight(HEIGHT)
        inner.setAccessibleName(tr(field.title))
        inner.setAccessibleDescription(tr(field.help))
        self.setToolTip(tr(field.help))
        self.setFocusProxy(inner)
        self._inner = inner
        self._complaint = ""

    def put_beside(self, widget: QWidget) -> None:
        """Show something of the form's owner at the left of the field."""
        self._row.insertWidget(0, widget)

    def set_value(self, value: Any) -> None:
        """Show a value without reporting it as entered."""
        raise TypeError("an editor must say how it shows a value")

    def set_mixed(self) -> None:
        """Show that several values are meant at once, which differ."""
        raise TypeError("an editor must say how it shows values that differ")

    def set_rank(self, rank: int) -> None:
        """How many axes the signal has; matters to sizes only."""

    def set_complaint(self, words: str) -> None:
        """Mark what was entered as wrong, with the reason; '' clears the mark."""
        if words == self._complaint:
            return
        self._complaint = words
        self._inner.setProperty("invalid", bool(words))
        self._inner.style().unpolish(self._inner)
        self._inner.style().polish(self._inner)
        self.setToolTip(words or self._inner.accessibleDescription())


class UndoPasser(QObject):
    """Lets Ctrl+Z and its opposite reach the window when the field has nothing of its own to take back."""

    def __init__(self, field: QWidget, has_own: Callable[[], bool]) -> None:
        super().__init__(field)
        self._has_own = has_own
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if (event.matches(keys.Undo) or event.matches(keys.Redo)) and not self._has_own():
                event.ignore()
                return True
        return False
