"""Advice where two weighted layers follow one another without an activation: together they can do no more than one.

A product of matrices is a matrix; see Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.1. No advice
is given where two stages are a factorisation that saves weights on purpose: depthwise and pointwise (Chollet 2017), a
narrow layer between wide ones (linear bottlenecks, Sandler et al. 2018), masks along different axes (Szegedy et al.
2016).
"""

from __future__ import annotations

from itertools import takewhile
from math import prod

from convstudio.network.advice.scene import Scene, advice, weighted
from convstudio.network.document import Wire
from convstudio.network.facts import BlockFacts
from convstudio.network.numbers import grouped
from convstudio.network.problem import InsertBefore, Problem


def no_activation_between(scene: Scene) -> list[Problem]:
    found = []
    for block_id in scene.analysis.live:
        facts, layer = scene.facts(block_id), scene.layer(block_id)
        if weighted(facts, layer):
            way = _linear_way(scene, block_id)
            if way and not _depthwise(scene, block_id) and not _on_purpose(scene, block_id, way[-1].target):
                found.append(_collapse(scene, block_id, way))
    return found


def _linear_way(scene: Scene, start: str) -> list[Wire]:
    """The wires from a weighted block to the next one, with only linear blocks between; none where there is no such."""
    way: list[Wire] = []
    wire = scene.way_on(start)
    while wire:
        way.append(wire)
        facts, layer = scene.facts(wire.target), scene.layer(wire.target)
        if not layer.linear or facts.output is None:
            return []
        if weighted(facts, layer):
            return way
        wire = scene.way_on(wire.target)
    return []


def _depthwise(scene: Scene, block_id: str) -> bool:
    """Each output value sums over a single map of several."""
    facts = scene.facts(block_id)
    assert facts.output is not None
    cells = prod(s.cells for s in facts.scans)
    return facts.inputs[0].channels > 1 and facts.multiply_adds == facts.output.size * cells


def _on_purpose(scene: Scene, first: str, second: str) -> bool:
    if _depthwise(scene, second):
        return True
    came, between, made = _widths(scene, first, second)
    return between < min(came, made) or _crossed(scene, first, second)


def _widths(scene: Scene, first: str, second: str) -> tuple[int, int, int]:
    """Channels before, between and after two blocks."""
    a, b = scene.facts(first), scene.facts(second)
    assert a.output is not None
    assert b.output is not None
    return a.inputs[0].channels, a.output.channels, b.output.channels


def _crossed(scene: Scene, first: str, second: str) -> bool:
    """Both masks are lines, along different axes."""
    one = scene.facts(first).scans
    other = scene.facts(second).scans
    if len(one) != len(other) or not one:
        return False
    along = [(a.cells > 1, b.cells > 1) for a, b in zip(one, other, strict=True)]
    return any(a for a, _ in along) and any(b for _, b in along) and not any(a and b for a, b in along)


def _collapse(scene: Scene, first: str, way: list[Wire]) -> Problem:
    second = way[-1].target
    words = f"{scene.name(first)} and {scene.name(second)} follow one another without an activation between them. "
    words += f"Weighted sums of weighted sums are weighted sums: {_instead(scene, first, way)} could do the same."
    relu, place = scene.kind("relu"), _place(scene, way)
    fixes = [InsertBefore("Insert ReLU between them", place.target, place.port, relu)] if relu else []
    return advice("No activation between two weighted layers", words, (first, second), *fixes)


def _instead(scene: Scene, first: str, way: list[Wire]) -> str:
    """The single layer that would be enough, with the arithmetic."""
    second = way[-1].target
    one = scene.facts(first).scans
    other = scene.facts(second).scans
    came, between, made = _widths(scene, first, second)
    if one and len(one) == len(other) and len(way) == 1 + _normalised(scene, way):
        pairs = zip(one, other, strict=True)
        sizes = [a.dilation * (a.cells - 1) + 1 + a.stride * b.dilation * (b.cells - 1) for a, b in pairs]
        return f"one convolution with masks of {' × '.join(map(str, sizes))}"
    if one or other:
        return "one weighted layer"
    before, after, width = (grouped(n) for n in (came, made, between))
    whole = grouped(came * made)
    return f"one layer of {before} · {after} = {whole} weights instead of {before} · {width} + {width} · {after}"


def _normalised(scene: Scene, way: list[Wire]) -> int:
    """How many blocks between the two leave size and place as they are."""
    return sum(_shape_kept(scene.facts(w.target)) for w in way[:-1])


def _shape_kept(facts: BlockFacts) -> bool:
    return facts.output == facts.inputs[0]


def _place(scene: Scene, way: list[Wire]) -> Wire:
    """Where the activation belongs: behind a batch norm, before pooling and flattening; where it can be put best."""
    early = list(takewhile(lambda w: scene.layer(w.target).kind in ("batch_norm", "passage"), way))
    norms = [n for n, w in enumerate(early, 1) if scene.layer(w.target).kind == "batch_norm"]
    rest = way[norms[-1] if norms else 0 :]
    return min(rest, key=scene.effort)
