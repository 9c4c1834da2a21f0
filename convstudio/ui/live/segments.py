"""A segmented control: a few short choices side by side, one of them on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QWidget


class Segments(QTabBar):
    """Choices by name; hidden while there is only one. Left and right change the choice from the keyboard."""

    chosen = Signal(int)

    def __init__(self, name: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setVisible(False)
        self.setStyleSheet("QTabBar::tab { padding: 1px 7px; }")
        self.currentChanged.connect(self._changed)

    def set_choices(self, names: tuple[str, ...]) -> None:
        """Offer these choices; the first is on. Nothing happens, and the choice stays, where they are the same."""
        if names == tuple(self.tabText(at) for at in range(self.count())):
            return
        self.blockSignals(True)
        while self.count():
            self.removeTab(0)
        for name in names:
            self.addTab(name)
        self.blockSignals(False)
        self.setVisible(len(names) > 1)

    def _changed(self, index: int) -> None:
        self.updateGeometry()  # the chosen name is bold, so another choice needs another width
        if index >= 0:
            self.chosen.emit(index)
