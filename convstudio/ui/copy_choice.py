"""The choice of the copy of a repeated group that all views look at: 'copy 2 of 3'."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSpinBox, QWidget

from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

ARROWS = 34
"""Pixels of width for the arrows and the margins."""


class CopyChoice(QSpinBox):
    """Stands for the group at `depth` of the open level; all its copies have the same blocks, each its own weights."""

    def __init__(self, store: DocumentStore, depth: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._depth = store, depth
        self.setPrefix(f"{tr('copy')} ")
        self.setSuffix(f" {tr('of')} {store.place.many[depth]}")
        self.setRange(1, store.place.many[depth])
        self.setWrapping(True)
        widest = f"{self.prefix()}{self.maximum()}{self.suffix()}"
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + ARROWS)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Copy of the group that is looked at"))
        self.setToolTip(
            tr("Which copy the lens, masks, feature maps and muting look at (Alt+Page Down, Alt+Page Up).")
            + "\n"
            + tr("All copies have the same blocks and settings, and each its own weights.")
        )
        self.valueChanged.connect(self._choose)
        self.follow()

    def follow(self) -> None:
        """Show the copy that is looked at."""
        with QSignalBlocker(self):
            self.setValue(self._store.place.copies[self._depth] + 1)

    def _choose(self, number: int) -> None:
        before = self._store.place.copies
        self._store.choose_copies((*before[: self._depth], number - 1, *before[self._depth + 1 :]))
