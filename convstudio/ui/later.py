"""Work that may come a moment after the canvas is painted: done once, however often it was asked for meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Later(QObject):
    """Does its work when nothing that is more urgent waits: what has changed on the canvas is seen by then."""

    def __init__(self, work: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._do)

    def ask(self) -> None:
        """The work is to be done; asked for again before it is, it is still done once."""
        self._timer.start()

    def at_once(self) -> None:
        """Do the work now if it was asked for."""
        if self._timer.isActive():
            self._timer.stop()
            self._do()

    def _do(self) -> None:
        self._work()
