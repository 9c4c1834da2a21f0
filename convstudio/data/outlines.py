"""Generator of the data set "shapes-outlines": one or two coloured shapes an image, and what each pixel belongs to."""

import numpy as np
from numpy.typing import NDArray

from convstudio.data.info import DatasetInfo
from convstudio.data.rendering import balanced_labels, to_bytes
from convstudio.data.shapes import NOISE, as_pixels, clear_colour, coverage, shading

_SEED = 3
_ALONE = 0.4  # share of the images with a single shape


def make_outlines(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8]]:
    """Images, uint8 (samples, 3, rows, columns); labels, int64 (samples,); masks, uint8 (samples, rows, columns).

    A mask says for each pixel which class covers it: 0 the background, where no shape covers half of it. A label is
    the class of the shape in front. The same at every call.
    """
    rng = np.random.default_rng(_SEED)
    names = facts.classes[1:]
    background = rng.random((facts.samples, 3))
    pictures = as_pixels(background) + shading(rng, facts)[:, np.newaxis]
    masks = np.zeros((facts.samples, *facts.axes), np.uint8)
    there = rng.random(facts.samples) >= _ALONE
    for present in (there, np.ones_like(there)):  # the shape behind, then the one in front
        labels = balanced_labels(rng, facts.samples, len(names))
        inside = coverage(rng, labels, names, facts.axes) * present[:, np.newaxis, np.newaxis]
        pictures += inside[:, np.newaxis] * (as_pixels(clear_colour(rng, background)) - pictures)
        masks = np.where(inside >= 0.5, (labels + 1).astype(np.uint8)[:, np.newaxis, np.newaxis], masks)
    pictures += NOISE * rng.standard_normal(pictures.shape, dtype=np.float32)
    return to_bytes(pictures), labels + 1, masks
