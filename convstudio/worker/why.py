"""Why a network answers as it does, on the worker's side: what moves a unit, by the method that is asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable

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
from convstudio.worker.bench import Piece
from convstudio.worker.inquiry import Inquiry, Moment
from convstudio.worker.pictures import packed
from convstudio.worker.stage import Stage
from convstudio.worker.watched import Watched, unfit

NO_NETWORK = "There is no network to look into yet."
AT_ONCE = ("gradient", "gradcam")
"""Methods that need one pass only, and so no copy of the network."""


class Why(Inquiry[m.Attribute, Finding]):
    """What of the watched sample moves a unit, or which samples excite it most."""

    def __init__(self, bench: Stage, watched: Watched, send: Callable[[m.Event], None]) -> None:
        super().__init__(send)
        self._bench, self._watched = bench, watched

    def ask(self, question: m.Attribute) -> None:
        """Take this question in the place of the last; one without a block asks nothing any more."""
        self._take(question if question.block else None)

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
        patches = tuple(m.SamplePatch(p.number, p.value, p.place, p.spans, packed(p.cells)) for p in found.patches)
        return m.Attribution(
            run=self._bench.run,
            step=self._step,
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

    def _unanswered(self, ticket: int, words: str) -> m.Unattributed:
        return m.Unattributed(ticket=ticket, words=words)


def fitting(piece: Piece | None, watched: Watched) -> tuple[Piece, Tensor]:
    """What is on the bench with the watched sample. NetworkFault in words when there is none that fits."""
    if piece is None:
        raise NetworkFault(NO_NETWORK)
    image = watched.sample(piece.live.sample)
    if image is None:
        raise NetworkFault(unfit(piece.live.sample))
    return piece, image


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
