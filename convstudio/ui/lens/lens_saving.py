"""Explanations as files: a picture, a drawing, or the numbers; asks where, writes whole files, and says how it went."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from convstudio.network.file import write_atomically
from convstudio.ui.lens.lens_panel import LensPanel, headline
from convstudio.ui.lens.sheet import csv_text
from convstudio.ui.run.export_menu import Ask, ask_in_dialog
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

FILTERS = {"png": "PNG picture", "svg": "SVG drawing", "csv": "CSV table"}


class LensSaving(QObject):
    """Does what the Lens tab asks for. What was shown when it asked is what is saved, also while training goes on."""

    news = Signal(str, str, str, object)
    """As RunController's: severity, words, detail, list of (label, callable)."""

    def __init__(self, store: DocumentStore, panel: LensPanel, window: QWidget, ask: Ask | None = None) -> None:
        """`ask` is how a file is asked for: the system's dialog over `window`, unless given."""
        super().__init__(window)
        self._store, self._panel = store, panel
        self._ask = ask or partial(ask_in_dialog, window)
        self._folder: Path | None = None
        panel.save_requested.connect(self.start)

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write it."""
        found = self._panel.found
        if found is None:
            return
        data = self._data(kind)
        at_home = self._store.path.parent if self._store.path else Path.home()
        place = "-".join(map(str, (found.channel, *found.place)))
        suggestion = (self._folder or at_home) / f"{self._store.title}-{found.block}-{place}.{kind}"
        self._ask(tr("Save the lens"), suggestion, f"{tr(FILTERS[kind])} (*.{kind})", partial(self._save, kind, data))

    def _data(self, kind: str) -> bytes:
        sheet = self._panel.sheet
        assert sheet is not None
        if kind == "csv":
            return csv_text(sheet, headline(sheet.found)).encode()
        from convstudio.ui.lens import poster  # QtSvg is rarely needed

        made = poster.Poster(sheet, self._panel.port, headline(sheet.found))
        return poster.png(made) if kind == "png" else poster.svg(made)

    def _save(self, kind: str, data: bytes, path: Path) -> None:
        path = path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
        self._folder = path.parent
        try:
            write_atomically(path, data)
        except OSError as error:
            words = tr("{name} cannot be written in {folder}: {reason}. Choose another place.")
            reason = (error.strerror or str(error)).lower()
            told = words.format(name=path.name, folder=path.parent, reason=reason)
            self.news.emit("error", told, "", [(tr("Choose…"), lambda: self.start(kind))])
        else:
            self.news.emit("info", tr("{name} written.").format(name=path.name), str(path), [])
