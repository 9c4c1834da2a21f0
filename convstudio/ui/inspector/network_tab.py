"""The Network tab: the table of all blocks, how its numbers are counted, and ways to take it elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from convstudio.network.costs import CONVENTION, memory_convention
from convstudio.ui.later import Later
from convstudio.ui.store import DocumentStore
from convstudio.ui.table.block_table import BlockTable
from convstudio.ui.table.table_window import TableWindow
from convstudio.ui.text import memory, tr


class NetworkTab(QWidget):
    """The table with its conventions. Selecting a row selects the block; a double-click goes to it."""

    block_chosen = Signal(str)

    def __init__(self, store: DocumentStore, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self._large: TableWindow | None = None
        self.table = BlockTable(store, settings, "network_tab", hidden="kind")
        self.table.block_activated.connect(self.block_chosen)
        self._note = QLabel()
        self._note.setObjectName("dim")
        self._note.setWordWrap(True)
        self._note.setStyleSheet("font-size: 8pt;")
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 12)
        column.setSpacing(8)
        column.addLayout(self._buttons())
        column.addWidget(self.table, 1)  # as wide as can be: four columns fit a small window
        column.addWidget(self._note)
        self._note.setContentsMargins(6, 0, 6, 0)
        self._later = Later(self._show_note, self)
        store.changed.connect(self._later.ask)
        self._show_note()

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

    def _show_note(self) -> None:
        self._note.setText("\n".join(conventions(self._store)))


def conventions(store: DocumentStore) -> list[str]:
    """How the numbers of the table are counted, a sentence each."""
    weights = memory(4 * store.analysis.parameters)
    return [
        tr(CONVENTION),
        tr(memory_convention(store.document.training.batch_size)),
        tr("The weights themselves take") + f" {weights} " + tr("in float32."),
    ]
