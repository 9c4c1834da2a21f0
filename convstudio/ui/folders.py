"""The folders in which the program keeps what no project file holds: runs, journals, recent files, saved blocks."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QStandardPaths


class Folders(NamedTuple):
    """`data` is kept; what is in `cache` can be made again."""

    data: Path
    cache: Path

    @staticmethod
    def own() -> Folders:
        """Those of the person who runs the program."""
        place = QStandardPaths.StandardLocation
        return Folders(
            Path(QStandardPaths.writableLocation(place.AppDataLocation)),
            Path(QStandardPaths.writableLocation(place.CacheLocation)),
        )

    @property
    def runs(self) -> Path:
        return self.data / "runs"

    @property
    def journal(self) -> Path:
        return self.data / "journal"

    @property
    def groups(self) -> Path:
        return self.data / "groups"

    @property
    def recent(self) -> Path:
        return self.data / "recent.json"

    @property
    def pictures(self) -> Path:
        return self.cache / "pictures"
