"""A watch over the open file: notices when another program changes, replaces or removes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document

SETTLE_MS = 150
"""Other programs replace a file in several steps; we look when they are done."""
Stamp = tuple[int, int, int]


class DiskWatch(QObject):
    """Compares the file with the document that it is known to hold, whenever the system says that something happened.

    It looks as well when the window is turned to: some network drives tell nothing.
    """

    changed = Signal()
    """The file holds another document now, or cannot be read any more."""
    gone = Signal()
    """The file, or the folder that it is in, is not there any more."""
    back = Signal()
    """The file is again what it was known to be."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._path: Path | None = None
        self._known: Document | None = None
        self._stamp: Stamp | None = None
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(self._look_soon)
        self._watcher.directoryChanged.connect(self._look_soon)
        window.installEventFilter(self)

    @property
    def known(self) -> Document | None:
        """What the file is known to hold."""
        return self._known

    def begin(self, path: Path | None, known: Document | None) -> None:
        """Watch this file, which holds `known`; None: nothing is watched."""
        self._path, self._known = path, known
        self._stamp = _stamp(path) if path else None
        self._follow()

    def accept(self) -> None:
        """What the file holds now is known, and no news any more."""
        if self._path:
            self.begin(self._path, _read(self._path))

    def differs(self) -> bool:
        """Whether the file is there and holds something else than is known."""
        return self._path is not None and self._path.exists() and _read(self._path) != self._known

    def look(self) -> None:
        """Compare, and tell what is new."""
        self._follow()
        stamp = _stamp(self._path) if self._path else None
        if self._path is None or stamp == self._stamp:
            return
        self._stamp = stamp
        if stamp is None:
            self.gone.emit()
        elif _read(self._path) != self._known:
            self.changed.emit()
        else:
            self.back.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and self._path:
            self._look_soon()
        return False

    def _look_soon(self) -> None:
        """A folder in which something happens all the time must not put it off for ever."""
        if not self._timer.isActive():
            self._timer.start()

    def _follow(self) -> None:
        """Watch file and folder; a file that was replaced has to be named to the system again."""
        wanted = set(map(str, _places(self._path))) if self._path else set()
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(list(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(list(wanted - watched))


def _places(path: Path) -> list[Path]:
    """What to watch for news of a file: itself, its folder, and the one above, which tells when that is renamed.

    Of what is not there, the nearest folder that is.
    """
    folders = [p for p in path.absolute().parents if p.exists()][:2]
    return [path.absolute(), *folders] if path.exists() else folders


def _stamp(path: Path) -> Stamp | None:
    """What differs when a file was written or replaced; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> Document | None:
    """What a file holds; None when it cannot be read."""
    try:
        return file.load(path, catalogue())
    except file.FileError:
        return None
