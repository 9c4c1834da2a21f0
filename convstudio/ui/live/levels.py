"""Values as levels of a colour table, and cells of any number of axes as flat tiles."""

from __future__ import annotations

from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from convstudio.ui.live.colour_maps import CENTRE, GAP, NOT_A_NUMBER, NOTHING

Levels = NDArray[np.uint8]
Kind = TypeVar("Kind", bound=np.generic)


def largest_magnitude(values: NDArray[np.float32]) -> float:
    """The largest finite |value|; 0.0 where there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0


def signed_levels(values: NDArray[np.float32], limit: float) -> Levels:
    """Levels of the diverging table: -limit → 0, 0 → CENTRE, limit → 2 · CENTRE; not finite → NOT_A_NUMBER."""
    if limit <= 0:
        shares = np.zeros_like(values)
    else:
        shares = np.nan_to_num(np.divide(values, limit, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    levels = np.rint(np.clip(shares, -1, 1) * np.float32(CENTRE)) + np.float32(CENTRE)
    return np.where(np.isfinite(values), levels, NOT_A_NUMBER).astype(np.uint8)


def map_levels(maps: Levels) -> Levels:
    """`maps` without the levels that mean no tile; the colour below them cannot be told apart."""
    return np.minimum(maps, np.uint8(NOTHING - 1))


def flat(tiles: NDArray[Kind]) -> NDArray[Kind]:
    """n × cells of any axes → n × height × width: no axis one cell, one axis one row, further axes side by side.

    Three axes (time, rows, columns) become slices beside each other, one column of GAP between them.
    """
    count, axes = len(tiles), tiles.shape[1:]
    if len(axes) < 3:
        return tiles.reshape(count, *flat_size(axes))
    slices = tiles.reshape(count, prod(axes[:-2]), *axes[-2:])
    apart = np.pad(slices, ((0, 0), (0, 0), (0, 0), (0, 1)), constant_values=GAP)
    side_by_side = apart.transpose(0, 2, 1, 3).reshape(count, axes[-2], -1)
    return np.ascontiguousarray(side_by_side[:, :, : max(0, side_by_side.shape[2] - 1)])


def flat_size(axes: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of the flat tile of cells with these axes."""
    if len(axes) < 2:
        return 1, axes[0] if axes else 1
    if len(axes) == 2:
        return axes[0], axes[1]
    return axes[-2], max(0, prod(axes[:-2]) * (axes[-1] + 1) - 1)


def cell_at(axes: tuple[int, ...], row: int, column: int) -> tuple[int, ...] | None:
    """The index (one number an axis) of the cell at a place of the flat tile; None between two slices."""
    if len(axes) < 2:
        return (column,) if axes else ()
    if len(axes) == 2:
        return row, column
    number, inside = divmod(column, axes[-1] + 1)
    if inside == axes[-1]:
        return None
    before = tuple(int(index) for index in np.unravel_index(number, axes[:-2]))
    return (*before, row, inside)
