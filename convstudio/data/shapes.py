"""Generator of the data set "shapes": one coloured shape an image, drawn without jagged edges.

Each shape is a function of a point: its signed distance to the outline in pixels, negative inside. A pixel
within half a pixel of the outline takes a mixture of both colours.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convstudio.data.info import DatasetInfo
from convstudio.data.rendering import balanced_labels, to_bytes

Pixels = NDArray[np.float32]

_SEED = 2
_RADIUS = (0.2, 0.4)  # of the shorter side of the image
_TURN = np.pi / 8  # shapes are turned by up to this much, either way
_SHADE = 0.12  # how far the background's brightness may run from the middle to an edge
NOISE = 0.03  # standard deviation, of the range 0..1
_CLEAR = 0.3  # least difference in brightness between a shape and its background
_LUMA = np.array([0.299, 0.587, 0.114])  # brightness of red, green and blue (ITU-R BT.601)
_TRIES = 8


def _circle(x: Pixels, y: Pixels, r: Pixels) -> Pixels:
    distance: Pixels = np.hypot(x, y) - 0.95 * r
    return distance


def _square(x: Pixels, y: Pixels, r: Pixels) -> Pixels:
    distance: Pixels = np.maximum(abs(x), abs(y)) - 0.8 * r
    return distance


def _triangle(x: Pixels, y: Pixels, r: Pixels) -> Pixels:
    slanted = np.float32(np.sqrt(0.75)) * abs(x) - 0.5 * y
    distance: Pixels = np.maximum(slanted, y) - 0.55 * r
    return distance


def _cross(x: Pixels, y: Pixels, r: Pixels) -> Pixels:
    across = np.maximum(abs(x) - r, abs(y) - 0.3 * r)
    upright = np.maximum(abs(x) - 0.3 * r, abs(y) - r)
    distance: Pixels = np.minimum(across, upright)
    return distance


def _ring(x: Pixels, y: Pixels, r: Pixels) -> Pixels:
    distance: Pixels = abs(np.hypot(x, y) - 0.8 * r) - 0.2 * r
    return distance


_OUTLINES: dict[str, Callable[[Pixels, Pixels, Pixels], Pixels]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "cross": _cross,
    "ring": _ring,
}


def make_shapes(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images, uint8 (samples, 3, rows, columns), and labels, int64 (samples,); the same at every call."""
    rng = np.random.default_rng(_SEED)
    labels = balanced_labels(rng, facts.samples, len(facts.classes))
    inside = coverage(rng, labels, facts.classes, facts.axes)[:, np.newaxis]
    background = rng.random((facts.samples, 3))
    colour = clear_colour(rng, background)
    pictures = as_pixels(background) + shading(rng, facts)[:, np.newaxis]
    pictures += inside * (as_pixels(colour) - pictures)
    pictures += NOISE * rng.standard_normal(pictures.shape, dtype=np.float32)
    return to_bytes(pictures), labels


def coverage(
    rng: np.random.Generator, labels: NDArray[np.int64], names: tuple[str, ...], axes: tuple[int, ...]
) -> Pixels:
    """How much of each pixel the shape covers, 0..1, float32 (samples, rows, columns); a label is an index of `names`.

    Shapes lie and are turned at random.
    """
    x, y, radius = _placement(rng, len(labels), axes)
    covered = np.empty(x.shape, np.float32)
    for label, name in enumerate(names):
        own = labels == label
        covered[own] = np.clip(0.5 - _OUTLINES[name](x[own], y[own], radius[own]), 0, 1)
    return covered


def _placement(rng: np.random.Generator, samples: int, axes: tuple[int, ...]) -> tuple[Pixels, Pixels, Pixels]:
    """Where each pixel lies as seen from a shape that was moved and turned at random, and the shape's radius.

    In pixels: x and y float32 (samples, rows, columns), y downwards; radius float32 (samples, 1, 1).
    """
    rows, columns = axes
    each = (samples, 1, 1)
    radius = rng.uniform(*_RADIUS, each) * min(rows, columns)
    reach = 1.1 * radius + 0.5
    down = np.arange(rows)[:, np.newaxis] - rng.uniform(reach, rows - 1 - reach)
    right = np.arange(columns) - rng.uniform(reach, columns - 1 - reach)
    turn = rng.uniform(-_TURN, _TURN, each)
    x = np.cos(turn) * right + np.sin(turn) * down
    y = np.cos(turn) * down - np.sin(turn) * right
    return x.astype(np.float32), y.astype(np.float32), radius.astype(np.float32)


def clear_colour(rng: np.random.Generator, background: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour for each of the colours `background`, 0..1, both (samples, 3), _CLEAR or more apart in brightness.

    Of _TRIES random colours the first that is clear is taken; where none is, the farther of black and white.
    """
    brightness = background @ _LUMA
    candidates = rng.random((len(background), _TRIES + 1, 3))
    candidates[:, -1] = (brightness < 0.5)[:, np.newaxis]
    clear = abs(candidates @ _LUMA - brightness[:, np.newaxis]) >= _CLEAR
    chosen: NDArray[np.float64] = candidates[np.arange(len(background)), clear.argmax(axis=1)]
    return chosen


def as_pixels(colours: NDArray[np.float64]) -> Pixels:
    """Colours as pictures of one pixel, float32 (samples, 3, 1, 1)."""
    return colours.astype(np.float32)[:, :, np.newaxis, np.newaxis]


def shading(rng: np.random.Generator, facts: DatasetInfo) -> Pixels:
    """What is added to each background, a slope in any direction: float32 (samples, rows, columns)."""
    rows, columns = facts.axes
    direction = rng.uniform(0, 2 * np.pi, facts.samples)
    height = rng.uniform(0, _SHADE, facts.samples)
    down = np.outer(height * np.sin(direction), np.linspace(-1, 1, rows))
    right = np.outer(height * np.cos(direction), np.linspace(-1, 1, columns))
    return (down[:, :, np.newaxis] + right[:, np.newaxis, :]).astype(np.float32)
