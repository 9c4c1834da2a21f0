"""Curves as files: a picture, a drawing, or their numbers; asks where, writes whole files, and says how it went."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from convstudio.network.file import write_atomically
from convstudio.ui.background import Background
from convstudio.ui.live.curve_table import csv_text
from convstudio.ui.live.svg import svg
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.run.export_menu import Ask, ask_in_dialog
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

FILTERS = {"png": "PNG picture", "svg": "SVG drawing", "csv": "CSV table"}
FINE = 2
"""A picture has so many pixels for each one on the screen."""


class CurveSaving(QObject):
    """Does what the Training tab asks for."""

    news = Signal(str, str, str, object)
    """As RunController's: severity, words, detail, list of (label, callable)."""

    def __init__(self, store: DocumentStore, panel: TrainingPanel, window: QWidget, ask: Ask | None = None) -> None:
        """`ask` is how a file is asked for: the system's dialog over `window`, unless given."""
        super().__init__(window)
        self._store, self._panel = store, panel
        self._ask = ask or partial(ask_in_dialog, window)
        self._background = Background(self)
        self._folder: Path | None = None
        panel.save_requested.connect(self.start)

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write it."""
        at_home = self._store.path.parent if self._store.path else Path.home()
        suggestion = (self._folder or at_home) / f"{self._store.title}-curves.{kind}"
        self._ask(tr("Save the curves"), suggestion, f"{tr(FILTERS[kind])} (*.{kind})", partial(self._save, kind))

    def _save(self, kind: str, path: Path) -> None:
        path = path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
        self._folder = path.parent
        if kind == "csv":
            record = self._panel.record.copy()  # a long run takes seconds to write down, and goes on meanwhile
            self._background.run(lambda: _write(path, csv_text(record).encode()), partial(self._told, path))
        else:
            data = png(self._panel.charts) if kind == "png" else self._svg().encode()
            self._told(path, _write(path, data))

    def _svg(self) -> str:
        colours = (theme.text(token) for token in ("panel", "text", "dim", "line"))
        return svg(self._panel.charts.charts(), *colours)

    def _told(self, path: Path, failure: object) -> None:
        if failure:
            words = tr("{name} cannot be written in {folder}: {reason}. Choose another place.")
            told = words.format(name=path.name, folder=path.parent, reason=failure)
            self.news.emit("error", told, "", [(tr("Choose…"), lambda: self.start(path.suffix[1:].lower()))])
        else:
            self.news.emit("info", tr("{name} written.").format(name=path.name), str(path), [])


def png(widget: QWidget) -> bytes:
    """A widget as it looks now, in twice as many pixels."""
    picture = QPixmap(QSize(widget.width() * FINE, widget.height() * FINE))
    picture.setDevicePixelRatio(FINE)
    picture.fill(theme.colour("panel"))
    widget.render(picture)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _write(path: Path, data: bytes) -> str:
    """'' when it is written, else why not."""
    try:
        write_atomically(path, data)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
