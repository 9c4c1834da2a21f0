"""Writes the journal in a thread of its own, in order, so that no window waits for the disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from convstudio.ui.disk.journal import Journal


class Keeper(QObject):
    """The journal of the program, shared by its windows. Ends with the last of them."""

    done = Signal(int, str)
    """The work of a window (its number) was written; or why not, in words."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.journal = Journal(root)
        self._numbers = count(1)
        self._thread = ThreadPoolExecutor(1, "journal")

    def number(self) -> int:
        """A number for one more window."""
        return next(self._numbers)

    def submit(self, number: int, work: Callable[[], None]) -> None:
        """Do this after all that was submitted before; `done` tells how it ended."""
        self._thread.submit(self._do, number, work)

    def close(self) -> None:
        """Wait for what is under way, and leave nothing behind."""
        self._thread.shutdown()
        self.journal.close()

    def _do(self, number: int, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.done.emit(number, reason.lower())
        else:
            self.done.emit(number, "")
