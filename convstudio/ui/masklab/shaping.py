"""What can be done to the numbers of a mask at once: turned, mirrored, negated, brought to a sum, made anew.

All take and give float32 of the mask's own form: places, rows × columns, or frames × rows × columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convstudio.blocks.mask_presets import Recipe, fitted

Mask = NDArray[np.float32]
LEAST = 1e-6
"""A sum that is a smaller part of the numbers' size than this is none that could be brought to 1."""


class Refused(ValueError):
    """Why that cannot be done to a mask; a sentence."""


def turned(mask: Mask) -> Mask:
    """A quarter to the right. Refused where rows and columns are not as many."""
    if mask.ndim < 2 or mask.shape[-1] != mask.shape[-2]:
        raise Refused("Only a mask with as many rows as columns can be turned by a quarter. Mirror it instead.")
    return np.ascontiguousarray(np.rot90(mask, -1, axes=(-2, -1)))


def mirrored(mask: Mask) -> Mask:
    """Left becomes right."""
    return np.ascontiguousarray(mask[..., ::-1])


def upside_down(mask: Mask) -> Mask:
    """Above becomes below. Refused for a signal."""
    if mask.ndim < 2:
        raise Refused("The mask of a signal is one row: it has no above and below.")
    return np.ascontiguousarray(mask[..., ::-1, :])


def negated(mask: Mask) -> Mask:
    return (np.negative(mask) + np.float32(0)).astype(np.float32)


def summing_to_zero(mask: Mask) -> Mask:
    """The same less its mean: an even area gives 0."""
    wide = mask.astype(np.float64)
    less: Mask = (wide - wide.mean()).astype(np.float32)
    return less


def summing_to_one(mask: Mask) -> Mask:
    """The same divided by its sum: an even area stays as bright. Refused where the sum is 0."""
    wide = mask.astype(np.float64)
    total = wide.sum()
    if abs(total) <= LEAST * np.abs(wide).sum():
        raise Refused("The numbers of this mask add up to 0, so that no factor makes them add up to 1.")
    part: Mask = (wide / total).astype(np.float32)
    return part


def emptied(mask: Mask) -> Mask:
    return np.zeros_like(mask)


OPERATIONS: dict[str, Callable[[Mask], Mask]] = {
    "turn": turned,
    "mirror": mirrored,
    "upside_down": upside_down,
    "negate": negated,
    "sum_zero": summing_to_zero,
    "sum_one": summing_to_one,
    "empty": emptied,
}


def of_preset(preset: str, axes: tuple[int, ...], recipe: Recipe) -> Mask:
    """The mask of a preset for these cells along each axis; `recipe.size` is theirs. Each frame of a clip is the same.

    Refused where it does not fit.
    """
    rank, size = min(max(len(axes), 1), 2), _size(axes)
    rows = fitted(preset, Recipe(size, recipe.sigma, recipe.angle, recipe.wavelength, recipe.phase), rank)
    if rows is None:
        raise Refused(_too_small(size, rank))
    flat = np.array(rows, np.float32)
    if not np.isfinite(flat).all() or not flat.any():
        raise Refused("With these settings nothing is left of the mask. Choose a larger sigma.")
    return np.broadcast_to(flat, (*axes[:-2], *size)).reshape(axes).copy()


def at_random(axes: tuple[int, ...], generator: np.random.Generator) -> Mask:
    """Numbers from a normal distribution, so small that noise of variance 1 keeps its variance."""
    cells = int(np.prod(axes)) if axes else 1
    made: Mask = (generator.standard_normal(axes) / np.sqrt(cells)).astype(np.float32)
    return made


def _size(axes: tuple[int, ...]) -> tuple[int, int]:
    return (1, axes[0] if axes else 1) if len(axes) < 2 else (axes[-2], axes[-1])


def _too_small(size: tuple[int, int], rank: int) -> str:
    if rank == 1 and size[1] >= 3:
        return "There is no such mask for a signal: it has no rows."
    return f"That mask has 3 × 3 cells, and this one only {size[0]} × {size[1]}."
