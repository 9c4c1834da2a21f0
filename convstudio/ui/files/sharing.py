"""Sharing by the clipboard: the whole project as text, to be sent in any message, and opened from there again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.ui.editing import clipboard
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class Sharing(QObject):
    """Binds the two actions."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        bench.actions.connect("copy_project", self.copy)
        bench.actions.connect("open_clipboard", self.open)
        bench.store.changed.connect(self._follow)
        self._follow()

    def copy(self) -> None:
        """Network, choice of data and training settings as the text of a project file."""
        clipboard.put_document(self._bench.store.document)
        self._bench.notices.info(tr("The project is on the clipboard as text. Open it from there in any ConvStudio."))

    def open(self) -> None:
        """What the clipboard holds as a new document; says so when that is no network."""
        try:
            document = clipboard.taken_document()
        except clipboard.ClipboardError as error:
            self._bench.notices.warn(tr("The clipboard holds no network:") + f" {error}")
            return
        self._bench.files.begin(document, tr("from the clipboard"))

    def _follow(self) -> None:
        self._bench.actions["copy_project"].setEnabled(not self._bench.store.empty)
