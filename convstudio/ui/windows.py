"""The windows of the program: opens them, knows which file is in which, and asks each before the program ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings, Signal

from convstudio.ui.main_window import MainWindow

if TYPE_CHECKING:
    from convstudio.plugins.shelf import Shelf
    from convstudio.ui.disk.keeper import Keeper
    from convstudio.ui.disk.pictures import Pictures
    from convstudio.ui.disk.recent import Recent
    from convstudio.ui.folders import Folders
    from convstudio.ui.palette.saved_groups import SavedGroups
    from convstudio.ui.workbench import Workbench

STEP = QPoint(28, 28)
"""A new window lies this far beside the last, so that both can be seen."""


class Windows(QObject):
    """All open windows, each with a document, a history and a worker of its own, in one process."""

    changed = Signal()
    """There is another window, or one less."""

    def __init__(
        self,
        settings: QSettings,
        folders: Folders | None = None,
        finish: Callable[[Workbench], object] | None = None,
    ) -> None:
        """Without `folders` nothing is kept on the disk. `finish` completes a furnished window, else `app.complete`."""
        super().__init__()
        self.settings = settings
        self.folders = folders
        self._finish = finish
        self._complaints: tuple[str, ...] = ()
        self._benches: list[Workbench] = []
        self._coming: list[MainWindow] = []

    @cached_property
    def recent(self) -> Recent:
        """The files that were open last."""
        from convstudio.ui.disk.recent import Recent  # not before the first paint, as the next two

        return Recent(self.folders.recent if self.folders else None)

    @cached_property
    def pictures(self) -> Pictures:
        """Small pictures of files."""
        from convstudio.ui.disk.pictures import Pictures

        return Pictures(self.folders.pictures if self.folders else None)

    @cached_property
    def keeper(self) -> Keeper | None:
        """The journal of unsaved work; None where nothing is kept."""
        from convstudio.ui.disk.keeper import Keeper

        return Keeper(self.folders.journal) if self.folders else None

    @cached_property
    def saved_groups(self) -> SavedGroups:
        """The groups that wait in every palette."""
        from convstudio.ui.palette.saved_groups import SavedGroups

        return SavedGroups(self.folders.groups if self.folders else None, self)

    @cached_property
    def shelf(self) -> Shelf | None:
        """The person's own blocks, those that they agreed to in use; None where nothing is kept."""
        from convstudio.plugins.shelf import Shelf

        shelf = Shelf(self.folders.data) if self.folders else None
        self._complaints = shelf.use() if shelf else ()
        return shelf

    def take_complaints(self) -> tuple[str, ...]:
        """What is wrong with plugins, to be told once."""
        found, self._complaints = self._complaints, ()
        return found

    @property
    def benches(self) -> tuple[Workbench, ...]:
        """Those of the furnished windows, the oldest first."""
        return tuple(self._benches)

    def open(self, fill: Callable[[Workbench], object]) -> MainWindow:
        """Show a new window. After its first paint it is furnished, and `fill` gives it its document."""
        for bench in self._benches:
            bench.window.remember()
        window = MainWindow(self.settings)
        if self._benches and not window.isMaximized():
            window.move(window.pos() + STEP * (len(self._benches) % 8))
        self._coming.append(window)
        window.painted.connect(lambda: self._furnish(window, fill))
        window.show()
        return window

    def open_file(self, path: Path) -> None:
        """Show a file in a new window; the window that has it already is raised instead."""
        if holder := self.holder(path):
            holder.window.bring_to_front()
        else:
            self.open(lambda bench: bench.files.open(path))

    def adopt(self, bench: Workbench) -> None:
        """Count a furnished window among ours, until it is closed."""
        self._benches.append(bench)
        bench.window.closed.connect(lambda: self._forget(bench))
        self.changed.emit()

    def holder(self, path: Path) -> Workbench | None:
        """The window in which a file is open."""
        return next((b for b in self._benches if b.store.path and same_file(b.store.path, path)), None)

    def quit(self) -> bool:
        """End the program, after each window with unsaved changes was asked; False where one of them stays."""
        benches = self.benches
        for bench in benches:
            if bench.store.history.modified:
                bench.window.bring_to_front()
            if not bench.window.may_close():
                return False
        for bench in benches:
            bench.window.may_close = lambda: True
            bench.window.close()
        return True

    def _furnish(self, window: MainWindow, fill: Callable[[Workbench], object]) -> None:
        from convstudio.ui import app  # imports what the first paint does not wait for

        self._coming.remove(window)
        if not window.isVisible():  # closed again before it was furnished
            return
        bench = app.furnished(window, self)
        fill(bench)
        (self._finish or app.complete)(bench)

    def _forget(self, bench: Workbench) -> None:
        """The last window ends the program and is left to that."""
        self._benches.remove(bench)
        if self._benches:
            bench.window.deleteLater()
        elif self.keeper:
            self.keeper.close()
        self.changed.emit()


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, however they are written."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one.absolute() == other.absolute()
