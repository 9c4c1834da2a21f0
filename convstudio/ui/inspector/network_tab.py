"""The Network tab: the table of all blocks, how its numbers are counted, and ways to take it elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from convstudio.ui.store import DocumentStore
from convstudio.ui.table.block_table import BlockTable
from convstudio.ui.table.conventions import Conventions
from convstudio.ui.table.table_window import TableWindow
from convstudio.ui.text import tr


class NetworkTab(QWidget):
    """The table with its conventions. Selecting a row selects the block; a double-click goes to it."""

    block_chosen = Signal(str)

    def __init__(self, store: DocumentStore, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self._large: TableWindow | None = None
        self.table = BlockTable(store, settings, "network_tab", hidden="kind")
        self.table.block_activated.connect(self.block_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 12)
        column.setSpacing(8)
        column.addLayout(self._buttons())
        column.addWidget(self.table, 1)  # as wide as can be: four columns fit a small window
        column.addWidget(Conventions(store))

    def open_large(self) -> TableWindow:
        """Show the table in a window of its own."""
        if self._large is None:
            self._large = TableWindow(self._store, self._settings, self.window())
            self._large.table.block_activated.connect(self.block_chosen)
        self._large.show()
        self._large.activateWindow()
        return self._large

    def _buttons(self) -> QHBoxLayout:
        self.copy_button = QToolButton()
        self.copy_button.setText(tr("Copy ▾"))
        self.copy_button.setToolTip(tr("Copy the table as text, Markdown or CSV, with exact numbers"))
        self.copy_button.clicked.connect(self._offer_copies)
        self.large_button = QToolButton()
        self.large_button.setText(tr("Open as a window"))
        self.large_button.setToolTip(tr("The same table, with room for all its columns"))
        self.large_button.clicked.connect(self.open_large)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 6, 0)
        row.addWidget(self.copy_button)
        row.addStretch()
        row.addWidget(self.large_button)
        for button in (self.copy_button, self.large_button):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return row

    def _offer_copies(self) -> None:
        menu = self.table.copy_menu(self)
        menu.popup(self.copy_button.mapToGlobal(self.copy_button.rect().bottomLeft()))
