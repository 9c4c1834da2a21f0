"""Keeps the worker's document the same as the window's, with as few messages as possible."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from convstudio.network import file
from convstudio.protocol.messages import SetDocument
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.relevance import Essence, essence
from convstudio.ui.store import DocumentStore


class DocumentSender(QObject):
    """Sends the document after edits that matter, once a turn of the event loop; holds it back while told to.

    `revision` is the number of the last document sent, from 1.
    """

    def __init__(self, store: DocumentStore, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._link = link
        self._sent: Essence | None = None
        self._held = False
        self._opened = False
        self.revision = 0
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.flush)
        store.replaced.connect(self._on_replaced)
        store.changed.connect(self._later.start)
        link.started.connect(self._on_started)
        self._later.start()

    @property
    def current(self) -> bool:
        """The worker has, or is about to get, what the window shows."""
        return self._sent == essence(self._store.document)

    def hold(self, held: bool) -> None:
        """Send nothing while `held`; what changed meanwhile is sent afterwards."""
        self._held = held
        if not held:
            self._later.start()

    def flush(self) -> None:
        """Send the document now, if the worker's is another one and nothing holds it back."""
        self._later.stop()
        if self._held or not self._link.alive or self.current:
            return
        self._sent = essence(self._store.document)
        self.revision += 1
        text = file.dump(self._store.document)
        self._link.send(SetDocument(revision=self.revision, text=text, opened=self._opened))
        self._opened = False

    def _on_replaced(self) -> None:
        """Another document, also when it is the same file again: its blocks begin without weights."""
        self._sent, self._opened = None, True

    def _on_started(self) -> None:
        self._sent = None
        self._held = False
        self._later.start()
