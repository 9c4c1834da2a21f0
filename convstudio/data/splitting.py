"""The split of a data set into samples to train on and samples to validate with."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def split(
    labels: NDArray[np.int64], validation_share: float, seed: int, places: NDArray[np.float64] | None = None
) -> tuple[Indices, Indices]:
    """Indices of the training samples and of the validation samples, each int64 and ascending.

    Every sample is in exactly one of the two. Of each class, `validation_share` of its samples (rounded) are
    drawn for validation, but at least one sample of a class with two or more stays on either side; a class
    with a single sample is trained on. With `places`, one number a sample, those with the highest are drawn instead
    of random ones, and the seed decides nothing. The same arguments give the same split.

    Raises ValueError if labels are not one-dimensional integers, validation_share is not in (0, 1), or seed
    is negative.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be one-dimensional integers, not {labels.dtype} {labels.shape}")
    if not 0 < validation_share < 1:
        raise ValueError(f"validation_share must be between 0 and 1, not {validation_share}")
    keys = np.random.default_rng(seed).random(len(labels)) if places is None else -places
    order = np.lexsort((keys, labels))  # by class, at random within each
    drawn = _drawn(labels[order], validation_share)
    return np.sort(order[~drawn]), np.sort(order[drawn])


def _drawn(labels: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Which of these labels, sorted by class, are for validation: the first few of each class."""
    _, first, counts = np.unique(labels, return_index=True, return_counts=True)
    rank = np.arange(len(labels)) - np.repeat(first, counts)
    wanted = np.floor(counts * share + 0.5)
    wanted = np.minimum(np.maximum(wanted, 1), counts - 1)
    drawn: NDArray[np.bool_] = rank < np.repeat(wanted, counts)
    return drawn
