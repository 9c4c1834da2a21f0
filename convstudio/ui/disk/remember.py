"""Puts the files of one window on the list of recent ones, with their pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from convstudio.network.document import Document
from convstudio.ui.workbench import Workbench


class Remember(QObject):
    """The picture is drawn when a file is opened or saved: that is what the file holds."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._kept: tuple[Path, Document] | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._draw)
        bench.files.kept.connect(self._on_kept)

    def _on_kept(self, path: Path, document: Document) -> None:
        self._bench.windows.recent.add(path)
        self._kept = path, document
        self._later.start()

    def _draw(self) -> None:
        if self._kept:
            self._bench.windows.pictures.draw(self._kept[0], self._kept[1].network)
