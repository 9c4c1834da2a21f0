"""What the lens asks the worker: one question at a time, the newest counts, and again when the answer has changed."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from convstudio.network.terms import Place
from convstudio.protocol.messages import Explain, Explanation, Unexplained
from convstudio.ui.link.worker_link import WorkerLink


class LensQuestions(QObject):
    """Asks about one unit and hands on the answers; those to questions that are given up are dropped.

    While an answer is on its way the next question waits, and replaces the one that waited before. When an answer has
    been drawn the worker is asked to answer anew as soon as that would be another one: while training runs, or after
    an edit.
    """

    answered = Signal(object)
    """An Explanation."""
    refused = Signal(str)
    """Why there is none; a sentence."""

    def __init__(self, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ticket = 0
        self._asked: Explain | None = None
        self._next: Explain | None = None
        self._busy = False
        link.explained.connect(self._on_answer)
        link.started.connect(self._on_started)

    @property
    def asked(self) -> Explain | None:
        """The question that stands."""
        return self._next or self._asked

    def ask(
        self,
        block: str,
        channel: int = -1,
        place: Place = (),
        port: int = 0,
        shown: int = -1,
        target: int = -1,
        influence: bool = False,
    ) -> None:
        """Ask about a unit; channel -1: the one with the largest value."""
        question = Explain(
            ticket=0,
            block=block,
            channel=channel,
            place=place,
            port=port,
            shown=shown,
            target=target,
            influence=influence,
        )
        if self._busy:
            self._next = question
        else:
            self._send(question)

    def give_up(self) -> None:
        """Nobody looks any more: nothing is asked, and what is on its way is dropped."""
        if self._asked is not None:
            self._ticket += 1
            self._asked, self._next, self._busy = None, None, False
            self._link.send(Explain(ticket=self._ticket))

    def drawn(self) -> None:
        """The last answer is on the screen: the next may come when it is another one."""
        if self._asked is not None and not self._busy:
            self._link.send(replace(self._asked, now=False))

    def _send(self, question: Explain) -> None:
        self._ticket += 1
        self._asked, self._next, self._busy = replace(question, ticket=self._ticket), None, True
        self._link.send(self._asked)

    def _on_answer(self, answer: Explanation | Unexplained) -> None:
        if self._asked is None or answer.ticket != self._ticket:
            return
        self._busy = False
        if self._next is not None:
            self._send(self._next)
        if isinstance(answer, Unexplained):
            self.refused.emit(answer.words)
            self.drawn()
            return
        self._asked = (
            replace(self._asked, channel=answer.channel, place=answer.place) if not self._busy else self._asked
        )
        self.answered.emit(answer)

    def _on_started(self) -> None:
        """A fresh worker knows of no question."""
        question, self._busy = self.asked, False
        if question is not None:
            self._send(question)
