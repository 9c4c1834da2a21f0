"""Puts the files of one window on the list of recent ones, with pictures of their canvas."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from convstudio.ui.workbench import Workbench


class Remember(QObject):
    """A picture is drawn when a file is saved, and again when its window closes: by then it shows feature maps."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.draw)
        bench.files.kept.connect(self._on_kept)
        bench.window.closed.connect(self.draw)

    def draw(self) -> None:
        """Draw the picture of the file, unless the canvas shows what the file does not hold."""
        store = self._bench.store
        if store.path and not store.history.modified:
            self._bench.windows.pictures.draw(store.path, self._bench.scene)

    def _on_kept(self, path: Path) -> None:
        self._bench.windows.recent.add(path)
        self._later.start()
