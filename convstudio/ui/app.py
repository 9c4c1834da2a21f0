"""Starts the window: its first paint comes before the modules that furnish it are even imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.ui.folders import Folders
from convstudio.ui.main_window import MainWindow
from convstudio.ui.theme import install_fonts, theme
from convstudio.ui.windows import Windows

if TYPE_CHECKING:
    from convstudio.ui.session import Session
    from convstudio.ui.workbench import Workbench

FIRST_EXAMPLE = ("examples", "digits-two-paths.convstudio")


def run(paths: Sequence[Path]) -> int:
    """Open a window for each file, or one with the first example, and stay until all are closed. The exit code."""
    name_program()
    settings = QSettings()
    application = make_application(bool(settings.value("dark", True, type=bool)))
    windows = Windows(settings, Folders.own())
    windows.open(lambda bench: begin(bench, paths))
    return application.exec()


def name_program() -> None:
    """Say who we are: settings and data are kept under this name."""
    QCoreApplication.setOrganizationName("ConvStudio")
    QCoreApplication.setApplicationName("ConvStudio")


def make_application(dark: bool = True) -> QApplication:
    """The one application object, with our name, style and colours. What it has already is not set again: that would
    go through every widget there is."""
    check_qt(sys.version_info[:2], pyside_version)
    name_program()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    if application.styleSheet():
        theme.set_dark(dark)
    else:
        application.setStyle("Fusion")
        theme.apply(dark)
    return application


def furnish(window: MainWindow, path: Path | None, windows: Windows | None = None) -> Workbench:
    """Fill the window and open a file, or the first example. Alone it keeps nothing on the disk."""
    bench = furnished(window, windows or Windows(window.settings))
    start(bench, [path] if path else [])
    return bench


def furnished(window: MainWindow, windows: Windows) -> Workbench:
    """Fill the window; its canvas is empty."""
    install_fonts()  # the first paint shows next to no text, so it need not wait for them
    if not window.settings.value("own_colours", False, type=bool):
        theme.follow_system()
    from convstudio.ui.commands import Commands
    from convstudio.ui.editing.arranging import Arranging
    from convstudio.ui.editing.context_menu import ContextMenu
    from convstudio.ui.editing.focusing import Focusing
    from convstudio.ui.editing.freezing import Freezing
    from convstudio.ui.editing.grouping import Grouping
    from convstudio.ui.editing.noting import Noting
    from convstudio.ui.editing.selecting import Selecting
    from convstudio.ui.files.commands import FileCommands
    from convstudio.ui.files.sharing import Sharing
    from convstudio.ui.gallery.opening import TemplateOpening
    from convstudio.ui.heating import Heating
    from convstudio.ui.palette.adding import Adding
    from convstudio.ui.palette.group_saving import GroupSaving
    from convstudio.ui.palette.own_blocks import OwnBlocks
    from convstudio.ui.problems.mending import Mending
    from convstudio.ui.saving.canvas_saving import CanvasSaving
    from convstudio.ui.store import DocumentStore
    from convstudio.ui.workbench import Workbench

    _ = windows.shelf  # the person's own kinds of blocks are known before the palette and the first file
    bench = Workbench(window, DocumentStore(parent=window), windows)
    FileCommands(bench)
    Commands(bench)
    Adding(bench)
    Selecting(bench)
    Arranging(bench)
    Grouping(bench)
    GroupSaving(bench)
    Freezing(bench)
    Noting(bench)
    Focusing(bench)
    ContextMenu(bench)
    Mending(bench)
    Heating(bench)
    TemplateOpening(bench)
    OwnBlocks(bench)
    CanvasSaving(bench)
    Sharing(bench)
    windows.adopt(bench)
    return bench


def begin(bench: Workbench, paths: Sequence[Path]) -> None:
    """Give the first window its document, and offer what a crashed program left behind."""
    from convstudio.ui.disk.recovery import Recovery

    start(bench, paths)
    if keeper := bench.windows.keeper:
        Recovery(bench, keeper).offer()


def start(bench: Workbench, paths: Sequence[Path]) -> None:
    """Open the files of the command line. Without any, newcomers see an example; others begin with an empty canvas."""
    if paths:
        bench.files.open(paths[0])
    elif not bench.windows.recent.paths:
        bench.files.open_example(asset(*FIRST_EXAMPLE))
    for path in paths[1:]:
        bench.windows.open_file(path)


def complete(bench: Workbench, runs: Path | None = None) -> Session:
    """Add what needs numpy, pyqtgraph or the worker. `runs` is the folder that keeps the runs."""
    from convstudio.ui.session import Session

    return Session(bench, runs or (bench.windows.folders or Folders.own()).runs)


def check_qt(python: tuple[int, int], pyside: str) -> None:
    """Exit with a sentence where this PySide6 aborts this Python: 6.12 where None can die (before Python 3.12)."""
    if python < (3, 12) and pyside.startswith("6.12."):
        raise SystemExit(
            f"PySide6 {pyside} crashes Python {python[0]}.{python[1]}. Install another one: "
            "pip install 'PySide6-Essentials<6.12'"
        )
