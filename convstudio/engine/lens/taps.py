"""Which cells of an input a window looks at, and what stands in the padding there."""

from __future__ import annotations

from itertools import product
from math import prod

import torch
from torch import Tensor

from convstudio.engine.lens.scene import numbers
from convstudio.network.terms import Cells, Numbers, Place

Along = list[tuple[int, int | None]]
"""Along one axis: each cell's place, and the place whose value stands there (None: zero)."""


def along(first: int, count: int, dilation: int, length: int, mode: str) -> Along:
    """`count` cells from `first`, `dilation` apart, on an axis of that length."""
    places = [first + dilation * tap for tap in range(count)]
    return [(place, source(place, length, mode)) for place in places]


def source(place: int, length: int, mode: str) -> int | None:
    """The cell whose value stands at a place of the axis, as torch fills its padding."""
    if 0 <= place < length:
        return place
    if mode == "reflect":
        place = -place if place < 0 else 2 * (length - 1) - place
    return {"zeros": None, "reflect": place, "replicate": min(max(place, 0), length - 1), "circular": place % length}[
        mode
    ]


def cells(axes: list[Along]) -> Cells:
    """All combinations of the cells along the axes, in C order."""
    together = list(product(*axes))
    outside = tuple(any(place != at for place, at in cell) for cell in together)
    return Cells(
        grid=tuple(len(axis) for axis in axes),
        places=tuple(tuple(place for place, _ in cell) for cell in together),
        outside=outside if any(outside) else (),
        sources=tuple(map(_source, together)) if any(outside) else (),
    )


def _source(cell: tuple[tuple[int, int | None], ...]) -> Place | None:
    found = tuple(at for _, at in cell if at is not None)
    return found if len(found) == len(cell) else None


def patch(maps: Tensor, axes: list[Along]) -> Tensor:
    """What a window sees of (channels, *axes): (channels, *grid), zeros where nothing stands."""
    found = maps
    for number, axis in enumerate(axes, 1):
        at = torch.tensor([place or 0 for _, place in axis], dtype=torch.int64, device=maps.device)
        there = torch.tensor([place is not None for _, place in axis], dtype=torch.bool, device=maps.device)
        shape = [1] * found.dim()
        shape[number] = len(axis)
        found = torch.where(there.view(shape), found.index_select(number, at), 0.0)
    return found


def rows_of(values: Tensor) -> list[Numbers]:
    """(channels, …) as one row of numbers a channel."""
    flat = numbers(values)
    size = prod(values.shape[1:])
    return [flat[n * size : (n + 1) * size] for n in range(len(values))]
