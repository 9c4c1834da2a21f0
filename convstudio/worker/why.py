"""Why a network answers as it does, on the worker's side: one question at a time, worked at in slices."""

from __future__ import annotations

import copy
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

from torch import Tensor

from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.why.aim import Aim
from convstudio.engine.why.exciting import exciting
from convstudio.engine.why.finding import Finding, Findings
from convstudio.engine.why.gradcam import gradcam
from convstudio.engine.why.gradients import integrated, saliency
from convstudio.engine.why.occlusion import Cover, occlusion
from convstudio.network.expansion import expanded
from convstudio.network.sight import Fields, Sight
from convstudio.protocol import messages as m
from convstudio.worker import faults
from convstudio.worker.bench import Piece
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.watched import Watched

REPORT_SECONDS = 0.1
"""Between two reports of how far a question has come."""
NO_NETWORK = "There is no network to look into yet."
AT_ONCE = ("gradient", "gradcam")
"""Methods that need one pass only, and so no copy of the network."""


class Moment(NamedTuple):
    """What an answer holds for: this network, after so many steps, and this sample."""

    version: int
    step: int
    sample: int


class Why:
    """Works at the newest question, a slice at a time; between slices training goes on, and requests are heard.

    What takes several slices is found out on a copy of the network, so that all of it is of one moment.
    """

    def __init__(self, bench: Stage, watched: Watched, send: Callable[[m.Event], None]) -> None:
        self._bench, self._watched, self._send = bench, watched, send
        self._question: m.Attribute | None = None
        self._work: Findings | None = None
        self._begun: Moment | None = None
        self._told: Moment | None = None
        self._reported = 0.0

    def ask(self, question: m.Attribute) -> None:
        """Take this question in the place of the last."""
        self._question = question if question.block else None
        self._work = None

    def due(self) -> bool:
        """There is work to do now: what was begun, or a question whose answer would be another than the last."""
        question = self._question
        return question is not None and (self._work is not None or question.now or self._moment() != self._told)

    @property
    def waited_for(self) -> bool:
        """Somebody has just asked, and waits for the first answer."""
        return self._question is not None and self._question.now

    def advance(self) -> None:
        """One slice of work. What goes wrong is told as the reason why there is no answer."""
        question = self._question
        assert question is not None
        try:
            finding = self._slice(question)
        except Exception as error:
            self._end()
            self._send(m.Unattributed(ticket=question.ticket, words=faults.words(error)))
            if faults.kind(error) == "internal":
                raise
            return
        if finding.share >= 1:
            self._end()
            self._send(self._message(question, finding))
        elif question.now and perf_counter() - self._reported >= REPORT_SECONDS:
            self._reported = perf_counter()
            self._send(self._message(question, finding))

    def _slice(self, question: m.Attribute) -> Finding:
        """The next slice; from the start where the network or the sample is another one by now."""
        now = self._moment()
        if self._work is None or self._begun is None or _other(self._begun, now):
            self._begun = now
            self._work = self._begin(question)
            self._reported = perf_counter()
        return next(self._work)

    def _end(self) -> None:
        self._told, self._question, self._work = self._begun, None, None

    def _moment(self) -> Moment:
        return Moment(self._bench.version, self._bench.step, self._watched.version)

    def _begin(self, asked: m.Attribute) -> Findings:
        if asked.method == "patches":
            return self._exciting(asked)
        piece, image = fitting(self._bench.piece, self._watched)
        live = piece.live if asked.method in AT_ONCE else copy.deepcopy(piece.live)
        return _findings(live, image, Aim(asked.block, asked.channel, asked.place), asked)

    def _exciting(self, asked: m.Attribute) -> Findings:
        piece = self._bench.piece
        if piece is None:
            raise NetworkFault(NO_NETWORK)
        if not self._watched.has_samples(piece.live.sample):
            raise NetworkFault("There are no samples that fit the network's input: choose a data set.")
        live, images = copy.deepcopy(piece.live), self._watched.all
        return exciting(live, images, asked.block, max(0, asked.channel), _fields(piece, asked.block))

    def _message(self, asked: m.Attribute, found: Finding) -> m.Attribution:
        assert self._begun is not None
        patches = tuple(m.SamplePatch(p.number, p.value, p.place, p.spans, packed(p.cells)) for p in found.patches)
        return m.Attribution(
            run=self._bench.run,
            step=self._begun.step,
            ticket=asked.ticket,
            method=asked.method,
            block=asked.block,
            channel=found.channel,
            place=asked.place,
            share=found.share,
            value=found.value,
            map=packed(found.map),
            layer=found.layer,
            total=found.total,
            baseline=found.baseline,
            patches=patches,
            samples=found.samples,
        )


def fitting(piece: Piece | None, watched: Watched) -> tuple[Piece, Tensor]:
    """What is on the bench with the watched sample. NetworkFault in words when there is none that fits."""
    if piece is None:
        raise NetworkFault(NO_NETWORK)
    image = watched.sample(piece.live.sample)
    if image is None:
        raise NetworkFault("There is no sample that fits the network's input: choose a data set or an image.")
    return piece, image


def _other(begun: Moment, now: Moment) -> bool:
    """Whether what was begun is about another network or sample; that training goes on does not matter."""
    return (begun.version, begun.sample) != (now.version, now.sample)


def _findings(live: LiveNetwork, image: Tensor, aim: Aim, asked: m.Attribute) -> Findings:
    match asked.method:
        case "gradient":
            return saliency(live, image, aim)
        case "integrated":
            return integrated(live, image, aim, min(max(asked.steps, 1), 4096))
        case "gradcam":
            return gradcam(live, image, aim, asked.layer)
    return occlusion(live, image, aim, Cover(asked.side, asked.stride, min(max(asked.tone, 0.0), 1.0)))


def _fields(piece: Piece, block: str) -> Fields:
    """The receptive fields of a block, by the name that it has where groups are expanded."""
    _, flat = expanded(piece.document.network, piece.analysis)
    return Sight(flat).of(block) if block in flat.blocks else ()
