"""Keeps the unsaved work of one window in the journal, at most a second behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from convstudio.network.document import Document
from convstudio.ui.disk.keeper import Keeper
from convstudio.ui.notices.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

DELAY_MS = 400
"""From an edit to its writing; a gesture that goes on is written this often."""
State = tuple[str, Path | None, Document]


class Autosave(QObject):
    """Follows the document of a window: writes it while it has unsaved changes, and takes the entry away after."""

    kept = Signal()
    """What the document is now, is in the journal."""

    def __init__(self, store: DocumentStore, keeper: Keeper, notices: Notices) -> None:
        super().__init__(store)
        self._store, self._keeper, self._notices = store, keeper, notices
        self._number = keeper.number()
        self._written: State | None = None
        self._busy = False
        self._complained = False
        self._closed = False
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self.write)
        keeper.done.connect(self._on_done)
        store.state_changed.connect(self.follow)

    def follow(self) -> None:
        """Take up the state of the document: there is something to write, nothing, or no entry needed any more."""
        if self._closed:
            return
        if not self._store.history.modified:
            self.forget()
        elif not self._same(self._state()) and not self._timer.isActive():
            self._timer.start()

    def write(self, then: Callable[[], None] | None = None) -> None:
        """Write now, and do `then` when it is written. While a writing is under way, the next waits for its end."""
        if self._busy and then is None:
            return
        self._timer.stop()
        self._written = title, path, document = self._state()
        self._busy = True

        def work() -> None:
            self._keeper.journal.write(self._number, title, path, document)
            if then:
                then()

        self._keeper.submit(self._number, work)

    def forget(self) -> None:
        """The work is saved, or given up: take the entry away."""
        self._timer.stop()
        if self._written:
            self._written = None
            self._keeper.submit(self._number, lambda: self._keeper.journal.remove(self._number))

    def close(self) -> None:
        """The window is closed: what it has not saved, the person gave up."""
        self._closed = True
        self.forget()

    def _state(self) -> State:
        return self._store.title, self._store.path, self._store.document

    def _same(self, state: State) -> bool:
        """Comparing whole documents would take longer than writing one."""
        return self._written is not None and self._written[:2] == state[:2] and self._written[2] is state[2]

    def _on_done(self, number: int, fault: str) -> None:
        if number != self._number:
            return
        self._busy = False
        if fault:
            self._complain(fault)
            self._written = None
            return
        self._complained = False
        self.kept.emit()
        self.follow()

    def _complain(self, fault: str) -> None:
        """Once, and not again every second."""
        if not self._complained:
            self._complained = True
            words = tr("Unsaved changes cannot be kept safe from a crash:")
            self._notices.warn(f"{words} {fault}. {tr('Save the network now and then.')}")
