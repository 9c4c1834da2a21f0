"""What the generators share: labels in a mixed order, and pictures as bytes."""

import numpy as np
from numpy.typing import NDArray


def balanced_labels(rng: np.random.Generator, samples: int, classes: int) -> NDArray[np.int64]:
    """Labels 0..classes-1, int64 (samples,), each as often as the others (to within one), in random order."""
    return rng.permutation(np.arange(samples, dtype=np.int64) % classes)


def to_bytes(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Pictures of the same shape with 0..1 as 0..255, rounded and clipped. Overwrites `pictures`."""
    pictures *= 255
    np.rint(pictures, out=pictures)
    np.clip(pictures, 0, 255, out=pictures)
    return pictures.astype(np.uint8)
