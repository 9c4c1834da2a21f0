"""The workbench: places the canvas, the docks, the toolbar and the status bar in the main window, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QTabWidget, QWidget

from convstudio.blocks import catalogue
from convstudio.ui.actions import ActionBook
from convstudio.ui.canvas.problem_bubble import ProblemBubble
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.disk.autosave import Autosave
from convstudio.ui.files.files import Files
from convstudio.ui.finder import WIDTH, Entry, Finder
from convstudio.ui.inspector.inspector import Inspector
from convstudio.ui.main_window import MainWindow
from convstudio.ui.notices.bar import NoticeBar
from convstudio.ui.notices.notices import Notices
from convstudio.ui.palette.palette import Palette
from convstudio.ui.palette.saved_groups import Saved
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.run.run_bar import RunBar
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.status import StatusBar
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr
from convstudio.ui.toolbar import Toolbar, window_icon
from convstudio.ui.windows import Windows

ROOMY, NARROW = ((256, 312), 290), ((256, 300), 232)
"""First widths of the left and right docks, and height of the one below, in large and small windows."""
SMALL_WINDOW = 1250


class Workbench(QObject):
    """The widgets of one document. What they do together is tied by `commands`, `session` and the store."""

    def __init__(self, window: MainWindow, store: DocumentStore, windows: Windows) -> None:
        super().__init__(window)
        self.window, self.store, self.windows = window, store, windows
        self.notices = Notices(self)
        self.actions = ActionBook(window)
        self.docks = self._make_docks()
        self.picture_files = PictureFiles(store, window)
        self.picture_files.news.connect(self.notices.tell)
        self.files = Files(window, store, self.notices, windows)
        self.autosave = Autosave(store, windows.keeper, self.notices) if windows.keeper else None
        self.scene = CanvasScene(store, self)
        self.canvas = CanvasView(self.scene)
        self.advisor = Advisor(store, window.settings)
        self.bubble = ProblemBubble(self.canvas, store, self.advisor)
        self.notice_bar = NoticeBar(self.notices, self.canvas)
        self.finder = Finder(window)
        self.found_also: list[Callable[[], Sequence[Entry]]] = []
        """What the command search offers beside the actions."""
        self.added_also: list[Callable[[], Sequence[Saved]]] = []
        """What the search for blocks offers beside the kinds."""
        self.left = QSplitter(Qt.Orientation.Vertical, self.docks["blocks"])
        self.palette = Palette(catalogue(), window.settings, self.left)
        self.left.setChildrenCollapsible(False)
        self.left.setHandleWidth(1)
        self.inspector = Inspector(store, window.settings, self.advisor, self.docks["inspector"])
        self.bubble.spare(self.inspector.block)
        self.live = QTabWidget(self.docks["live"])
        self.live.setAccessibleName(tr("Live views"))
        self.live.setDocumentMode(True)
        self.run_bar = RunBar(window)
        self.status = StatusBar(store, self.advisor, window)
        self._furnish()
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.inspector.block_chosen.connect(self.look_at)
        window.may_close = self.files.may_leave
        if self.autosave:
            window.closed.connect(self.autosave.close)
        store.state_changed.connect(self._show_title)
        self._show_title()

    def look_at(self, block_id: str) -> None:
        """Select a block and scroll to it."""
        self.store.select((block_id,))
        self.canvas.show_block(block_id)

    def reveal(self, *flat_ids: str) -> None:
        """Open the group that blocks are in, if they are in one, and show them."""
        self.store.reveal(*flat_ids)
        if self.store.selection:
            self.canvas.show_block(self.store.selection[0])
            self.inspector.setCurrentWidget(self.inspector.block)

    def ask(self, words: str, entries: Sequence[Entry]) -> None:
        """Open the search over the middle of the canvas."""
        place = QPoint(max(0, (self.canvas.width() - WIDTH) // 2), 40)
        self.finder.ask(words, entries, self.canvas.mapToGlobal(place))

    def lock_docks(self, locked: bool) -> None:
        """Hide the docks' title bars, or show them, so that the docks can be moved."""
        for dock in self.docks.values():
            dock.setTitleBarWidget(QWidget() if locked else None)  # type: ignore[arg-type]

    def _make_docks(self) -> dict[str, QDockWidget]:
        """Empty ones: what is made inside them need not be given the style sheet again each time it is moved."""
        titles = {"blocks": tr("Blocks"), "live": tr("Live views"), "inspector": tr("Inspector")}
        docks = {name: QDockWidget(title, self.window) for name, title in titles.items()}
        for name, dock in docks.items():
            dock.setObjectName(name)
        return docks

    def _furnish(self) -> None:
        window, area = self.window, Qt.DockWidgetArea
        window.setWindowIcon(window_icon())
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowNestedDocks)
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        window.setCentralWidget(self.canvas)
        window.addToolBar(Toolbar(self.store, self.actions, self.run_bar, window))
        window.setStatusBar(self.status)
        self.actions.fill(window.menuBar())
        self._fill("blocks", self.left, area.LeftDockWidgetArea)
        self._fill("live", self.live, area.BottomDockWidgetArea)
        self._fill("inspector", self.inspector, area.RightDockWidgetArea)
        self.lock_docks(True)
        sides, below = ROOMY if window.width() > SMALL_WINDOW else NARROW
        window.resizeDocks([self.docks["blocks"], self.docks["inspector"]], list(sides), Qt.Orientation.Horizontal)
        window.resizeDocks([self.docks["live"]], [below], Qt.Orientation.Vertical)
        # once the docks are laid out: put back before that, the lower one would take the canvas' place
        QTimer.singleShot(0, window, window.restore_layout)

    def _fill(self, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        self.docks[name].setWidget(widget)
        self.window.addDockWidget(area, self.docks[name])

    def _show_title(self) -> None:
        self.window.setWindowTitle(f"{self.store.title}[*] – ConvStudio")
        self.window.setWindowModified(self.store.history.modified)
