"""A drawing as a sample: brought to the size of the data set's samples, and treated as those were."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

Bytes = NDArray[np.uint8]


def as_sample(picture: Bytes, channels: int, axes: tuple[int, ...], longest: int = 0) -> Bytes:
    """`picture`, uint8 (rows, columns, 3), as a sample: uint8 (channels, *axes), in grey (1 channel) or colour (3).

    With `longest`, what is brighter than black is scaled until its longer side has so many pixels, its brightest point
    is made white, and its centre of mass is put into the middle pixel, the lower right one of four: the preparation of
    MNIST (LeCun et al. 1998, section III-A). Otherwise the whole picture is brought to the size of a sample.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture), "RGB").convert("L" if channels == 1 else "RGB")
    rows, columns = axes
    if longest and channels == 1:
        return _centred(image, rows, columns, longest)[None]
    small = np.array(image.resize((columns, rows), Image.Resampling.BOX), np.uint8)
    return np.ascontiguousarray(np.moveaxis(small.reshape(rows, columns, channels), -1, 0))


def _centred(image: Image.Image, rows: int, columns: int, longest: int) -> Bytes:
    box = image.getbbox()
    sample = np.zeros((rows, columns), np.uint8)
    if box is None:
        return sample
    ink = _stretched(_scaled(image.crop(box), longest))
    down, across = (ceil(middle - mass) for middle, mass in zip((rows / 2, columns / 2), _mass(ink), strict=True))
    down = min(max(down, 0), rows - ink.shape[0])
    across = min(max(across, 0), columns - ink.shape[1])
    sample[down : down + ink.shape[0], across : across + ink.shape[1]] = ink
    return sample


def _scaled(ink: Image.Image, longest: int) -> Bytes:
    """The longer side gets `longest` pixels, the shorter one as many as belong to it."""
    from PIL import Image

    factor = longest / max(ink.size)
    size = (max(1, round(ink.width * factor)), max(1, round(ink.height * factor)))
    return np.array(ink.resize(size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BILINEAR), np.uint8)


def _stretched(ink: Bytes) -> Bytes:
    """The brightest pixel becomes 255; one that is all black (thin dust) stays."""
    brightest = int(ink.max())
    return np.rint(ink * (255 / brightest)).astype(np.uint8) if brightest else ink


def _mass(ink: Bytes) -> tuple[float, float]:
    """The centre of mass, in pixels from the upper left corner; the middle where there is no mass."""
    weight = ink.astype(np.float64)
    total = weight.sum()
    if not total:
        return ink.shape[0] / 2, ink.shape[1] / 2
    down, across = (np.arange(length) + 0.5 for length in ink.shape)
    return float((weight.sum(1) * down).sum() / total), float((weight.sum(0) * across).sum() / total)
