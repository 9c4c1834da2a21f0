"""The files that were open last, newest first; shared by all windows and kept for the next start."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from convstudio.network.file import write_atomically

MOST = 9


class Recent(QObject):
    """A list of paths in a small file. One that cannot be read is empty; one that cannot be written lives on here."""

    changed = Signal()

    def __init__(self, file: Path | None) -> None:
        """`file` keeps the list; None: it ends with the program."""
        super().__init__()
        self._file = file
        self._paths: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """At most `MOST`; those of other running ConvStudios are among them."""
        if self._file:
            with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
                self._paths = tuple(map(Path, msgspec.json.decode(self._file.read_bytes(), type=list[str])))[:MOST]
        return self._paths

    def add(self, path: Path) -> None:
        """This file was opened or saved."""
        path = path.absolute()
        self._set((path, *(p for p in self.paths if p != path)))

    def clear(self) -> None:
        self._set(())

    def _set(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths[:MOST]
        if self._file:
            with suppress(OSError, UnicodeEncodeError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self._file, msgspec.json.encode([str(p) for p in self._paths]))
        self.changed.emit()
