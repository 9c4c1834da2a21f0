"""The journal of unsaved work: one small file a window, which outlives the process when that ends without asking.

Each process has a folder of its own and holds a lock in it as long as it lives. A folder whose lock can be taken was
left behind by a process that is gone: its entries are unsaved work. An entry is replaced whole, so that a crash leaves
the last one or the one before.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock as ThreadLock

import msgspec
from msgspec import Struct

from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.layer import Catalogue
from convstudio.ui.disk.lock import Lock, take

LOCK = "lock"
ENDING = ".journal"
BROKEN = ".broken"
LARGEST = 2 * file.MAX_BYTES


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """Unsaved work of one window: the document as the text of a project file, and where it belongs."""

    title: str
    path: str
    """The file that it is a later state of; '' when it has none."""
    time: float
    """When it was written, in seconds since 1970."""
    document: str


@dataclass(frozen=True)
class Found:
    """Unsaved work that a process left behind."""

    title: str
    path: Path | None
    time: float
    document: Document
    source: Path

    def discard(self) -> None:
        """Remove it for good; with the last one of a process goes its folder."""
        self.source.unlink(missing_ok=True)
        if not any(self.source.parent.glob(f"*{ENDING}")):
            shutil.rmtree(self.source.parent, ignore_errors=True)


class Journal:
    """The entries of this process, and the way to those of dead ones. Makes no folder before it is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: Lock | None = None
        self._taken: list[Lock] = []
        self._guard = ThreadLock()

    def write(self, number: int, title: str, path: Path | None, document: Document) -> None:
        """Keep the unsaved work of window `number`. OSError, or ValueError for text that is none, when it fails."""
        entry = Entry(title, str(path or ""), time.time(), file.dump(document))
        data = msgspec.json.encode(entry)
        file.write_atomically(self._folder() / f"{number}{ENDING}", data)

    def remove(self, number: int) -> None:
        """The work of window `number` is saved, or given up by the person."""
        if self._own:
            (self._own.path.parent / f"{number}{ENDING}").unlink(missing_ok=True)

    def close(self) -> None:
        """Leave nothing behind: called when all windows were closed with their work saved or given up."""
        if self._own:
            folder = self._own.path.parent
            self._own.release()
            shutil.rmtree(folder, ignore_errors=True)
            self._own = None
        for lock in self._taken:
            os.close(lock.handle)
        self._taken.clear()

    def left_behind(self, catalogue: Catalogue) -> Iterator[Found | str]:
        """The unsaved work of processes that are gone; a sentence for each entry that cannot be read.

        What is found stays locked for others while this process lives. OSError when the folder cannot be looked into.
        """
        for folder in sorted(self._root.iterdir()) if self._root.exists() else ():
            if folder.is_dir() and self._adopted(folder):
                for path in sorted(folder.glob(f"*{ENDING}")):
                    yield _read(path, catalogue)

    def _adopted(self, folder: Path) -> bool:
        """Whether the folder was left behind and is ours from now on; an empty one is removed."""
        if self._own and folder == self._own.path.parent:
            return False
        try:
            lock = take(folder / LOCK)
        except OSError:  # another process removed it just now
            return False
        if lock is None:
            return False
        if any(folder.glob(f"*{ENDING}")):
            self._taken.append(lock)
            return True
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        return False

    def _folder(self) -> Path:
        """The folder of this process, which nobody else can take for an abandoned one."""
        with self._guard:
            while self._own is None:
                folder = self._root / f"{os.getpid()}-{time.time_ns()}"
                folder.mkdir(parents=True, mode=0o700)
                try:
                    self._own = take(folder / LOCK)
                except FileNotFoundError:  # removed as abandoned, before it was locked
                    continue
            return self._own.path.parent


def _put_aside(path: Path) -> Path:
    """Where a broken entry lies from now on; where it was, if it cannot be moved."""
    aside = path.parents[1] / f"{path.parent.name}-{path.stem}{BROKEN}"
    try:
        return path.rename(aside)
    except OSError:
        return path


def _read(path: Path, catalogue: Catalogue) -> Found | str:
    """The work in one entry. An entry that cannot be read is renamed, so that it is told of once and kept."""
    try:
        with path.open("rb") as opened:
            entry = msgspec.json.decode(opened.read(LARGEST), type=Entry)
        document = file.parse(entry.document, catalogue)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, file.FileError) as error:
        return f"Unsaved work in {_put_aside(path)} cannot be read, and is left there: {error}"
    return Found(entry.title, Path(entry.path) if entry.path else None, entry.time, document, path)
