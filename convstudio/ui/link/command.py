"""The commands that start this very installation in another process: as a worker, or for one command."""

from __future__ import annotations

import sys
from pathlib import Path

import convstudio


def worker_command() -> tuple[str, ...]:
    """Program and arguments of a worker."""
    return (*own_command(), "worker")


def own_command() -> tuple[str, ...]:
    """Program and first arguments; those of `convstudio` follow.

    Python puts the current folder first on its path for `-m`; a student's own `random.py` there would break the
    worker. So that is switched off (`-P`), except where the program itself runs from the current folder.
    """
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    home = Path(convstudio.__file__).resolve().parent.parent
    safe = () if home == Path.cwd().resolve() else ("-P",)
    return (sys.executable, *safe, "-m", "convstudio")
