"""The list of runs as Qt asks for it: a row a run, two columns to write in, and a proxy that sorts and filters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from convstudio.runs.entry import Entry
from convstudio.ui.runs.columns import COLUMNS, details
from convstudio.ui.runs.dot import dot
from convstudio.ui.runs.finding import Query, query
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
TOKENS = {"failed": "bad", "broken off": "bad", "running": "good_text", "paused": "warning_text", "": "dim"}
FONT_SIZE = 8.0


class RunModel(QAbstractTableModel):
    """Shows the entries that it is given. Where the runs stay the same, rows stay too, with selection and scrolling."""

    renamed = Signal(object, str)
    """The folder of a run, and the new name that the person wrote."""
    noted = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._colours: Mapping[Path, str] = {}
        self._font = number_font(FONT_SIZE)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show these; rows that are gone or new are taken out and put in one by one."""
        wanted = {entry.folder for entry in entries}
        for row in reversed(range(len(self._entries))):
            if self._entries[row].folder not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                self._entries = self._entries[:row] + self._entries[row + 1 :]
                self.endRemoveRows()
        known = {entry.folder for entry in self._entries}
        fresh = tuple(entry for entry in entries if entry.folder not in known)
        if fresh:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._entries += fresh
            self.endInsertRows()
        self._update({entry.folder: entry for entry in entries})

    def show_colours(self, colours: Mapping[Path, str]) -> None:
        """Tokens of the colours of the curves that are drawn, by folder."""
        if colours != self._colours:
            self._colours = dict(colours)
            if self._entries:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, 0))

    def row_of(self, folder: Path) -> int | None:
        return next((row for row, entry in enumerate(self._entries) if entry.folder == folder), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section].title)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(COLUMNS[section].about)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = COLUMNS[index.column()].editable and self._entries[index.row()].summary is not None
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, column = self._entries[index.row()], COLUMNS[index.column()]
        if role == SORT:
            return column.value(entry)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.text(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return details(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and column.numeric:
            return self._font
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(entry, column.name)
        if role == Qt.ItemDataRole.DecorationRole and column.name == "name" and entry.folder in self._colours:
            return dot(self._colours[entry.folder])
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        entry, column = self._entries[index.row()], COLUMNS[index.column()]
        text = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or text == column.text(entry):
            return False
        (self.renamed if column.name == "name" else self.noted).emit(entry.folder, text)
        return True

    def _colour(self, entry: Entry, name: str) -> Any:
        if entry.summary is None:
            return theme.colour("dim")
        return theme.colour(TOKENS[entry.state()]) if name == "state" and entry.state() in TOKENS else None

    def _update(self, found: Mapping[Path, Entry]) -> None:
        """Rows that tell something else are painted anew."""
        for row, entry in enumerate(self._entries):
            fresh = found[entry.folder]
            if fresh != entry or entry.going_on != fresh.going_on or entry.state() == "broken off":
                self._entries = (*self._entries[:row], fresh, *self._entries[row + 1 :])
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))


class SortedRuns(QSortFilterProxyModel):
    """Sorted by a column, the newest first at the start; only runs that the filter finds."""

    def __init__(self, model: RunModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._query = Query()
        self.setSourceModel(model)
        self.setSortRole(SORT)
        self.setDynamicSortFilter(True)

    def filter(self, text: str) -> None:
        """Show only runs that are found by this."""
        self._query = query(text)
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return self._query.finds(self._model.entries[row])

    def entry(self, row: int) -> Entry:
        """The run in a row that is shown."""
        return self._model.entries[self.mapToSource(self.index(row, 0)).row()]


def alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
