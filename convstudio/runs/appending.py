"""Lines appended to a file of a run: all of them or none, so that a full disk leaves no half line in its middle."""

from __future__ import annotations

import os
from pathlib import Path


def append(path: Path, lines: bytes) -> None:
    """Append whole lines. OSError, with the file's name, when that fails; then the file is as it was.

    A line that a crash cut short is ended first: it must not spoil the one behind it.
    """
    try:
        with path.open("ab+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                _write(file.fileno(), lines if _ended(file.fileno(), size) else b"\n" + lines)
            except OSError:
                file.truncate(size)
                raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(handle: int, data: bytes) -> None:
    """A disk that is nearly full takes a part, and refuses the rest."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _ended(handle: int, size: int) -> bool:
    """Whether the file is empty, or its last line has an end."""
    if not size:
        return True
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"
