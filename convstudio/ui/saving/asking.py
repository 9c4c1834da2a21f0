"""Asking for a file to write, or for a folder, in the system's dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

Ask = Callable[[str, Path, str, Callable[[Path], None]], None]
"""Ask for a file to write: title, suggestion, filter, and who gets the answer (nobody, when it is cancelled)."""
AskFolder = Callable[[str, Callable[[Path], None]], None]
"""Ask for a folder: title, and who gets the answer (nobody, when it is cancelled)."""


def ask_in_dialog(window: QWidget, title: str, suggestion: Path, kinds: str, answer: Callable[[Path], None]) -> None:
    """Ask in the system's file dialog, without blocking the window's other work."""
    dialog = QFileDialog(window, title, str(suggestion), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggestion.suffix.lstrip("."))
    dialog.fileSelected.connect(lambda name: answer(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def ask_for_folder(window: QWidget, title: str, answer: Callable[[Path], None]) -> None:
    """Ask for a folder in the same way."""
    dialog = QFileDialog(window, title, str(Path.home()))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: answer(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
