"""Opening and saving: asks where, keeps what is unsaved, and says what went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.ui.files import leaving
from convstudio.ui.files.names import complete_name, flaw, warning
from convstudio.ui.notices.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr
from convstudio.ui.windows import Windows

MODELS = (".onnx", ".safetensors")
"""Files that are brought in, not opened."""


def examples() -> tuple[Path, ...]:
    """The example projects that come with the program, by name."""
    return tuple(sorted(asset("examples").glob(f"*{file.SUFFIX}")))


class Files(QObject):
    """The road between the document of one window and the disk."""

    kept = Signal(object, object)
    """The file at this path was read or written, and holds this document."""

    image_given = Signal(object)
    """A path that the person gave is that of an image, not of a network."""

    picture_given = Signal(object)
    """A picture (QImage) was pasted or dropped that has no file here."""

    model_given = Signal(object)
    """A path that the person gave is that of an ONNX model, or of weights."""

    def __init__(self, window: QWidget, store: DocumentStore, notices: Notices, windows: Windows) -> None:
        super().__init__(window)
        self._window, self._store, self._notices, self._windows = window, store, notices, windows
        self.models: list[Path] = []
        """Such paths that wait to be brought in, which takes more than this."""
        self.may_overwrite: Callable[[Path], bool] = lambda _path: True
        """Asked before a file is written that was there."""

    def new(self) -> None:
        """An empty canvas."""
        self.begin(Document())

    def begin(self, document: Document, name: str = "") -> bool:
        """Show a document that has no file yet, after asking about unsaved changes; False when it is not shown."""
        if not self.may_leave():
            return False
        self._store.open(document, None, name)
        return True

    def choose(self) -> None:
        """Ask for files; the first is opened here, each other one in a window of its own."""
        names, _ = QFileDialog.getOpenFileNames(self._window, tr("Open a network"), self._folder(), _filter())
        self.open_all([Path(name) for name in names])

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open the first file here, and each other one in a window of its own."""
        for number, path in enumerate(paths):
            if number:
                self._windows.open_file(path)
            else:
                self.open(path)

    def open(self, path: Path) -> bool:
        """Open a file, after asking about unsaved changes; a window that has it already is raised instead.

        False when the document that was here still is, because there was no other.
        """
        if path.suffix.lower() in MODELS:
            self.bring_in(path)
            return True
        if holder := self._windows.holder(path):
            holder.window.bring_to_front()
            holder.notices.info(f"{path.name} {tr('is open here already.')}")
            return True
        document = self.read(path)
        if document is None or not self.may_leave():
            return False
        self._store.open(document, path)
        self.kept.emit(path, document)
        return True

    def bring_in(self, path: Path) -> None:
        """Hand on a file that is no network of ours."""
        self.models.append(path)
        self.model_given.emit(path)

    def open_example(self, path: Path) -> bool:
        """Open an example as a new document, so that saving does not touch the example."""
        document = self.read(path)
        return document is not None and self.begin(document, path.stem)

    def read(self, path: Path) -> Document | None:
        """What a file holds; None, and a message that says why, when it cannot be read."""
        try:
            return file.load(path, catalogue())
        except file.FileError as error:
            self._notices.error(str(error))
            return None

    def save(self) -> bool:
        """Save where it was saved last, else ask where; False when it is not saved."""
        return self._write(self._store.path) if self._store.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where, save there, and go on with that file."""
        path = self._ask_where(tr("Save the network"))
        return path is not None and self._write(path)

    def save_copy(self) -> bool:
        """Ask where, and write a copy there; the document stays with the file that it has."""
        path = self._ask_where(tr("Save a copy"))
        if path is None:
            return False
        try:
            file.save(path, self._store.document)
        except file.FileError as error:
            self._say_unsaved(error)
            return False
        self._notices.info(tr("A copy is saved as") + f" {path.name}.")
        return True

    def revert(self) -> None:
        """Go back to what the file holds, as a step that can be undone."""
        self.reload(tr("Revert to the saved file"))

    def reload(self, label: str) -> None:
        """Make what the file holds the document, as a step to undo; what cannot be read leaves it unsaved."""
        path = self._store.path
        if not path:
            return
        if not (document := self.read(path)):
            self._store.mark_saved(False)
            return
        self._store.seal()
        self._store.do(label, document)
        self._store.mark_saved()
        self.kept.emit(path, document)

    def may_leave(self) -> bool:
        """Whether the document may be left, after asking about unsaved changes."""
        return leaving.may_leave(self._window, self._store, self.save)

    def _ask_where(self, title: str) -> Path | None:
        """A path that may be written, our ending included; None when the person gave up or the name is no name."""
        start = str(self._store.path or Path(self._folder()) / f"{self._store.title}{file.SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, title, start, _filter())
        if not name:
            return None
        path = complete_name(name)
        if words := flaw(path.name):
            self._notices.error(words, actions=[(tr("Save as…"), self.save_as)])
            return None
        holder = self._windows.holder(path)
        if holder and holder.store is not self._store:
            words = tr("is open in another window. Choose another name, or close it there.")
            self._notices.error(f"{path.name} {words}", actions=[(tr("Save as…"), self.save_as)])
            return None
        return path if str(path) == name or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        """The dialog has asked about the name as it was typed; with our ending it may be that of another file."""
        words = f"“{path.name}” {tr('already exists.')}"
        return not os.path.exists(path) or leaving.may_replace(self._window, words)

    def _write(self, path: Path) -> bool:
        if not self.may_overwrite(path):
            return False
        try:
            self._store.save(path)
        except file.FileError as error:
            self._say_unsaved(error)
            return False
        self._notices.info(tr("Saved as") + f" {path.name}.")
        if words := warning(path.name):
            self._notices.warn(words)
        self.kept.emit(path, self._store.document)
        return True

    def _say_unsaved(self, error: file.FileError) -> None:
        words = f"{error} {tr('The document is still here: choose another folder or name.')}"
        self._notices.error(words, actions=[(tr("Save as…"), self.save_as)])

    def _folder(self) -> str:
        return str(self._store.path.parent if self._store.path else Path.home())


def _filter() -> str:
    return f"ConvStudio (*{file.SUFFIX})"
