"""The runs whose curves are drawn: read in a thread, read on while they grow, forgotten when they are not wanted."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from convstudio.runs import entry
from convstudio.runs.entry import Entry, Stamp
from convstudio.ui.background import Background
from convstudio.ui.runs.loading import LoadedRun, load

KEPT = 24
"""So many runs stay in memory; no more are read at once."""


class RunReader(QObject):
    """Has the wanted runs ready at `ready`, in their order."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._loaded: OrderedDict[Path, tuple[Stamp, LoadedRun]] = OrderedDict()
        self._wanted: tuple[Path, ...] = ()
        self.left_out = 0
        """How many of those that were wanted are too many to be read."""
        self._busy = False

    @property
    def runs(self) -> tuple[LoadedRun, ...]:
        """The wanted runs, as far as they have been read."""
        return tuple(self._loaded[folder][1] for folder in self._wanted if folder in self._loaded)

    def want(self, entries: tuple[Entry, ...]) -> None:
        """Read these, or read on in them; at most as many as stay in memory."""
        self._wanted = tuple(entry.folder for entry in entries)[:KEPT]
        self.left_out = len(entries) - len(self._wanted)
        self._go_on()

    def _go_on(self) -> None:
        """One folder at a time, so that what is not wanted any more is not waited for."""
        if self._busy:
            return
        stale = next((f for f in self._wanted if self._stamp(f) != self._known(f)), None)
        if stale is None:
            self.ready.emit()
            return
        self._busy = True
        loaded = self._loaded.get(stale)
        self._background.run(lambda: _read(stale, loaded[1] if loaded else None), self._take)

    def _take(self, found: tuple[Path, Stamp, LoadedRun] | str) -> None:
        self._busy = False
        if isinstance(found, str):
            self._wanted = ()
            self.failed.emit(found)
            return
        folder, stamp, loaded = found
        self._loaded[folder] = stamp, loaded
        self._loaded.move_to_end(folder)
        while len(self._loaded) > KEPT:
            self._loaded.popitem(last=False)
        self.ready.emit()
        self._go_on()

    def _stamp(self, folder: Path) -> Stamp:
        return entry.stamp(folder)[:1]

    def _known(self, folder: Path) -> Stamp | None:
        return self._loaded[folder][0] if folder in self._loaded else None


def _read(folder: Path, loaded: LoadedRun | None) -> tuple[Path, Stamp, LoadedRun] | str:
    """In the thread. A record that is drawn is not touched: what is read on goes into a copy."""
    stamp = entry.stamp(folder)[:1]
    try:
        if loaded is None:
            return folder, stamp, load(folder)
        return folder, stamp, loaded.grown()
    except OSError as error:
        return f"{folder.name}: {(error.strerror or str(error)).lower()}."
