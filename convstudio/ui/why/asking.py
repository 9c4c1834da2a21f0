"""What the Why tab asks the worker: one question and one dream at a time, the newest of each."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from convstudio.protocol.messages import Attribute, Attribution, Dream, DreamDrawn, Dreamt, Unattributed
from convstudio.ui.link.worker_link import WorkerLink


class WhyQuestions(QObject):
    """Asks, and hands on the answers to the newest question; again as soon as another would be given."""

    answered = Signal(object)
    """An Attribution; it may not be the final one."""
    refused = Signal(str)

    def __init__(self, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ticket = 0
        self._asked: Attribute | None = None
        self._busy = False
        link.attributed.connect(self._on_answer)
        link.started.connect(self._on_started)

    @property
    def asked(self) -> Attribute | None:
        """The question that stands."""
        return self._asked

    @property
    def busy(self) -> bool:
        """The final answer has not come."""
        return self._busy

    def ask(self, question: Attribute) -> None:
        """Ask this instead of what was asked before."""
        self._ticket += 1
        self._asked, self._busy = replace(question, ticket=self._ticket), True
        self._link.send(self._asked)

    def give_up(self) -> None:
        """Nobody wants an answer any more; what is on its way is dropped."""
        if self._asked is not None:
            self._ticket += 1
            self._asked, self._busy = None, False
            self._link.send(Attribute(ticket=self._ticket))

    def drawn(self) -> None:
        """The final answer is on the screen: the next may come when it is another one."""
        if self._asked is not None and not self._busy:
            self._link.send(replace(self._asked, now=False))

    def _on_answer(self, answer: Attribution | Unattributed) -> None:
        if self._asked is None or answer.ticket != self._ticket:
            return
        if isinstance(answer, Unattributed):
            self._busy = False
            self.refused.emit(answer.words)
            self.drawn()
        else:
            self._busy = answer.share < 1
            self.answered.emit(answer)

    def _on_started(self) -> None:
        """A fresh worker knows of no question."""
        if self._asked is not None:
            self.ask(self._asked)


class Dreams(QObject):
    """Starts and ends dreams, and keeps the values of the one that goes on."""

    pictured = Signal(object)
    """A Dreamt of the newest dream."""
    changed = Signal()
    """A dream has begun or ended."""

    def __init__(self, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ticket = 0
        self.going = False
        link.dreamt.connect(self._on_dreamt)
        link.lost.connect(lambda *_words: self._ended())

    def start(self, request: Dream) -> None:
        self._ticket += 1
        self._link.send(replace(request, ticket=self._ticket))
        self._set_going(True)

    def adjust(self, request: Dream) -> None:
        """Go on in another manner."""
        if self.going:
            self._link.send(replace(request, ticket=self._ticket))

    def stop(self) -> None:
        if self.going:
            self._link.send(Dream(ticket=self._ticket + 1))
            self._ended()

    def drawn(self) -> None:
        """The last image is on the screen."""
        if self.going:
            self._link.send(DreamDrawn(ticket=self._ticket))

    def _on_dreamt(self, dreamt: Dreamt) -> None:
        if not self.going or dreamt.ticket != self._ticket:
            return
        self.pictured.emit(dreamt)
        if dreamt.done:
            self._ended()

    def _ended(self) -> None:
        self._ticket += 1
        self._set_going(False)

    def _set_going(self, going: bool) -> None:
        if going != self.going:
            self.going = going
            self.changed.emit()
