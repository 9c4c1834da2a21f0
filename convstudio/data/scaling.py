"""The one preprocessing rule of the program: bytes 0..255 become numbers 0..1."""

import numpy as np
from numpy.typing import NDArray


def to_float(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A new float32 array of the same shape, each byte divided by 255. Raises TypeError for another dtype."""
    if images.dtype != np.uint8:
        raise TypeError(f"to_float takes uint8 images, not {images.dtype}")
    return np.divide(images, np.float32(255), dtype=np.float32)
