"""Explanations as files: a picture, a drawing, or the numbers."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.lens.sheet import csv_text
from convstudio.ui.lens.words import headline
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.text import tr


class LensSaving(QObject):
    """Does what the Lens tab asks for. What was shown when it asked is what is saved, also while training goes on."""

    def __init__(self, panel: LensPanel, files: PictureFiles) -> None:
        super().__init__(panel)
        self._panel, self._files = panel, files
        panel.save_requested.connect(self.start)

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write it."""
        found = self._panel.found
        if found is not None:
            data = self._data(kind)
            place = "-".join(map(str, (found.channel, *found.place)))
            self._files.save(tr("Save the lens"), f"-{found.block}-{place}", kind, lambda: data)

    def _data(self, kind: str) -> bytes:
        sheet = self._panel.sheet
        assert sheet is not None
        if kind == "csv":
            return csv_text(sheet, headline(sheet.found)).encode()
        from convstudio.ui.lens.poster import Poster
        from convstudio.ui.saving.painted import FORMS

        made = Poster(sheet, self._panel.port, headline(sheet.found))
        return FORMS[kind](made.size, made.paint)
