"""The lens of the worker: what the window asks about one unit, answered at once and again when it has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace
from torch import Tensor

from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.lens import explaining, influence, pictures
from convstudio.engine.lens.explaining import Answer, Question
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.watched import Watched, unfit


class Moment(NamedTuple):
    """What an answer holds for: this network, after so many steps, and this sample."""

    version: int
    step: int
    sample: int


class Lens:
    """Explains one unit. One question stands at a time; a newer one takes its place."""

    def __init__(self, bench: Stage, watched: Watched, send: Callable[[m.Event], None]) -> None:
        self._bench = bench
        self._watched = watched
        self._send = send
        self._question: m.Explain | None = None
        self._told: Moment | None = None

    def ask(self, question: m.Explain) -> None:
        """Answer at once, or keep the question until the answer would be another one than the last."""
        self._question = question if question.block else None
        if question.block and question.now:
            self.answer()

    def due(self) -> bool:
        """A question waits, and something has changed since the last answer."""
        return self._question is not None and self._moment() != self._told

    def answer(self) -> None:
        """Tell the answer to the question that waits, or why there is none: the window waits for one of them."""
        question, self._question = self._question, None
        if question is None:
            return
        self._told = self._moment()
        try:
            found = self._explained(question)
        except Exception as error:
            self._send(m.Unexplained(ticket=question.ticket, block=question.block, words=faults.words(error)))
            if faults.kind(error) == "internal":
                raise
        else:
            self._send(found)

    def _moment(self) -> Moment:
        return Moment(self._bench.version, self._bench.step, self._watched.version)

    def _explained(self, asked: m.Explain) -> m.Explanation:
        piece = self._bench.piece
        if piece is None:
            raise NetworkFault("There is no network to look into yet.")
        image = self._watched.sample(piece.live.sample)
        if image is None:
            raise NetworkFault(unfit(piece.live.sample))
        question = Question(asked.block, asked.channel, asked.place, asked.port, asked.shown, asked.target)
        answer = explaining.explain(piece.live, image, question)
        told = message(answer, asked.block, asked.ticket, self._bench.run, self._bench.step)
        if not asked.influence:
            return told
        return replace(told, influence=self._influence(piece.live, image, asked.block, answer))

    def _influence(self, live: LiveNetwork, image: Tensor, block: str, answer: Answer) -> m.Influence:
        """Measured on the first samples of the data set; where there are none, on the watched one."""
        several = self._watched.has_samples(live.sample)
        images = self._watched.some(influence.fitting(live)) if several else image[None]
        found = influence.influence(live, images, block, answer.channel, answer.place)
        return m.Influence(packed(found), len(images))


def message(answer: Answer, block: str, ticket: int, run: int, step: int) -> m.Explanation:
    """The answer to a question about a unit of `block`, for the stream."""
    return m.Explanation(
        run=run,
        step=step,
        ticket=ticket,
        block=block,
        channel=answer.channel,
        place=answer.place,
        terms=answer.terms,
        inputs=tuple(map(_seen, answer.inputs)),
        output=_seen(answer.output),
    )


def _seen(found: pictures.Seen) -> m.Seen:
    return m.Seen(**{**found._asdict(), "map": packed(found.map), "small": packed(found.small)})
