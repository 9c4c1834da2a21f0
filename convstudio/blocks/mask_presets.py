"""The well-known masks as rows of numbers: smoothing, sharpening, edges, bars.

Gonzalez and Woods, "Digital Image Processing" (2018), chapters 3 and 10; Marr and Hildreth, "Theory of edge
detection" (1980), for the Laplacian of Gaussian; Daugman (1985) for the Gabor function.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, pi, radians, sin

from msgspec import Struct

Row = tuple[float, ...]
Rows = tuple[Row, ...]

ELONGATION = 0.5
"""A Gabor mask's envelope is twice as long along its bars as across them."""


class Recipe(Struct, frozen=True):
    """What a mask is made from: `size` rows × columns, `sigma` and `wavelength` in cells, angles in degrees."""

    size: tuple[int, int]
    sigma: float
    angle: float
    wavelength: float
    phase: float


SIGNAL: dict[str, Row] = {
    "sharpen": (-1, 3, -1),
    "sobel_x": (-1, 0, 1),
    "prewitt_x": (-1, 0, 1),
    "laplacian": (1, -2, 1),
}
"""Masks of a fixed size for signals, where they make sense."""
IMAGE: dict[str, Rows] = {
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "sobel_x": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "sobel_y": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "prewitt_x": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "prewitt_y": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "laplacian": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}
"""Masks of a fixed size for images."""


def made(preset: str, recipe: Recipe) -> Rows:
    """The mask of a preset that is made to measure. KeyError when there is none of that name."""
    return MADE[preset](recipe)


def _identity(recipe: Recipe) -> Rows:
    """1 in the middle; of two middle cells in the first."""
    return _over(recipe, lambda y, x: float(-1 < y <= 0 and -1 < x <= 0))


def _box(recipe: Recipe) -> Rows:
    return _summing_to_one(_over(recipe, lambda y, x: 1.0))


def _gaussian(recipe: Recipe) -> Rows:
    return _summing_to_one(_over(recipe, lambda y, x: exp(-(y * y + x * x) / (2 * recipe.sigma**2))))


def _laplacian_of_gaussian(recipe: Recipe) -> Rows:
    """The second derivatives of a Gaussian, shifted by a constant so that even areas give 0."""
    square, axes = recipe.sigma**2, sum(n > 1 for n in recipe.size)

    def value(y: float, x: float) -> float:
        distance = y * y + x * x
        return (distance - axes * square) / square**2 * exp(-distance / (2 * square))

    return _summing_to_zero(_over(recipe, value))


def _gabor(recipe: Recipe) -> Rows:
    """A wave under a Gaussian envelope. At angle 0 its bars stand upright; the wave runs along the rows."""
    angle, phase = radians(recipe.angle), radians(recipe.phase)

    def value(y: float, x: float) -> float:
        across, along = x * cos(angle) + y * sin(angle), -x * sin(angle) + y * cos(angle)
        envelope = exp(-(across**2 + (ELONGATION * along) ** 2) / (2 * recipe.sigma**2))
        return envelope * cos(2 * pi * across / recipe.wavelength + phase)

    return _over(recipe, value)


MADE: dict[str, Callable[[Recipe], Rows]] = {
    "identity": _identity,
    "box": _box,
    "gaussian": _gaussian,
    "laplacian_of_gaussian": _laplacian_of_gaussian,
    "gabor": _gabor,
}
"""Masks made to measure."""


def _over(recipe: Recipe, value: Callable[[float, float], float]) -> Rows:
    """`value` at each cell, by its distance from the middle: down, then to the right."""
    rows, columns = recipe.size
    return tuple(
        tuple(value(row - (rows - 1) / 2, column - (columns - 1) / 2) for column in range(columns))
        for row in range(rows)
    )


def _summing_to_one(rows: Rows) -> Rows:
    total = sum(map(sum, rows))
    return tuple(tuple(n / total for n in row) for row in rows)


def _summing_to_zero(rows: Rows) -> Rows:
    mean = sum(map(sum, rows)) / sum(map(len, rows))
    return tuple(tuple(n - mean for n in row) for row in rows)


def fitted(preset: str, recipe: Recipe, rank: int) -> Rows | None:
    """The mask of a preset in the middle of as many cells as the recipe says; None where it has no room there.

    `rank` 1 is a signal, whose mask is one row. Around a mask of a fixed size stand zeros; of two middle cells it takes
    the first, as the identity does.
    """
    if preset in MADE:
        return made(preset, recipe)
    core = _of_fixed_size(preset, rank)
    return _in_the_middle(core, recipe.size) if core else None


def _of_fixed_size(preset: str, rank: int) -> Rows:
    """Its rows; none where a signal has no such mask."""
    if rank == 1:
        return (SIGNAL[preset],) if preset in SIGNAL else ()
    return IMAGE[preset]


def _in_the_middle(core: Rows, size: tuple[int, int]) -> Rows | None:
    (rows, columns), (high, wide) = size, (len(core), len(core[0]))
    if rows < high or columns < wide:
        return None
    top, left = (rows - high) // 2, (columns - wide) // 2
    empty, side = (0.0,) * columns, (0.0,) * (columns - wide - left)
    filled = [(*(0.0,) * left, *map(float, row), *side) for row in core]
    return (*[empty] * top, *filled, *[empty] * (rows - high - top))
