"""Work that takes longer than a frame, done in a thread; its result comes back in the window's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Background(QObject):
    """One thread for one owner: jobs are done one after the other, in their order.

    A job must not touch widgets. What it returns is handed on; an exception of it is raised in the window's thread.
    The thread ends with its owner, whose program waits for a job that has begun.
    """

    _done = Signal(object, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: ThreadPoolExecutor | None = None
        self._done.connect(self._hand_on, Qt.ConnectionType.QueuedConnection)

    def run(self, job: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Do `job` in the thread, then call `then` with its result in this one."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "background")
        self._thread.submit(self._work, job, then)

    def _work(self, job: Callable[[], Any], then: Callable[[Any], object]) -> None:
        try:
            result, error = job(), None
        except Exception as raised:
            result, error = None, raised
        self._done.emit(then, result, error)

    def _hand_on(self, then: Callable[[Any], object], result: Any, error: Exception | None) -> None:
        if error is not None:
            raise error
        then(result)
