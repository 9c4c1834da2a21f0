"""Keeps the worker's document the same as the window's, with as few messages as possible."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from convstudio.network import file
from convstudio.plugins.loading import Source
from convstudio.plugins.shelf import in_use
from convstudio.protocol.messages import Plugin, SetDocument, UsePlugins
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.relevance import Essence, essence
from convstudio.ui.store import DocumentStore

PAUSE_MS = 500
"""So long nothing may have been edited before a run that is under way goes on with what was."""


class DocumentSender(QObject):
    """Sends the document after edits that matter: at once, or when the person has paused for a moment.

    `revision` is the number of the last document sent, from 1.
    """

    def __init__(self, store: DocumentStore, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._link = link
        self._sent: Essence | None = None
        self._plugins: tuple[Source, ...] = ()
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

    def wait_for_pauses(self, wait: bool) -> None:
        """While a run is under way, so that it is not changed at each key that is pressed."""
        self._later.setInterval(PAUSE_MS if wait else 0)

    def flush(self) -> None:
        """Send the document now, if the worker's is another one."""
        self._later.stop()
        if not self._link.alive or self.current:
            return
        self._send_plugins()
        self._sent = essence(self._store.document)
        self.revision += 1
        text = file.dump(self._store.document)
        self._link.send(SetDocument(revision=self.revision, text=text, opened=self._opened))
        self._opened = False

    def _send_plugins(self) -> None:
        """The worker loads no plugin by itself: it gets the texts that are in use here."""
        if in_use() != self._plugins:
            self._plugins = in_use()
            self._link.send(UsePlugins(plugins=tuple(Plugin(name=p.name, text=p.text) for p in self._plugins)))

    def _on_replaced(self) -> None:
        """Another document, also when it is the same file again: its blocks begin without weights."""
        self._sent, self._opened = None, True

    def _on_started(self) -> None:
        self._sent, self._plugins = None, ()
        self._later.start()
