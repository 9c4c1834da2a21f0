"""How the numbers of the table of blocks are counted, in small words below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from convstudio.network.costs import CONVENTION, memory_convention
from convstudio.ui.later import Later
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import memory, tr


class Conventions(QLabel):
    """Follows the document: the size of the mini-batch counts."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setObjectName("dim")
        self.setWordWrap(True)
        self.setStyleSheet("font-size: 8pt;")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(6, 0, 6, 0)
        self._later = Later(self._show, self)
        store.changed.connect(self._later.ask)
        self._show()

    def _show(self) -> None:
        weights = memory(4 * self._store.analysis.parameters)
        words = [
            tr(CONVENTION),
            tr(memory_convention(self._store.document.training.batch_size)),
            tr("The weights themselves take") + f" {weights} " + tr("in float32."),
        ]
        self.setText("\n".join(words))
