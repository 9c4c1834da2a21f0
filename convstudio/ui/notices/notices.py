"""The one road for messages to the person: what is being said now, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

Severity = Literal["info", "warn", "error"]
Action = tuple[str, Callable[[], object]]
MAX_KEPT = 50
"""Beyond this the oldest are forgotten, so that a fault that repeats for a night does no harm."""


@dataclass(frozen=True)
class Notice:
    """One message: a sentence, the technical text behind it, and what can be done about it."""

    severity: Severity
    words: str
    detail: str = ""
    actions: tuple[Action, ...] = ()


class Notices(QObject):
    """The open messages. Any part of the window may add one; the notice bar shows them and closes them."""

    changed = Signal()
    posted = Signal(object)
    """A Notice was added, or said again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: list[Notice] = []

    @property
    def open(self) -> tuple[Notice, ...]:
        """Newest first."""
        return tuple(self._open)

    def info(self, words: str, detail: str = "", actions: Sequence[Action] = ()) -> None:
        """Something went as asked. Goes away by itself after a while."""
        self.post(Notice("info", words, detail, tuple(actions)))

    def warn(self, words: str, detail: str = "", actions: Sequence[Action] = ()) -> None:
        """Something did not happen, and nothing is lost. Stays until it is closed."""
        self.post(Notice("warn", words, detail, tuple(actions)))

    def error(self, words: str, detail: str = "", actions: Sequence[Action] = ()) -> None:
        """Something failed. Stays until it is closed."""
        self.post(Notice("error", words, detail, tuple(actions)))

    def tell(self, severity: Severity, words: str, detail: str, actions: Sequence[Action]) -> None:
        """Slot for signals that carry news."""
        self.post(Notice(severity, words, detail, tuple(actions)))

    def post(self, notice: Notice) -> None:
        """Add a message; one with the same words takes the place of the older."""
        rest = [n for n in self._open if n.words != notice.words]
        self._open = [notice, *rest][:MAX_KEPT]
        self.changed.emit()
        self.posted.emit(notice)

    def close(self, notice: Notice) -> None:
        """Take a message away. Nothing happens when it is gone already."""
        rest = [n for n in self._open if n is not notice]
        if len(rest) < len(self._open):
            self._open = rest
            self.changed.emit()
