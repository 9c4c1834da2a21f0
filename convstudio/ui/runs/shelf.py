"""The runs that are kept in some folders, as they are now: looked at in a thread, and again when something changes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from convstudio.runs import entry
from convstudio.runs.entry import Entry, Stamp
from convstudio.ui.background import Background

EVERY_MS = 1500
"""Heads of runs are looked at so often while somebody looks at the list: what changes in them, no folder tells."""
SETTLE_MS = 150
Shown = tuple[tuple[Entry, str], ...]


class RunShelf(QObject):
    """Looks only while it is open; reads only heads that changed."""

    changed = Signal()
    failed = Signal(str)
    """The folder cannot be read; a sentence."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self.also: tuple[Path, ...] = ()
        """Other places that are looked at, named by the person."""
        self._shown: Shown = ()
        self._known: dict[Path, tuple[Stamp, Entry]] = {}
        self._background = Background(self)
        self._busy = self._again = False
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._regular = QTimer(self, interval=EVERY_MS)
        self._soon.timeout.connect(self.look)
        self._regular.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(self._soon.start)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All runs, by the names of their folders."""
        return tuple(found for found, _ in self._shown)

    def open(self, opened: bool) -> None:
        """Whether somebody looks at the list."""
        if opened == self._regular.isActive():
            return
        if opened:
            self._regular.start()
            self.look()
        else:
            self._regular.stop()

    def look(self) -> None:
        """Look for what is new. Whatever it is, comes with `changed`, a moment later."""
        self._again = self._busy
        if not self._busy:
            self._busy = True
            self._background.run(self._found, self._take)

    def _found(self) -> Shown | str:
        """In the thread: everything there is, or why it cannot be read."""
        try:
            folders = list(entry.folders(self.root))
            folders += [found for place in self.also for found in entry.elsewhere(place) if found not in folders]
        except OSError as error:
            return (error.strerror or str(error)).lower()
        known = self._known
        self._known = {folder: _read(folder, known.get(folder)) for folder in folders}
        return tuple((found, found.state()) for _, found in self._known.values())

    def _take(self, found: Shown | str) -> None:
        self._busy = False
        if isinstance(found, str):
            self.failed.emit(f"{self.root}: {found}.")
        elif found != self._shown:
            self._shown = found
            self.changed.emit()
        fresh = {str(p) for p in (self.root, *self.also) if p.is_dir()} - set(self._watcher.directories())
        if fresh:
            self._watcher.addPaths(sorted(fresh))
        if self._again:
            self.look()


def _read(folder: Path, known: tuple[Stamp, Entry] | None) -> tuple[Stamp, Entry]:
    stamp = entry.stamp(folder)
    return known if known and known[0] == stamp else (stamp, entry.read(folder))
