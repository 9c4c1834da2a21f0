"""A data set in memory, and the one way to load it by name."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstudio.assets import asset
from convstudio.data.archive import read_archive
from convstudio.data.gratings import make_gratings
from convstudio.data.info import DataError, DatasetInfo, info
from convstudio.data.materials import read_materials
from convstudio.data.outlines import make_outlines
from convstudio.data.shapes import make_shapes
from convstudio.data.splitting import split


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of one data set, in an order that mixes the classes. The arrays are read-only.

    Where each pixel has a class of its own, `masks` hold them, and a label is the class of what matters most in the
    image: by labels the samples are divided. Where samples are parts of larger pictures, `places` say how far to the
    right each lies; what is kept back then comes from the right, apart from what is trained on.
    """

    info: DatasetInfo
    images: NDArray[np.uint8]  # (samples, channels, *axes)
    labels: NDArray[np.int64]  # (samples,), indices into info.classes
    masks: NDArray[np.uint8] | None = None  # (samples, *axes), indices into info.classes
    places: NDArray[np.float64] | None = None  # (samples,), from 0 to 1

    @property
    def targets(self) -> NDArray[np.int64]:
        """What a network should answer: a class for each sample (samples,), or for each pixel (samples, *axes)."""
        return self.labels if self.masks is None else self.masks.astype(np.int64)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all samples and their targets, in hexadecimal digits: other data have another."""
        found = hashlib.sha256()
        for array in (self.images, self.labels, self.masks, self.places):
            if array is not None:
                found.update(f"{array.dtype}{array.shape}".encode())
                found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    def targets_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The `targets` of these samples only."""
        return self.labels[numbers] if self.masks is None else self.masks[numbers].astype(np.int64)

    def divided(self, validation_share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the samples to train on and of those to validate with; see `split`."""
        return split(self.labels, validation_share, seed, self.places)


def load(name: str) -> Dataset:
    """The data set of that name; the first call reads or generates it, later calls return the same object.

    Raises DataError if there is no such data set, or if its file is missing or damaged.
    """
    return _load(info(name))


@cache
def _load(facts: DatasetInfo) -> Dataset:
    images, labels, *more = _SOURCES[facts.name](facts)
    for array in (images, labels, *more):
        if array is not None:
            array.setflags(write=False)
    return Dataset(facts, images, labels, *more)


def _read_digits(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    try:
        path = asset("data", "mnist5k.npz")
    except FileNotFoundError as problem:
        raise DataError(f"The data set {facts.title!r} cannot be loaded. {problem}") from problem
    return read_archive(path, facts)


_SOURCES: dict[str, Callable[[DatasetInfo], tuple[Any, ...]]] = {
    "digits": _read_digits,
    "gratings": make_gratings,
    "shapes": make_shapes,
    "shapes-outlines": make_outlines,
    "materials": read_materials,
}
"""By name: what gives images and labels, and after them masks and places, as far as there are any."""
