"""What is said and done when the open file changes on the disk: reload, keep, or save it again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from convstudio.network.document import Document
from convstudio.ui.disk.watch import DiskWatch
from convstudio.ui.files import leaving
from convstudio.ui.files.files import Files
from convstudio.ui.notices.notices import Action, Notice, Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


class DiskNews(QObject):
    """Ties the watch to the document of a window. At most one of its messages is open."""

    def __init__(self, window: QWidget, store: DocumentStore, files: Files, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._store, self._files, self._notices = window, store, files, notices
        self._said: Notice | None = None
        self.watch = DiskWatch(window)
        self.watch.changed.connect(self._on_changed)
        self.watch.gone.connect(self._on_gone)
        self.watch.back.connect(self._on_back)
        files.may_overwrite = self._may_overwrite
        files.kept.connect(self._on_kept)
        store.replaced.connect(self._on_replaced)

    def _on_kept(self, path: Path, document: Document) -> None:
        self._hush()
        self.watch.begin(path, document)

    def _on_replaced(self) -> None:
        """Another document; `kept` follows if it has a file."""
        self._hush()
        self.watch.begin(None, None)

    def _on_changed(self) -> None:
        name = self._name()
        if self._store.history.modified:
            words = f"{name} {tr('has changed on the disk, and here there are changes that are not saved.')}"
            actions = [(tr("Keep mine"), self._keep), (tr("Reload (can be undone)"), self._reload)]
        else:
            words = f"{name} {tr('has changed on the disk.')}"
            actions = [(tr("Reload"), self._reload), (tr("Keep what is here"), self._keep)]
        self._say(words, actions)

    def _on_gone(self) -> None:
        self._store.mark_saved(False)
        words = f"{self._name()} {tr('is not on the disk any more. The network is still here, and not saved.')}"
        self._say(words, [(tr("Save it again"), self._files.save), (tr("Save as…"), self._files.save_as)])

    def _on_back(self) -> None:
        self._hush()
        if self.watch.known is self._store.document:
            self._store.mark_saved()

    def _reload(self) -> None:
        self._files.reload(tr("Reload from the disk"))

    def _keep(self) -> None:
        """What is here is right: it is to be saved over what the disk has, without another question."""
        self.watch.accept()
        self._store.mark_saved(False)

    def _may_overwrite(self, path: Path) -> bool:
        """Saving over what somebody else has written is asked about, once."""
        if path != self._store.path or not self.watch.differs():
            return True
        words = f"“{path.name}” {tr('was changed on the disk by another program.')}"
        return leaving.may_replace(self._window, words)

    def _name(self) -> str:
        return self._store.path.name if self._store.path else self._store.title

    def _say(self, words: str, actions: Sequence[Action]) -> None:
        self._hush()
        self._said = Notice("warn", words, str(self._store.path or ""), tuple(actions))
        self._notices.post(self._said)

    def _hush(self) -> None:
        """What was said before is old."""
        if self._said:
            self._notices.close(self._said)
            self._said = None
