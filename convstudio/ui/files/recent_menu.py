"""The menu “Open recent”: the last files with their pictures, and a line that clears the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu

from convstudio.ui.finder import Entry
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

ICONS = "QMenu { icon-size: 44px; }"
"""Larger than the icons of other menus, so that a network can be recognised."""


class RecentMenu(QObject):
    """Follows the list of recent files; made anew each time that it is opened, since files come and go."""

    def __init__(self, menu: QMenu, before: QAction, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self.menu = QMenu(tr("Open recent"), menu)
        self.menu.setStyleSheet(ICONS)
        self.menu.setToolTipsVisible(True)
        menu.insertMenu(before, self.menu)
        self.menu.aboutToShow.connect(self._fill)
        bench.windows.recent.changed.connect(self._follow)
        bench.found_also.append(self.entries)
        self._follow()

    def entries(self) -> Sequence[Entry]:
        """The same files for the command search."""
        return [
            Entry(f"{tr('Recent:')} {path.stem}", str(path), where(path), self._opener(path), self.icon(path))
            for path in self._bench.windows.recent.paths
        ]

    def _follow(self) -> None:
        self.menu.setEnabled(bool(self._bench.windows.recent.paths))

    def _fill(self) -> None:
        self.menu.clear()
        for path in self._bench.windows.recent.paths:
            line = self.menu.addAction(self.icon(path), f"{path.stem.replace('&', '&&')}\t{where(path)}")
            line.setToolTip(str(path))
            line.setEnabled(path.is_file())
            line.triggered.connect(lambda _=False, path=path: self._bench.files.open(path))
        self.menu.addSeparator()
        self.menu.addAction(tr("Clear the list")).triggered.connect(self._bench.windows.recent.clear)

    def icon(self, path: Path) -> QIcon:
        """The picture of a file, where one was drawn."""
        picture = self._bench.windows.pictures.get(path)
        return QIcon(picture) if picture else QIcon()

    def _opener(self, path: Path) -> Callable[[], object]:
        return partial(self._bench.files.open, path)


def where(path: Path) -> str:
    """The folder of a file, short enough for a line; or that the file is not there."""
    if not path.is_file():
        return tr("not found")
    parts = path.parent.parts
    if path.parent == Path.home():
        return "~"
    return str(path.parent) if len(parts) < 3 else str(Path("…", *parts[-2:]))
