"""The inspector: three tabs, Block, Network and Training."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSignalBlocker, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from convstudio.ui.inspector.block_tab import BlockTab
from convstudio.ui.inspector.network_tab import NetworkTab
from convstudio.ui.inspector.training_tab import TrainingTab
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

NETWORK, TRAINING = 1, 2
"""The places of the tabs that are made later."""


class Inspector(QTabWidget):
    """Follows the store. The tabs beside the first are made when they are first looked at."""

    block_chosen = Signal(str)
    """The person wants to see this block on the canvas."""
    rate_test_requested = Signal()
    """The person wants to see which learning rates suit the network."""
    training_made = Signal()
    """The Training tab is there now; what was to be seen in it can be shown."""

    def __init__(
        self, store: DocumentStore, settings: QSettings, advisor: Advisor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self.made_network: NetworkTab | None = None
        self.made_training: TrainingTab | None = None
        """The tabs beside the first, once they have been made."""
        self.setAccessibleName(tr("Inspector"))
        self.setDocumentMode(True)
        self.setMinimumWidth(290)
        self.block = BlockTab(store, advisor)
        self.addTab(self.block, tr("Block"))
        self.addTab(QWidget(), tr("Network"))
        self.addTab(QWidget(), tr("Training"))
        self.currentChanged.connect(self._make)

    @property
    def network(self) -> NetworkTab:
        """The Network tab, made now where it was not yet."""
        if self.made_network is None:
            self.made_network = NetworkTab(self._store, self._settings)
            self.made_network.block_chosen.connect(self.block_chosen)
            self._fill(NETWORK, self.made_network)
        return self.made_network

    @property
    def training(self) -> TrainingTab:
        """The Training tab, made now where it was not yet."""
        if self.made_training is None:
            self.made_training = TrainingTab(self._store)
            self.made_training.rate_test_requested.connect(self.rate_test_requested)
            self._fill(TRAINING, self.made_training)
            self.training_made.emit()
        return self.made_training

    def _make(self, index: int) -> None:
        """Make the tab that is looked at."""
        if index == NETWORK:
            _ = self.network
        elif index == TRAINING:
            _ = self.training

    def _fill(self, index: int, tab: QWidget) -> None:
        """Put a tab in the place that was kept for it."""
        empty, title, current = self.widget(index), self.tabText(index), self.currentIndex()
        with QSignalBlocker(self):
            self.removeTab(index)
            self.insertTab(index, tab, title)
            self.setCurrentIndex(current)
        if empty:
            empty.deleteLater()
