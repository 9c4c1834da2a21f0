"""Advice where one fully connected layer holds nearly all weights, and where an average forgets where things were."""

from __future__ import annotations

from math import prod

from convstudio.network.advice.scene import Scene, advice, weighted
from convstudio.network.costs import percent
from convstudio.network.facts import BlockFacts
from convstudio.network.problem import Problem, ReplaceBlock
from convstudio.network.shape import Shape

HEAVY = 0.9
"""From this share of all weights on, a fully connected layer is spoken of."""
NARROW = 4
"""An average over values that each see less than one in so many cells of the image along every axis is spoken of."""


def heavy_layer(scene: Scene) -> list[Problem]:
    """A fully connected layer behind Flatten with 90 % of all weights or more.

    Global average pooling instead: Lin, Chen and Yan, "Network in Network" (2013), section 3.2.
    """
    whole = scene.analysis.parameters
    for block_id in scene.analysis.live:
        facts = scene.facts(block_id)
        if facts.parameters >= HEAVY * whole and whole and weighted(facts, scene.layer(block_id)):
            flatten = _flatten_before(scene, block_id)
            return [_heavy(scene, block_id, flatten)] if flatten else []
    return []


def averaged_patches(scene: Scene) -> list[Problem]:
    """Global pooling over values that see small patches only: a bag of patches (Brendel and Bethge, BagNet, 2019)."""
    found = []
    for block_id in scene.analysis.live:
        if _pools_all(scene.facts(block_id)):
            before = scene.source(block_id)
            if before and not _sees_enough(scene.facts(before)):
                found.append(_patches(scene, block_id, scene.facts(before)))
    return found


def _pools_all(facts: BlockFacts) -> bool:
    """Maps come in, one number for each of them goes out."""
    if len(facts.inputs) != 1 or facts.output is None:
        return False
    came = facts.inputs[0]
    return (
        came.rank > 0 and not facts.output.axes and facts.output == Shape(came.channels) and came.size > came.channels
    )


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
    whole, slim = scene.analysis.parameters, _slim(scene, block_id, came)
    row = " · ".join(str(n) for n in came.dims)
    words = (
        f"{scene.name(block_id)} holds {facts.parameters} of {whole} weights, {percent(facts.parameters / whole)}: it "
        f"weighs each of {row} = {came.size} numbers anew for every output. "
    )
    pool, before = scene.kind("global_average_pool"), scene.source(flatten)
    if pool and before and slim < HEAVY * (whole - facts.parameters + slim) and _sees_enough(scene.facts(before)):
        words += f"After a global average it weighs {came.channels} numbers, one a map, with {slim} weights."
        fix = ReplaceBlock("Average each map instead of Flatten", flatten, pool)
        return advice("One layer holds nearly all weights", words, (block_id,), fix)
    words += "With one more pooling before it, it weighs a quarter of them."
    return advice("One layer holds nearly all weights", words, (block_id,))


def _slim(scene: Scene, block_id: str, came: Shape) -> int:
    """Weights of the layer if each map were a single number."""
    return scene.layer(block_id).parameters((Shape(came.channels),))


def _sees_enough(facts: BlockFacts) -> bool:
    return not facts.field or any(f.size * NARROW >= f.length or not f.stride for f in facts.field)


def _patches(scene: Scene, block_id: str, before: BlockFacts) -> Problem:
    sizes = " × ".join(str(f.size) for f in before.field)
    image = " × ".join(str(f.length) for f in before.field)
    part = prod(f.size / f.length for f in before.field)
    words = (
        f"Each value that {scene.name(block_id)} pools sees {sizes} of {image} cells, {percent(part)} of the input, "
        "and pooling forgets where they lay: the network only counts small patches. More layers, pooling or dilation "
        "before it let each value see more."
    )
    return advice("Pools over values that see little", words, (block_id,))
