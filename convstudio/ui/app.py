"""Starts the window: its first paint comes before the modules that furnish it are even imported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.ui.main_window import MainWindow
from convstudio.ui.theme import install_fonts, theme

if TYPE_CHECKING:
    from convstudio.ui.session import Session
    from convstudio.ui.workbench import Workbench

FIRST_EXAMPLE = ("examples", "digits-two-paths.convstudio")


def run(path: Path | None) -> int:
    """Open the window on a file, or on the first example, and stay until it is closed. Returns the exit code."""
    name_program()
    settings = QSettings()
    application = make_application(bool(settings.value("dark", True, type=bool)))
    window = MainWindow(settings)
    window.painted.connect(lambda: complete(furnish(window, path)))
    window.show()
    return application.exec()


def name_program() -> None:
    """Say who we are: settings and data are kept under this name."""
    QCoreApplication.setOrganizationName("ConvStudio")
    QCoreApplication.setApplicationName("ConvStudio")


def make_application(dark: bool = True) -> QApplication:
    """The one application object, with our name, style and colours."""
    check_qt(sys.version_info[:2], pyside_version)
    name_program()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    theme.apply(dark)
    return application


def furnish(window: MainWindow, path: Path | None) -> Workbench:
    """Fill the window and open a file, or the first example; when the file cannot be read, the window says why."""
    install_fonts()  # the first paint shows next to no text, so it need not wait for them
    if not window.settings.value("own_colours", False, type=bool):
        theme.follow_system()
    from convstudio.blocks import catalogue
    from convstudio.network import file
    from convstudio.ui.arranging import Arranging
    from convstudio.ui.commands import Commands
    from convstudio.ui.selecting import Selecting
    from convstudio.ui.store import DocumentStore
    from convstudio.ui.workbench import Workbench

    bench = Workbench(window, DocumentStore())
    commands = Commands(bench)
    Selecting(bench, commands.finder)
    Arranging(bench)
    example = asset(*FIRST_EXAMPLE)
    bench.store.open(file.load(example, catalogue()), None, example.stem)
    if path:
        bench.files.open(path)
    return bench


def complete(bench: Workbench, runs: Path | None = None) -> Session:
    """Add what needs numpy, pyqtgraph or the worker. `runs` is the folder that keeps the runs."""
    from convstudio.ui.session import Session

    bench.inspector.complete()
    return Session(bench, runs)


def check_qt(python: tuple[int, int], pyside: str) -> None:
    """Exit with a sentence where this PySide6 aborts this Python: 6.12 where None can die (before Python 3.12)."""
    if python < (3, 12) and pyside.startswith("6.12."):
        raise SystemExit(
            f"PySide6 {pyside} crashes Python {python[0]}.{python[1]}. Install another one: "
            "pip install 'PySide6-Essentials<6.12'"
        )
