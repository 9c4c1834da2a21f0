"""The list of windows in the menu Window: one line a window, the own one ticked."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class WindowMenu(QObject):
    """Follows the windows of the program; a click brings one to the front."""

    def __init__(self, menu: QMenu, bench: Workbench) -> None:
        super().__init__(bench)
        self._menu, self._bench = menu, bench
        self._lines: list[QAction] = []
        menu.addSeparator()
        menu.aboutToShow.connect(self.follow)
        bench.windows.changed.connect(self._count)

    def follow(self) -> None:
        """List the windows as they are called now."""
        for line in self._lines:
            self._menu.removeAction(line)
            line.deleteLater()
        self._lines = [self._line(bench) for bench in self._bench.windows.benches]

    def _count(self) -> None:
        self._bench.actions["next_window"].setEnabled(len(self._bench.windows.benches) > 1)

    def _line(self, bench: Workbench) -> QAction:
        mark = f" ({tr('not saved')})" if bench.store.history.modified else ""
        line = self._menu.addAction(bench.store.title.replace("&", "&&") + mark)
        line.setCheckable(True)
        line.setChecked(bench is self._bench)
        line.triggered.connect(bench.window.bring_to_front)
        line.triggered.connect(lambda: line.setChecked(bench is self._bench))
        return line
