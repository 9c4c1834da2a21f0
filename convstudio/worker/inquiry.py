"""An inquiry: the newest question, worked at in slices, and again when its answer would be another one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Generic, NamedTuple, Protocol, TypeVar

from convstudio.protocol import messages as m
from convstudio.worker import faults

REPORT_SECONDS = 0.1
"""Between two reports of how far a question has come."""


class Moment(NamedTuple):
    """What an answer holds for: this network, after so many steps, and where it is about one, this sample."""

    version: int
    step: int
    sample: int = 0

    def same_subject(self, other: Moment) -> bool:
        """Whether both are about the same network and sample; that training goes on does not matter."""
        return (self.version, self.sample) == (other.version, other.sample)


class Question(Protocol):
    """What every question carries; `now`: a person has just asked it, and waits."""

    @property
    def ticket(self) -> int: ...
    @property
    def now(self) -> bool: ...


class Part(Protocol):
    """What a slice of work has found so far; at a `share` of 1 it is final."""

    @property
    def share(self) -> float: ...


Asked = TypeVar("Asked", bound=Question)
Found = TypeVar("Found", bound=Part)


class Inquiry(ABC, Generic[Asked, Found]):
    """Between two slices training goes on, and requests are heard.

    What takes several slices is found out on a copy of the network, so that all of it is of one moment.
    """

    def __init__(self, send: Callable[[m.Event], None]) -> None:
        self._send = send
        self._question: Asked | None = None
        self._work: Iterator[Found] | None = None
        self._begun: Moment | None = None
        self._told: Moment | None = None
        self._reported = 0.0

    def due(self) -> bool:
        """There is work to do now: what was begun, or a question whose answer would be another than the last."""
        question = self._question
        return question is not None and (self._work is not None or question.now or self._moment() != self._told)

    @property
    def waited_for(self) -> bool:
        """Somebody has just asked, and waits for the answer."""
        return self._question is not None and self._question.now

    def advance(self) -> None:
        """One slice of work. What goes wrong is told as the reason why there is no answer."""
        question = self._question
        assert question is not None
        try:
            found = self._slice(question)
        except Exception as error:
            self._end()
            self._send(self._unanswered(question.ticket, faults.words(error)))
            if faults.kind(error) == "internal":
                raise
            return
        if found.share >= 1:
            self._end()
            self._send(self._message(question, found))
        elif question.now and perf_counter() - self._reported >= REPORT_SECONDS:
            self._reported = perf_counter()
            self._send(self._message(question, found))

    def _take(self, question: Asked | None) -> None:
        """Work at this in the place of what was asked before."""
        self._question, self._work = question, None

    def _slice(self, question: Asked) -> Found:
        """The next slice; from the start where the network or the sample is another one by now."""
        now = self._moment()
        if self._work is None or self._begun is None or not self._begun.same_subject(now):
            self._begun = now
            self._work = self._begin(question)
            self._reported = perf_counter()
        return next(self._work)

    def _end(self) -> None:
        self._told, self._question, self._work = self._begun, None, None

    @property
    def _step(self) -> int:
        """The step of training that the work is about."""
        assert self._begun is not None
        return self._begun.step

    @abstractmethod
    def _moment(self) -> Moment:
        """What an answer would hold for if it were begun now."""

    @abstractmethod
    def _begin(self, asked: Asked) -> Iterator[Found]:
        """The work, in slices; what it raises is told in words."""

    @abstractmethod
    def _message(self, asked: Asked, found: Found) -> m.Event:
        """What has been found, for the window."""

    @abstractmethod
    def _unanswered(self, ticket: int, words: str) -> m.Event:
        """That there is no answer, for the window."""
