"""The network as a file to look at: the selected part of the canvas, or all of it, for papers and slides."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.ui.canvas.photograph import photograph
from convstudio.ui.saving.painted import FORMS
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class CanvasSaving(QObject):
    """Binds the menu "Picture of the network" to its actions."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        for kind in FORMS:
            bench.actions.connect(f"picture_{kind}", partial(self.start, kind))

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write what is selected then, or everything."""
        taken = photograph(self._bench.scene)
        if taken is None:
            self._bench.notices.warn(tr("There is nothing to picture: the canvas is empty."))
            return
        data = FORMS[kind](taken.size, taken.paint)
        self._bench.picture_files.save(tr("Save a picture of the network"), "", kind, lambda: data)
