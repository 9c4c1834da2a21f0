"""Saved groups: files in the person's data folder, and those that come with the program, each holding one group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Block, Document, Network
from convstudio.network.file import FileError
from convstudio.network.group import Group


@dataclass(frozen=True)
class Saved:
    """A group that waits in the palette. `own`: the person saved it, and may rename or delete it."""

    title: str
    group: Group
    path: Path
    own: bool


class SavedGroups(QObject):
    """The files of one folder, read when they are asked for; those that cannot be read are told and left alone."""

    changed = Signal()

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        """Without a folder nothing can be saved, and there are only the program's own."""
        super().__init__(parent)
        self.folder = folder

    def read(self) -> tuple[tuple[Saved, ...], tuple[str, ...]]:
        """All saved groups by title, the person's first; and a sentence for each file that is none."""
        found: list[Saved] = []
        faults: list[str] = []
        for path, own in (*_files(self.folder, True), *_files(asset("groups"), False)):
            try:
                found.append(parse(path.read_bytes(), path, own))
            except (FileError, OSError) as error:
                faults.append(f"{path.name}: {error}")
        return tuple(sorted(found, key=lambda s: (not s.own, s.title.lower()))), tuple(faults)

    def save(self, title: str, group: Group) -> Path:
        """Keep a group under a file name of its own. FileError when that fails."""
        if self.folder is None:
            raise FileError("There is no folder for saved blocks.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{self.folder} cannot be made: {(error.strerror or str(error)).lower()}.") from error
        path = _free(self.folder, title)
        file.save(path, Document(Network({"group_1": Block("group_1", group, title)})))
        self.changed.emit()
        return path

    def rename(self, saved: Saved, title: str) -> None:
        """Give a group of the person another title. FileError when that fails."""
        file.save(saved.path, Document(Network({"group_1": Block("group_1", saved.group, title)})))
        self.changed.emit()

    def delete(self, saved: Saved) -> None:
        """Take a group of the person away. FileError when that fails."""
        try:
            saved.path.unlink()
        except OSError as error:
            raise FileError(
                f"{saved.path.name} cannot be deleted: {(error.strerror or str(error)).lower()}."
            ) from error
        self.changed.emit()


def text(saved: Saved) -> str:
    """A group as the text of a file, for a drag."""
    return file.dump(Document(Network({"group_1": Block("group_1", saved.group, saved.title)})))


def parse(data: bytes | str, path: Path, own: bool) -> Saved:
    """The group in the text of a file. FileError when there is not exactly one block, a group."""
    blocks = list(file.parse(data, catalogue()).network.blocks.values())
    if len(blocks) != 1 or not isinstance(blocks[0].layer, Group):
        raise FileError("it does not hold one group.")
    return Saved(blocks[0].heading, blocks[0].layer, path, own)


def _files(folder: Path | None, own: bool) -> list[tuple[Path, bool]]:
    return [(path, own) for path in sorted(folder.glob(f"*{file.SUFFIX}"))] if folder else []


def _free(folder: Path, title: str) -> Path:
    """A file name made of the title that no file has."""
    stem = "-".join(re.findall(r"\w+", title.lower()))[:60] or "group"
    path, number = folder / f"{stem}{file.SUFFIX}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{file.SUFFIX}", number + 1
    return path
