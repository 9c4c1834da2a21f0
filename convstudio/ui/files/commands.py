"""What the actions of the menus File and Window do."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.ui.actions import ActionBook
from convstudio.ui.disk.news import DiskNews
from convstudio.ui.disk.remember import Remember
from convstudio.ui.files.drops import FileDrops
from convstudio.ui.files.files import examples
from convstudio.ui.files.recent_menu import RecentMenu
from convstudio.ui.finder import Entry
from convstudio.ui.text import tr
from convstudio.ui.welcome.welcome import Welcome
from convstudio.ui.window_menu import WindowMenu
from convstudio.ui.workbench import Workbench


class FileCommands(QObject):
    """Binds opening, saving and windows to their actions, and makes what else has to do with files."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._bind_files(bench.actions)
        self._bind_windows(bench.actions)
        self.window_menu = WindowMenu(bench.actions.menus["Window"], bench)
        self.recent_menu = RecentMenu(bench.actions.menus["File"], bench.actions["examples"], bench)
        self.news = DiskNews(bench.window, bench.store, bench.files, bench.notices)
        self.remember = Remember(bench)
        self.drops = FileDrops(bench.window, bench.canvas, bench.files, bench.notices)
        self.welcome = Welcome(bench)

    def _bind_files(self, actions: ActionBook) -> None:
        files = self._bench.files
        actions.connect("new", files.new)
        actions.connect("open", files.choose)
        actions.connect("examples", self._search_examples)
        actions.connect("save", files.save)
        actions.connect("save_as", files.save_as)
        actions.connect("save_copy", files.save_copy)
        actions.connect("revert", files.revert)
        self._bench.store.state_changed.connect(self._follow)
        self._follow()

    def _bind_windows(self, actions: ActionBook) -> None:
        windows = self._bench.windows
        actions.connect("new_window", lambda: windows.open(lambda _bench: None))
        actions.connect("close", self._bench.window.close)
        actions.connect("quit", windows.quit)
        actions.connect("next_window", self._next_window)

    def _follow(self) -> None:
        store = self._bench.store
        self._bench.actions["revert"].setEnabled(store.path is not None and store.history.modified)

    def _next_window(self) -> None:
        benches = self._bench.windows.benches
        benches[(benches.index(self._bench) + 1) % len(benches)].window.bring_to_front()

    def _search_examples(self) -> None:
        files = self._bench.files
        entries = [
            Entry(path.stem.replace("-", " "), "", "", partial(files.open_example, path), self.recent_menu.icon(path))
            for path in examples()
        ]
        self._bench.ask(tr("Which example?"), entries)
