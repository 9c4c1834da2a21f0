"""Advice about single masks: of even size, which shift the maps, and with cells that never lie on the map."""

from __future__ import annotations

from math import prod

from convstudio.network.advice.scene import Scene, advice
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Layer, Scan
from convstudio.network.problem import ChangeLayer, Problem


def even_masks(scene: Scene) -> list[Problem]:
    """Uneven padding moves what is seen by half a cell: Wu et al., "Convolution with even-sized kernels" (2019)."""
    found = []
    for block_id in scene.analysis.live:
        for scan in scene.facts(block_id).scans:
            if scan.before != scan.after:
                found.append(_even(scene, block_id, scan))
                break
    return found


def masks_over_padding(scene: Scene) -> list[Problem]:
    """Masks with cells that never meet the map, wherever they are; at worst they are 1 × 1 in truth.

    Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation" (2017), section 3.3.
    """
    found = []
    for block_id in scene.analysis.live:
        facts = scene.facts(block_id)
        filled = getattr(scene.layer(block_id), "padding_mode", "zeros") != "zeros"  # then the padding tells something
        if facts.scans and not filled and _idle(facts.scans, facts):
            found.append(_over_padding(scene, block_id))
    return found


def _even(scene: Scene, block_id: str, scan: Scan) -> Problem:
    facts, layer = scene.facts(block_id), scene.layer(block_id)
    scans = facts.scans
    odd = tuple(s.cells + (s.before != s.after) for s in scans)
    words = (
        f"{scene.name(block_id)} reaches {scan.before} {_cells(scan.before)} to one side of its place and {scan.after} "
        "to the other, so that its result lies half a cell beside what it describes. Masks of odd size have a middle: "
        f"{' × '.join(map(str, odd))}."
    )
    fixes = _changed(facts, layer, block_id, f"Use a {' × '.join(map(str, odd))} mask", odd, _dilation(scans))
    return advice("A mask of even size has no middle", words, (block_id,), *fixes)


def _cells(number: int) -> str:
    return "cell" if number == 1 else "cells"


def _over_padding(scene: Scene, block_id: str) -> Problem:
    facts, layer = scene.facts(block_id), scene.layer(block_id)
    scans, axes = facts.scans, facts.inputs[0].axes
    whole, busy = prod(s.cells for s in scans), prod(_busy(scans, facts))
    words = (
        f"The maps that reach {scene.name(block_id)} are {' × '.join(map(str, axes))}: of the {whole} cells of its "
        f"mask only {busy} ever {'lies' if busy == 1 else 'lie'} on them; the other {whole - busy} always meet padding "
        "and learn nothing."
    )
    return advice("The mask lies mostly on padding", words, (block_id,), *_fitting(facts, layer, block_id))


def _busy(scans: tuple[Scan, ...], facts: BlockFacts) -> tuple[int, ...]:
    """Along each axis, how many cells of the mask lie on the map at one place at least."""
    assert facts.output is not None
    axes = zip(scans, facts.inputs[0].axes, facts.output.axes, strict=True)
    return tuple(sum(_meets(s, cell, n, places) for cell in range(s.cells)) for s, n, places in axes)


def _meets(scan: Scan, cell: int, length: int, places: int) -> bool:
    """Whether a cell of the mask lies on the map at one of the places that the mask takes."""
    first = cell * scan.dilation - scan.before
    if first >= length:
        return False
    place = max(0, -(first // scan.stride))
    return place < places and first + place * scan.stride < length


def _idle(scans: tuple[Scan, ...], facts: BlockFacts) -> bool:
    """Whether some cells of the mask never lie on the map. Quick where the mask is no longer than the map."""
    if all((s.cells - 1) * s.dilation < n for s, n in zip(scans, facts.inputs[0].axes, strict=False)):
        return False
    return _busy(scans, facts) != tuple(s.cells for s in scans)


def _fitting(facts: BlockFacts, layer: Layer, block_id: str) -> list[ChangeLayer]:
    """A smaller dilation where that is enough, else a smaller mask."""
    scans, axes = facts.scans, facts.inputs[0].axes
    pairs = list(zip(scans, axes, strict=True))
    cells = tuple(s.cells for s in scans)
    closer = tuple(min(s.dilation, max(1, (n - 1) // max(1, s.cells // 2))) for s, n in pairs)
    smaller = tuple(min(s.cells, _odd(n)) for s, n in zip(scans, _busy(scans, facts), strict=True))
    found = []
    if closer != _dilation(scans):
        found = _changed(facts, layer, block_id, f"Use dilation {' × '.join(map(str, closer))}", cells, closer)
    words = f"Use a {' × '.join(map(str, smaller))} mask"
    return found or _changed(facts, layer, block_id, words, smaller, _dilation(scans))


def _odd(number: int) -> int:
    return number if number % 2 else number - 1


def _dilation(scans: tuple[Scan, ...]) -> tuple[int, ...]:
    return tuple(s.dilation for s in scans)


def _changed(
    facts: BlockFacts, layer: Layer, block_id: str, words: str, cells: tuple[int, ...], dilation: tuple[int, ...]
) -> list[ChangeLayer]:
    """The fix that gives a block such a mask, where that changes no shape and all of it meets the map."""
    other = layer.with_masks(cells, dilation)
    if other is None or other == layer or other.output(facts.inputs) != facts.output:
        return []
    scans = other.scans(facts.inputs)
    good = not _idle(scans, facts) and all(s.before == s.after for s in scans)
    return [ChangeLayer(words, block_id, other)] if good else []
