"""Generator of the data set "gratings": noisy stripes whose orientation is the class."""

import numpy as np
from numpy.typing import NDArray

from convstudio.data.info import DatasetInfo
from convstudio.data.rendering import balanced_labels, to_bytes

_SEED = 1
_CYCLES = (2.0, 7.0)  # stripes across the image; fewer cannot be told from the next orientation
_CONTRAST = (0.2, 1.0)  # brightest minus darkest point
_NOISE = 0.06  # standard deviation, of the range 0..1


def make_gratings(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images, uint8 (samples, 1, rows, columns), and labels, int64 (samples,); the same at every call.

    Class k of n has stripes at k·180°/n to the horizontal, counter-clockwise as seen on a screen, where rows
    count downwards.
    """
    rng = np.random.default_rng(_SEED)
    labels = balanced_labels(rng, facts.samples, len(facts.classes))
    angles = labels.astype(np.float64) * (np.pi / len(facts.classes))
    phases = _phases(rng, angles, facts.axes)
    contrast = rng.uniform(*_CONTRAST, (facts.samples, 1, 1)).astype(np.float32)
    pictures = 0.5 + 0.5 * contrast * np.sin(phases)
    pictures += _NOISE * rng.standard_normal(pictures.shape, dtype=np.float32)
    return to_bytes(pictures[:, np.newaxis]), labels


def _phases(rng: np.random.Generator, angles: NDArray[np.float64], axes: tuple[int, ...]) -> NDArray[np.float32]:
    """The phase of each grating at each pixel, float32 (samples, rows, columns), in radians."""
    rows, columns = axes
    frequency = rng.uniform(*_CYCLES, angles.shape) * (2 * np.pi / columns)
    offset = rng.uniform(0, 2 * np.pi, angles.shape)
    downwards = np.outer(frequency * np.cos(angles), np.arange(rows)) + offset[:, np.newaxis]
    rightwards = np.outer(frequency * np.sin(angles), np.arange(columns))
    return (downwards[:, :, np.newaxis] + rightwards[:, np.newaxis, :]).astype(np.float32)
