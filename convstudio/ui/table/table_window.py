"""The table of blocks in a window of its own, where all columns have room."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from convstudio.ui.store import DocumentStore
from convstudio.ui.table.block_table import BlockTable
from convstudio.ui.table.conventions import Conventions
from convstudio.ui.text import tr

SIZE = (720, 520)


class TableWindow(QWidget):
    """Stays above its main window and closes with Escape."""

    def __init__(self, store: DocumentStore, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self._store = store
        self.table = BlockTable(store, settings, "network_window")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(Conventions(store))
        self.resize(*SIZE)
        store.state_changed.connect(self._show_title)
        self._show_title()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self._store.title} – {tr('blocks and their costs')}")
