"""How a view becomes a file: asks where, writes whole files beside the window's work, and says how it went."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from convstudio.network.file import write_atomically
from convstudio.ui.background import Background
from convstudio.ui.saving.asking import Ask, ask_in_dialog
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

FILTERS = {
    "png": "PNG picture",
    "svg": "SVG drawing",
    "pdf": "PDF document",
    "csv": "CSV table",
    "md": "Markdown table",
}
Make = Callable[[], bytes]
"""What will stand in the file."""


class PictureFiles(QObject):
    """Asks for a file and fills it, for the views of one window."""

    news = Signal(str, str, str, object)
    """As RunController's: severity, words, detail, list of (label, callable)."""

    def __init__(self, store: DocumentStore, window: QWidget, ask: Ask | None = None) -> None:
        """`ask` is how a file is asked for: the system's dialog over `window`, unless given."""
        super().__init__(window)
        self._store = store
        self._ask = ask or partial(ask_in_dialog, window)
        self._background = Background(self)
        self._folder: Path | None = None

    def save(self, title: str, name: str, kind: str, make: Make, slow: bool = False) -> None:
        """Ask, under this title, for a file of this kind, and write what `make` makes. `name` follows the project's.

        `slow` makes it beside the window, from what nobody changes.
        """
        at_home = self._store.path.parent if self._store.path else Path.home()
        suggestion = (self._folder or at_home) / f"{self._store.title}{name}.{kind}"
        again = partial(self.save, title, name, kind, make, slow)
        answer = partial(self._save, kind, make, slow, again)
        self._ask(title, suggestion, f"{tr(FILTERS[kind])} (*.{kind})", answer)

    def _save(self, kind: str, make: Make, slow: bool, again: Callable[[], None], path: Path) -> None:
        path = path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
        self._folder = path.parent
        if slow:
            self._background.run(lambda: _write(path, make()), partial(self._told, path, again))
        else:
            self._told(path, again, _write(path, make()))

    def _told(self, path: Path, again: Callable[[], None], failure: object) -> None:
        if failure:
            words = tr("{name} cannot be written in {folder}: {reason}. Choose another place.")
            told = words.format(name=path.name, folder=path.parent, reason=failure)
            self.news.emit("error", told, "", [(tr("Choose…"), again)])
        else:
            self.news.emit("info", tr("{name} written.").format(name=path.name), str(path), [])


def _write(path: Path, data: bytes) -> str:
    """'' when it is written, else why not."""
    try:
        write_atomically(path, data)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
