"""A search field with a list below it: for adding a block by name and for finding a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from convstudio.ui.text import tr

WIDTH, HEIGHT = 340, 320


@dataclass(frozen=True)
class Entry:
    """One thing to find: its words, what else finds it, a remark at the right, and what choosing it does."""

    words: str
    also: str
    remark: str
    choose: Callable[[], object]
    icon: QIcon | None = None


class Finder(QFrame):
    """Opens over the window; typing narrows the list, Enter chooses, Escape closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFixedSize(WIDTH, HEIGHT)
        self._entries: Sequence[Entry] = ()
        self.field = QLineEdit()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Matches"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())

    def ask(self, words: str, entries: Sequence[Entry], at: QPoint) -> None:
        """Open at a place of the screen, with `words` in the empty field."""
        self._entries = entries
        self.field.clear()
        self.field.setPlaceholderText(words)
        self.field.setAccessibleName(words)
        self._filter("")
        self.move(at)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the field work on the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        found = [e for e in self._entries if all(w in f"{e.words} {e.also}".lower() for w in words)]
        found.sort(key=lambda e: not e.words.lower().startswith(text.lower()))
        self.list.clear()
        for entry in found:
            item = QListWidgetItem(f"{entry.words}    {entry.remark}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, entry)
            if entry.icon:
                item.setIcon(entry.icon)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item:
            self.hide()
            item.data(Qt.ItemDataRole.UserRole).choose()
