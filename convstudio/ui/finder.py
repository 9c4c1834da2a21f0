"""A search field with a list below it: for adding a block by name and for finding a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from convstudio.ui.text import tr
from convstudio.ui.theme import theme

WIDTH, HEIGHT = 340, 320
PICTURE = QSize(64, 36)
"""The largest icon of an entry: the picture of a file."""
BADGE = QSize(18, 18)
"""Where no entry has a picture."""


@dataclass(frozen=True)
class Entry:
    """One thing to find: its words, what else finds it, a remark at the right, and what choosing it does."""

    words: str
    also: str
    remark: str
    choose: Callable[[], object]
    icon: QIcon | None = None


class _Remarks(QStyledItemDelegate):
    """Draws the remark of an entry at the right, quieter than its words."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        area: QRect = option.rect
        icon = entry.icon.actualSize(option.decorationSize).width() if entry.icon else 0
        room = area.width() - 36 - icon - painter.fontMetrics().horizontalAdvance(entry.words)
        text = painter.fontMetrics().elidedText(entry.remark, Qt.TextElideMode.ElideRight, max(0, room))
        painter.save()
        painter.setPen(theme.colour("on_accent" if chosen else "dim"))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -10, 0), right, text)
        painter.restore()


class Finder(QFrame):
    """Opens over the window; typing narrows the list, Enter chooses, Escape or looking elsewhere closes."""

    closed = Signal()
    """Something was chosen, or nothing is to be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setObjectName("card")
        self.hide()
        self._entries: Sequence[Entry] = ()
        self._before: QWidget | None = None
        self.field = QLineEdit()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Matches"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setItemDelegate(_Remarks(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop, margin=8)
        self.nothing.setObjectName("dim")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())

    def ask(self, words: str, entries: Sequence[Entry], at: QPoint) -> None:
        """Open at a place of the screen, or as near as the window allows, with `words` in the empty field."""
        self._entries = entries
        pictures = any(e.icon and e.icon.actualSize(PICTURE).width() > PICTURE.height() for e in entries)
        self.list.setIconSize(PICTURE if pictures else BADGE)
        self._before = self.window().focusWidget()
        self.field.clear()
        self.field.setPlaceholderText(words)
        self.field.setAccessibleName(words)
        self._filter("")
        self.move(self._inside(at))
        self.show()
        self.raise_()
        self.field.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the field work on the list; Escape and the loss of the focus close it."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        found = [e for e in self._entries if all(w in f"{e.words} {e.also}".lower() for w in words)]
        wanted = text.strip().lower()
        found.sort(key=lambda e: (e.words.lower() != wanted, not e.words.lower().startswith(wanted)))
        self.list.clear()
        for entry in found:
            item = QListWidgetItem(entry.words)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.words} {entry.remark}")
            if entry.icon:
                item.setIcon(_untinted(entry.icon))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.nothing.setText(tr("Nothing is found for “{}”. Try fewer letters, or another word.").format(text.strip()))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item:
            self._close()
            item.data(Qt.ItemDataRole.UserRole).choose()

    def _close(self) -> None:
        """Hide, and give the focus back to where the person was."""
        self.hide()
        if self._before and isValid(self._before):  # a card with a fix may be gone by now
            self._before.setFocus()

    def _inside(self, at: QPoint) -> QPoint:
        window = self.parentWidget()
        assert window is not None
        place = window.mapFromGlobal(at)
        x = max(8, min(place.x(), window.width() - WIDTH - 8))
        return QPoint(x, max(8, min(place.y(), window.height() - HEIGHT - 8)))


def _untinted(icon: QIcon) -> QIcon:
    """The icon with its own colours also in the chosen row."""
    made, largest = QIcon(icon), icon.actualSize(PICTURE)
    made.addPixmap(icon.pixmap(largest), QIcon.Mode.Selected)
    return made
