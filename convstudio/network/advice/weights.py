"""Advice where one fully connected layer holds nearly all weights."""

from __future__ import annotations

from convstudio.network.advice.reach import sees_enough
from convstudio.network.advice.scene import Scene, advice, weighted
from convstudio.network.costs import percent
from convstudio.network.numbers import grouped
from convstudio.network.problem import Problem, ReplaceBlock
from convstudio.network.shape import Shape

HEAVY = 0.9
"""From this share of all weights on, a fully connected layer is spoken of."""


def heavy_layer(scene: Scene) -> list[Problem]:
    """A fully connected layer behind Flatten with 90 % of all weights or more.

    Global average pooling instead: Lin, Chen and Yan, "Network in Network" (2013), section 3.2.
    """
    whole = scene.weights
    for block_id in scene.analysis.live:
        facts = scene.facts(block_id)
        if facts.parameters >= HEAVY * whole and whole and weighted(facts, scene.layer(block_id)):
            flatten = _flatten_before(scene, block_id)
            return [_heavy(scene, block_id, flatten)] if flatten else []
    return []


def _flatten_before(scene: Scene, block_id: str) -> str | None:
    """The block that laid maps out in a row for this one; None where none did."""
    at = scene.source(block_id)
    while at:
        facts = scene.facts(at)
        came = facts.inputs[0] if facts.inputs else None
        if came is None or facts.output is None or facts.output.rank or facts.output.size != came.size:
            return None
        if came.rank:
            return at if came.size > came.channels else None
        at = scene.source(at)
    return None


def _heavy(scene: Scene, block_id: str, flatten: str) -> Problem:
    facts, came = scene.facts(block_id), scene.facts(flatten).inputs[0]
    whole, slim = scene.weights, _slim(scene, block_id, came)
    row = " · ".join(str(n) for n in came.dims)
    words = (
        f"{scene.name(block_id)} holds {grouped(facts.parameters)} of {grouped(whole)} weights, "
        f"{percent(facts.parameters / whole)}: it weighs each of {row} = {grouped(came.size)} numbers anew for every "
        "output. "
    )
    pool, before = scene.kind("global_average_pool"), scene.source(flatten)
    if pool and before and slim < HEAVY * (whole - facts.parameters + slim) and sees_enough(scene.fields(before)):
        maps, few = grouped(came.channels), grouped(slim)
        words += f"After a global average it weighs {maps} numbers, one a map, with {few} weights."
        fix = ReplaceBlock("Average each map instead of Flatten", flatten, pool)
        return advice("One layer holds nearly all weights", words, (block_id,), fix)
    words += "With one more pooling before it, it weighs a quarter of them."
    return advice("One layer holds nearly all weights", words, (block_id,))


def _slim(scene: Scene, block_id: str, came: Shape) -> int:
    """Weights of the layer if each map were a single number."""
    return scene.layer(block_id).parameters((Shape(came.channels),))
