"""Opening and saving: asks where, keeps what is unsaved, and says what went wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.ui.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


def examples() -> tuple[Path, ...]:
    """The example projects that come with the program, by name."""
    return tuple(sorted(asset("examples").glob(f"*{file.SUFFIX}")))


class Files(QObject):
    """The road between the document and the disk."""

    def __init__(self, window: QWidget, store: DocumentStore, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._store, self._notices = window, store, notices

    def new(self) -> None:
        """An empty canvas."""
        if self.may_leave():
            self._store.open(Document(), None)

    def choose(self) -> None:
        """Ask for a file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a network"), self._folder(), self._filter())
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a file, after asking about unsaved changes; False when that did not happen."""
        return self._show(path, path)

    def open_example(self, path: Path) -> bool:
        """Open an example as a new document, so that saving does not touch the example."""
        return self._show(path, None)

    def save(self) -> bool:
        """Save where it was saved last, else ask where; False when it is not saved."""
        return self._write(self._store.path) if self._store.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where, and save there."""
        start = str(self._store.path or Path(self._folder()) / f"{self._store.title}{file.SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, tr("Save the network"), start, self._filter())
        if not name:
            return False
        path = Path(name if name.endswith(file.SUFFIX) else name + file.SUFFIX)
        return (str(path) == name or self._may_replace(path)) and self._write(path)

    def _may_replace(self, path: Path) -> bool:
        """The dialog has asked about the name as it was typed; with our ending it may be that of another file."""
        if not path.exists():
            return True
        button = QMessageBox.StandardButton
        words = f"“{path.name}” {tr('already exists. Replace it?')}"
        return QMessageBox.question(self._window, tr("Save the network"), words) == button.Yes

    def may_leave(self) -> bool:
        """Whether the document may be left: it is saved, or the person saved or gave up the changes just now."""
        if not self._store.history.modified:
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            tr("Unsaved changes"),
            tr("Save the changes to") + f" “{self._store.title}”?",
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        if answer == button.Save:
            return self.save()
        return answer == button.Discard

    def _show(self, path: Path, saved_as: Path | None) -> bool:
        if not self.may_leave():
            return False
        try:
            document = file.load(path, catalogue())
        except file.FileError as error:
            self._notices.error(str(error))
            return False
        self._store.open(document, saved_as, path.stem)
        return True

    def _write(self, path: Path) -> bool:
        try:
            self._store.save(path)
        except file.FileError as error:
            self._notices.error(f"{error} {tr('The document is still here: choose another folder.')}")
            return False
        self._notices.info(tr("Saved as") + f" {path.name}.")
        return True

    def _folder(self) -> str:
        return str(self._store.path.parent if self._store.path else Path.home())

    def _filter(self) -> str:
        return f"ConvStudio (*{file.SUFFIX})"
