"""A file as a lock: one living process has it, and the system takes it back when that dies, however it dies.

The lock is the system's own (`flock`, on Windows a locked byte) and no number of a process written into a file: a
number may belong to another process by the next start, and a file stays behind after a crash.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Lock:
    """A lock that we have. It is lost with the process, or by `release`."""

    path: Path
    handle: int

    def release(self) -> None:
        """Remove the file and let go. The order keeps others from locking a file that is about to vanish."""
        with suppress(OSError):  # Windows removes no open file
            self.path.unlink()
        os.close(self.handle)
        if sys.platform == "win32":
            with suppress(OSError):
                self.path.unlink()


def take(path: Path) -> Lock | None:
    """Lock the file at `path`, which is made when it is not there; None while somebody has it. OSError otherwise."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(handle):
            os.close(handle)
            return None
        if _is_at(handle, path):
            return Lock(path, handle)
        os.close(handle)  # the one who had it has removed it between our two calls


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
