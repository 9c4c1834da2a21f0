"""Where runs are kept: one folder a run, named after its time and its document, never used twice."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import Path

CHECKPOINTS = "checkpoint*/state.json"
"""The last file of a whole checkpoint, which has a second name for the moment in which it is replaced."""


class RunFolders:
    """The folder that holds all run folders. Creates nothing: the worker does, when a run starts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._given: set[Path] = set()

    def fresh(self, title: str, now: datetime) -> Path:
        """A folder that neither exists nor was given out before: 2026-11-23-181500-digits-two-paths."""
        stem = f"{now:%Y-%m-%d-%H%M%S}-{slug(title)}"
        folder, number = self.root / stem, 2
        while folder in self._given or folder.exists():
            folder, number = self.root / f"{stem}-{number}", number + 1
        self._given.add(folder)
        return folder


def has_checkpoint(folder: Path) -> bool:
    """Whether a run can be continued from this folder."""
    return folder.is_dir() and any(folder.glob(CHECKPOINTS))


def slug(title: str) -> str:
    """A title as part of a file name on any system: letters, digits and hyphens, at most 40."""
    plain = unicodedata.normalize("NFC", title).lower()
    words = re.sub(r"[\W_]+", "-", plain).strip("-")
    return words[:40].strip("-") or "run"
