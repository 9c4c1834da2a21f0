"""The inspector: three tabs, Block, Network and Training."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QTabWidget

from convstudio.ui.inspector.block_tab import BlockTab
from convstudio.ui.inspector.network_tab import NetworkTab
from convstudio.ui.inspector.training_tab import TrainingTab
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


class Inspector(QTabWidget):
    """Follows the store. The tabs beside the first are made when they are first looked at."""

    block_chosen = Signal(str)
    """The person wants to see this block on the canvas."""

    def __init__(self, store: DocumentStore, settings: QSettings, advisor: Advisor) -> None:
        super().__init__()
        self._store, self._settings = store, settings
        self.setAccessibleName(tr("Inspector"))
        self.setDocumentMode(True)
        self.setMinimumWidth(290)
        self.block = BlockTab(store, advisor)
        self.addTab(self.block, tr("Block"))
        self.network: NetworkTab | None = None
        self.training: TrainingTab | None = None

    def complete(self) -> None:
        """Make the tabs that the first paint does not need."""
        if self.network is None:
            self.network = NetworkTab(self._store, self._settings)
            self.network.block_chosen.connect(self.block_chosen)
            self.training = TrainingTab(self._store)
            self.addTab(self.network, tr("Network"))
            self.addTab(self.training, tr("Training"))
