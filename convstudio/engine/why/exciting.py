"""The patches of the data set that excite a unit most: the strongest place of each sample, cut out of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from convstudio import data
from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.evaluation import at_once, evaluating
from convstudio.engine.few_threads import few_threads
from convstudio.engine.why.aim import device_of
from convstudio.engine.why.finding import Finding, Findings, Patch
from convstudio.network.layer import Span
from convstudio.network.sight import Fields

MOST = 24
"""So many patches are shown, no two of the same sample."""
AT_ONCE = 64
Strongest = tuple[float, int, tuple[int, ...]]
"""A value, the number of a sample, and the place in the map."""


def exciting(live: LiveNetwork, images: NDArray[np.uint8], block: str, channel: int, fields: Fields) -> Findings:
    """Look through all `images` (uint8, samples × channels × axes) for the largest values of a map.

    `fields` are the receptive fields of the block along the axes of the input; () where they cannot be told: then
    whole samples are shown. NetworkFault in words when there is no such map, or no sample.
    """
    shape = live.shapes.get(block)
    if shape is None or not 0 <= channel < shape.channels:
        raise NetworkFault(f"{block} has no map {channel}.", block)
    if not len(images):
        raise NetworkFault("There are no samples to look through: choose a data set.")
    best: list[Strongest] = []
    size = min(AT_ONCE, at_once(live))
    for start in range(0, len(images), size):
        best = sorted((*best, *_strongest(live, images, start, size, block, channel)), key=_order)[:MOST]
        looked = min(len(images), start + size)
        patches = tuple(_patch(images[number], value, number, place, fields) for value, number, place in best)
        value = best[0][0] if best else 0.0
        yield Finding(looked / len(images), channel, value, patches=patches, samples=looked)


def _order(found: Strongest) -> tuple[float, int]:
    """The largest first; of equal ones the earlier sample."""
    return -found[0], found[1]


def _strongest(
    live: LiveNetwork, images: NDArray[np.uint8], start: int, size: int, block: str, channel: int
) -> list[Strongest]:
    """The strongest place of the map for each sample of a batch."""
    some = torch.from_numpy(data.to_float(images[start : start + size])).to(device_of(live))
    with evaluating(live), few_threads(live):
        maps = live.results(some, (block,))[block][:, channel]
        values, cells = maps.reshape(len(some), -1).nan_to_num(nan=-torch.inf).max(1)
    axes = maps.shape[1:]
    return [
        (value, start + n, tuple(int(at) for at in np.unravel_index(cell, axes)) if axes else ())
        for n, (value, cell) in enumerate(zip(values.tolist(), cells.tolist(), strict=True))
    ]


def _patch(sample: NDArray[np.uint8], value: float, number: int, place: tuple[int, ...], fields: Fields) -> Patch:
    spans = _spans(sample.shape[1:], place, fields)
    cut = (slice(None), *(slice(first, last + 1) for first, last in spans))
    return Patch(number, value, place, spans, np.ascontiguousarray(sample[cut]))


def _spans(axes: Sequence[int], place: tuple[int, ...], fields: Fields) -> tuple[Span, ...]:
    """What the unit sees of the sample; all of it where that cannot be told, or where it sees padding only."""
    whole = tuple((0, length - 1) for length in axes)
    if len(fields) != len(axes):
        return whole
    units = place if len(place) == len(fields) else (0,) * len(fields)
    seen = tuple(field.interval(unit) for field, unit in zip(fields, units, strict=True))
    return whole if any(first > last for first, last in seen) else seen
