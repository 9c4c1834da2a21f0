"""A data set in memory, and the one way to load it by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from convstudio.assets import asset
from convstudio.data.archive import read_archive
from convstudio.data.gratings import make_gratings
from convstudio.data.info import DataError, DatasetInfo, info
from convstudio.data.shapes import make_shapes


@dataclass(frozen=True, eq=False)
class Dataset:
    """All samples of one data set, in an order that mixes the classes. The arrays are read-only."""

    info: DatasetInfo
    images: NDArray[np.uint8]  # (samples, channels, *axes)
    labels: NDArray[np.int64]  # (samples,), indices into info.classes


def load(name: str) -> Dataset:
    """The data set of that name; the first call reads or generates it, later calls return the same object.

    Raises DataError if there is no such data set, or if its file is missing or damaged.
    """
    return _load(info(name))


@cache
def _load(facts: DatasetInfo) -> Dataset:
    images, labels = _SOURCES[facts.name](facts)
    images.setflags(write=False)
    labels.setflags(write=False)
    return Dataset(facts, images, labels)


def _read_digits(facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    try:
        path = asset("data", "mnist5k.npz")
    except FileNotFoundError as problem:
        raise DataError(f"The data set {facts.title!r} cannot be loaded. {problem}") from problem
    return read_archive(path, facts)


_SOURCES: dict[str, Callable[[DatasetInfo], tuple[NDArray[np.uint8], NDArray[np.int64]]]] = {
    "digits": _read_digits,
    "gratings": make_gratings,
    "shapes": make_shapes,
}
