"""What is asked before something would be lost: the one place with the questions about files."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


def may_leave(window: QWidget, store: DocumentStore, save: Callable[[], bool]) -> bool:
    """Whether the document may be left: it is saved, or the person saved or gave up the changes just now."""
    if not store.history.modified:
        return True
    button = QMessageBox.StandardButton
    answer = QMessageBox.question(
        window,
        tr("Unsaved changes"),
        tr("Save the changes to") + f" “{store.title}”?",
        button.Save | button.Discard | button.Cancel,
        button.Save,
    )
    if answer == button.Save:
        return save()
    return answer == button.Discard


def may_replace(window: QWidget, words: str) -> bool:
    """Whether a file may be replaced by the document; `words` say what would be lost."""
    button = QMessageBox.StandardButton
    answer = QMessageBox.question(
        window, tr("Save the network"), f"{words} {tr('Replace it?')}", button.Yes | button.No, button.No
    )
    return answer == button.Yes
