"""The list of runs as a table: Enter opens, Delete deletes, F2 or a second click renames."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSettings,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QTableView, QWidget

from convstudio.runs.entry import Entry
from convstudio.ui.runs.columns import COLUMNS, NAMES
from convstudio.ui.runs.dot import ROOM
from convstudio.ui.runs.model import RunModel, SortedRuns
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

ROW_HEIGHT = 24
MEASURED_ROWS = 30
FLAGS = QItemSelectionModel.SelectionFlag
OURS = (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Backspace)
"""Keys that mean something here, whatever they mean to the window."""


class Kept(QStyledItemDelegate):
    """What is being written stays while the list is brought up to date below it, as it is all along a run."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if not editor.isVisible():  # once, before the field is shown
            super().setEditorData(editor, index)


class RunView(QTableView):
    """Shows a model sorted and filtered; its order of columns is remembered in `settings`."""

    opened = Signal()
    delete_pressed = Signal()
    chosen = Signal()
    """Other runs are selected."""

    def __init__(self, model: RunModel, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self.sorted = SortedRuns(model, self)
        self.setModel(self.sorted)
        self.setItemDelegate(Kept(self))
        self.setAccessibleName(tr("Kept runs"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.SelectedClicked | trigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setIconSize(QSize(ROOM, ROOM))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self._furnish_header()
        self._paint_theme()
        theme.changed.connect(self._paint_theme)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The selected runs, in the order in which they are shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.sorted.entry(row) for row in rows)

    def choose(self, folders: tuple[Path, ...]) -> None:
        """Select these runs."""
        wanted = QItemSelection()
        for row in (self._model.row_of(folder) for folder in folders):
            if row is not None:
                index = self.sorted.mapFromSource(self._model.index(row, 0))
                wanted.select(index, index)
        self.selectionModel().select(wanted, FLAGS.ClearAndSelect | FLAGS.Rows)
        if wanted.indexes():
            self.selectionModel().setCurrentIndex(wanted.indexes()[0], FLAGS.NoUpdate)

    def rename(self) -> None:
        """Let the name of the current run be written."""
        if self.currentIndex().isValid():
            self.edit(self.currentIndex().siblingAtColumn(NAMES.index("name")))

    def write_note(self) -> None:
        """Let the note of the current run be written."""
        if self.currentIndex().isValid():
            index = self.currentIndex().siblingAtColumn(NAMES.index("note"))
            self.scrollTo(index)
            self.edit(index)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in OURS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # keys that the field left over mean nothing here
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        else:
            super().keyPressEvent(event)

    def _paint_theme(self) -> None:
        """A calm selection: the colours of the selected runs' curves have to be seen on it."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme.colour("hover"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.colour("text"))
        self.setPalette(palette)

    def _furnish_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setResizeContentsPrecision(MEASURED_ROWS)
        self.setSortingEnabled(True)
        self.sortByColumn(NAMES.index("started"), Qt.SortOrder.DescendingOrder)
        for number, column in enumerate(COLUMNS):
            wide = {"name": 150, "note": 160}.get(column.name)
            if wide:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(number, wide)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.ResizeToContents)
        state = self._settings.value("runs/header")
        if state is not None and self._settings.value("runs/columns", 0, type=int) == len(COLUMNS):
            header.restoreState(state)
        header.sectionMoved.connect(self._remember)
        header.sortIndicatorChanged.connect(self._remember)

    def _remember(self) -> None:
        self._settings.setValue("runs/header", self.horizontalHeader().saveState())
        self._settings.setValue("runs/columns", len(COLUMNS))
