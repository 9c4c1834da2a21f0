"""One question to the lens and its answer: a pass of the watched sample, and what it says of one unit."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from convstudio.engine import memory
from convstudio.engine.build import ADVICE, LiveNetwork, NetworkFault
from convstudio.engine.evaluation import evaluating
from convstudio.engine.few_threads import few_threads
from convstudio.engine.lens import families, pictures
from convstudio.engine.lens.pictures import Seen
from convstudio.engine.lens.scene import Scene
from convstudio.engine.probe import LARGE
from convstudio.network.muting import without_result
from convstudio.network.terms import Choice, Moved, Normal, Place, Spread, Stages, Sum, Terms


@dataclass(frozen=True)
class Question:
    """Which unit of which block; channel -1 asks for the unit with the largest value.

    Of input `port` channel `shown` is pictured (-1: the one that says most). `target` is the right class of that
    place, -1 where none is known.
    """

    block: str
    channel: int = -1
    place: Place = ()
    port: int = 0
    shown: int = -1
    target: int = -1


@dataclass(frozen=True, eq=False)
class Answer:
    """The unit that was explained, how its value comes about, and the pictures around it."""

    channel: int
    place: Place
    terms: Terms
    inputs: tuple[Seen, ...]
    output: Seen


def explain(live: LiveNetwork, image: Tensor, question: Question) -> Answer:
    """One unit for one sample, float32 (channels, *axes). A unit outside the result is brought to the nearest one.

    Weights, inputs and result are of one moment: of one pass as in use, not as in training. Of a block that is switched
    off it is what it computes that is explained. NetworkFault when there is
    no such block, or the sample does not have the shape of the Input; MemoryFault when its results would not fit.
    """
    if question.block not in live.shapes:
        raise NetworkFault(f"{question.block} is not computed: something before it, or it itself, does not fit yet.")
    if tuple(image.shape) != live.sample.dims:
        raise NetworkFault("The watched sample does not have the shape of the network's input.", live.input)
    device = next((p.device for p in live.parameters()), torch.device("cpu"))
    if live.activation_bytes > LARGE:
        memory.require(live.activation_bytes, device, "Looking into this network", ADVICE)
    sources = live.sources.get(question.block, ())
    with evaluating(live), few_threads(live), live.muted(without_result(live.mutes, question.block)):
        results = live.results(image.to(device, torch.float32)[None], {question.block, *sources})
        inputs = tuple(result[0] for result in live.arriving(question.block, results))
        return _answer(live, question, sources, inputs, results[question.block][0])


def _answer(
    live: LiveNetwork, question: Question, sources: tuple[str, ...], inputs: tuple[Tensor, ...], result: Tensor
) -> Answer:
    channel, place = _unit(result, question)
    scene = Scene(live, question.block, sources, inputs, result, channel, place, question.target)
    terms = families.explained(scene)
    seen = tuple(
        pictures.seen(sources[port], maps, *_shown(port, maps, scene, terms, question))
        for port, maps in enumerate(inputs)
    )
    return Answer(channel, place, terms, seen, pictures.seen(question.block, result, channel, place))


def _unit(result: Tensor, question: Question) -> tuple[int, Place]:
    """The unit that is asked for, or the nearest; the one with the largest value where none is."""
    if question.channel < 0 or len(question.place) != result.dim() - 1:
        channel, *place = (int(n) for n in torch.unravel_index(result.nan_to_num().argmax(), result.shape))
        return channel, tuple(place)
    wanted = (question.channel, *question.place)
    channel, *place = (min(max(n, 0), length - 1) for n, length in zip(wanted, result.shape, strict=True))
    return channel, tuple(place)


def _shown(port: int, maps: Tensor, scene: Scene, terms: Terms, question: Question) -> tuple[int, Place]:
    """Which channel of an input to picture, and the place in it that must be seen."""
    looked = _looked(port, scene, terms)
    channel, *place = looked if looked else (scene.channel, *scene.place)
    if question.port == port and question.shown >= 0:
        channel = question.shown
    fitting = tuple(place) if len(place) == maps.dim() - 1 else (0,) * (maps.dim() - 1)
    axes = zip(fitting, maps.shape[1:], strict=True)
    return min(max(channel, 0), len(maps) - 1), tuple(min(max(at, 0), length - 1) for at, length in axes)


def _looked(port: int, scene: Scene, terms: Terms) -> Place | None:
    """The channel of an input that says most about the unit, with the middle of what is looked at."""
    if isinstance(terms, Stages):
        strongest = max(range(len(terms.first)), key=lambda n: abs(terms.second.rows[n].sum))
        return _looked(port, scene, terms.first[strongest])
    if isinstance(terms, Spread):
        return _looked(port, scene, terms.sum) if terms.sum.cells.places else None
    if isinstance(terms, Sum):
        strongest_row = max(terms.rows, key=lambda row: abs(row.sum))
        return (strongest_row.channel, *terms.cells.places[len(terms.cells.places) // 2])
    if isinstance(terms, Choice):
        return (terms.channel, *terms.cells.places[terms.winner])
    if isinstance(terms, Moved):
        return terms.unit if terms.port == port else None
    if isinstance(terms, Normal):
        return None
    return None
