"""A line over the table: what became of the network since it was compared, and what can be done about that."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from convstudio.ui.text import tr


class StaleBar(QFrame):
    """Hidden while the table is about the network as it is."""

    again_requested = Signal()
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self.undo_button = QPushButton(tr("Undo"))
        self.again_button = QPushButton(tr("Compare again"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self._words, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.again_button)
        self.undo_button.clicked.connect(self.undo_requested)
        self.again_button.clicked.connect(self.again_requested)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def tell(self, words: str, undo: bool = False, again: bool = True) -> None:
        """Say it; `undo` offers to take back what was taken, `again` to compare the network as it is now."""
        self._words.setText(words)
        self.undo_button.setVisible(undo)
        self.again_button.setVisible(again)
        self.show()
