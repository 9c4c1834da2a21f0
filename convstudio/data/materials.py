"""Reader of the data set "materials": nine photographs cut into patches that do not overlap."""

import numpy as np
from numpy.typing import NDArray

from convstudio.assets import asset
from convstudio.data.image_file import read_image
from convstudio.data.info import DataError, DatasetInfo

PHOTOGRAPH = (480, 512)
"""Rows and columns of each photograph."""
_SEED = 4


def read_materials(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64], None, NDArray[np.float64]]:
    """Images, uint8 (samples, 3, rows, columns); labels, int64 (samples,); no masks; places, float64 (samples,).

    A place says how far to the right, from 0 to 1, a patch lies in its photograph. Raises DataError if a photograph
    is missing or damaged.
    """
    patches = np.concatenate([_patches(_photograph(facts, name), facts.axes) for name in facts.classes])
    each = len(patches) // len(facts.classes)
    columns = PHOTOGRAPH[1] // facts.axes[1]
    labels = np.repeat(np.arange(len(facts.classes), dtype=np.int64), each)
    places = np.tile(np.arange(each) % columns / (columns - 1), len(facts.classes))
    order = np.random.default_rng(_SEED).permutation(len(labels))
    return np.ascontiguousarray(patches[order]), labels[order], None, places[order]


def _photograph(facts: DatasetInfo, name: str) -> NDArray[np.uint8]:
    try:
        return read_image(asset("data", "materials", f"{name}.jpg"), facts.channels, PHOTOGRAPH)
    except (FileNotFoundError, DataError) as problem:
        raise DataError(f"The data set {facts.title!r} cannot be loaded. {problem}") from problem


def _patches(photograph: NDArray[np.uint8], axes: tuple[int, ...]) -> NDArray[np.uint8]:
    """A photograph (channels, rows, columns) cut up row by row: (patches, channels, *axes)."""
    channels, height, width = photograph.shape
    rows, columns = axes
    cut = photograph.reshape(channels, height // rows, rows, width // columns, columns)
    return cut.transpose(1, 3, 0, 2, 4).reshape(-1, channels, rows, columns)
