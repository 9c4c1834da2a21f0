"""Advice about how far values see: pooling that forgets where things were, pooling past cells, pixels told from little.

Bags of patches: Brendel and Bethge, "Approximating CNNs with bag-of-local-features models" (BagNet, 2019). How much
around a pixel has to be seen to tell it: Yu and Koltun, "Multi-scale context aggregation by dilated convolutions"
(2016).
"""

from __future__ import annotations

from math import prod

from msgspec.structs import replace

from convstudio.network import edits
from convstudio.network.advice.scene import Scene, advice
from convstudio.network.costs import percent
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Layer, Window, shortened, times
from convstudio.network.numbers import grouped
from convstudio.network.problem import ChangeLayer, Problem
from convstudio.network.shape import Shape
from convstudio.network.sight import Fields

NARROW = 4
"""Values are spoken of that each see less than one in so many cells of the image along every axis."""
UNSEEN = 0.5
"""From this share of the cells on that no window of a pooling reaches, it is spoken of."""


def averaged_patches(scene: Scene) -> list[Problem]:
    """Global pooling over values that see small patches only, where nothing but its result goes on."""
    found = []
    for block_id in scene.analysis.live:
        if _pools_all(scene.facts(block_id)):
            before = scene.source(block_id)
            if before and not sees_enough(scene.fields(before)) and not _gates(scene, block_id):
                found.append(_patches(scene, block_id, scene.fields(before)))
    return found


def pooled_past(scene: Scene) -> list[Problem]:
    """Pooling whose windows pass over half of the cells and more: 3 × 3 cells by one window of 2 × 2."""
    found = []
    for block_id in scene.analysis.live:
        layer, facts = scene.layer(block_id), scene.facts(block_id)
        windows = _pooling_windows(layer, facts)
        if windows and 1 - prod(_seen(windows, facts)) / prod(facts.inputs[0].axes) >= UNSEEN:
            found.append(_past(scene, block_id, windows))
    return found


def told_from_little(scene: Scene) -> list[Problem]:
    """Each pixel is given a class, and what is seen around it is a small part of the image."""
    end = scene.analysis.output
    if end is None or scene.layer(end).inner:
        return []
    facts, fields = scene.facts(end), scene.fields(end)
    if facts.output is None or not facts.output.rank or sees_enough(fields):
        return []
    words = (
        f"Each place of the answer is told from the {_sizes(fields)} cells around it. What is farther away, as the "
        "rest of a large thing, it cannot take into account. Dilation, or pooling and upsampling, let it see more."
    )
    return [advice("The answer sees little of the image", words, (end,))]


def sees_enough(fields: Fields) -> bool:
    """Whether a value sees a good part of the image along some axis; where it cannot be told, it does."""
    return not fields or any(f.size * NARROW >= f.length or not f.stride for f in fields)


def _sizes(fields: Fields) -> str:
    """'3 × 3 of 28 × 28'."""
    seen, whole = (" × ".join(map(str, n)) for n in zip(*((f.size, f.length) for f in fields), strict=True))
    return f"{seen} of {whole}"


def _pools_all(facts: BlockFacts) -> bool:
    """Maps come in, one number for each of them goes out."""
    if len(facts.inputs) != 1 or facts.output is None:
        return False
    came = facts.inputs[0]
    return (
        came.rank > 0 and not facts.output.axes and facts.output == Shape(came.channels) and came.size > came.channels
    )


def _gates(scene: Scene, block_id: str) -> bool:
    """Whether what follows also gets something around the block, as where means weigh the maps they were taken of."""
    after = {block_id, *edits.downstream(scene.network, block_id)}
    arriving = (w for i in after - {block_id} for w in scene.network.incoming.get(i, {}).values())
    return any(w.source not in after for w in arriving)


def _patches(scene: Scene, block_id: str, before: Fields) -> Problem:
    part = prod(f.size / f.length for f in before)
    words = (
        f"Each value that {scene.name(block_id)} pools sees {_sizes(before)} cells, {percent(part)} of the input, "
        "and pooling forgets where they lay: the network only counts small patches. More layers, pooling or dilation "
        "before it let each value see more."
    )
    return advice("Pools over values that see little", words, (block_id,))


def _pooling_windows(layer: Layer, facts: BlockFacts) -> tuple[Window, ...]:
    """The windows of a pooling; none where a block is something else, or sees everything."""
    if facts.scans or facts.output is None or len(facts.inputs) != 1 or not hasattr(layer, "window"):
        return ()
    return layer.windows(facts.inputs) or ()


def _seen(windows: tuple[Window, ...], facts: BlockFacts) -> list[int]:
    """Along each axis, how many cells lie in a window at least."""
    assert facts.output is not None
    axes = zip(windows, facts.inputs[0].axes, facts.output.axes, strict=True)
    return [len({c for p in range(places) for c in _covered(w, p) if 0 <= c < length}) for w, length, places in axes]


def _covered(window: Window, place: int) -> range:
    first = place * window.stride - window.before
    return range(first, first + window.size, window.dilation)


def _past(scene: Scene, block_id: str, windows: tuple[Window, ...]) -> Problem:
    facts, layer = scene.facts(block_id), scene.layer(block_id)
    axes, seen = facts.inputs[0].axes, prod(_seen(windows, facts))
    there = " · ".join(map(str, axes))
    words = (
        f"The windows of {scene.name(block_id)} lie on {grouped(seen)} of {there} = {grouped(prod(axes))} cells; what "
        "the others hold is lost."
    )
    return advice("Pooling passes over most of the map", words, (block_id,), *_wider(layer, facts, block_id, windows))


def _wider(layer: Layer, facts: BlockFacts, block_id: str, windows: tuple[Window, ...]) -> list[ChangeLayer]:
    """Windows as large as cover the map from as many places, where that changes no shape."""
    assert facts.output is not None
    axes = zip(windows, facts.inputs[0].axes, facts.output.axes, strict=True)
    sizes = shortened(tuple(max(w.size, length + w.before - (n - 1) * w.stride) for w, length, n in axes))
    wider = replace(layer, window=sizes)
    return [ChangeLayer(f"Use a window of {times(sizes)}", block_id, wider)] if _alike(wider, facts) else []


def _alike(layer: Layer, facts: BlockFacts) -> bool:
    return layer.fault() is None and layer.output(facts.inputs) == facts.output
