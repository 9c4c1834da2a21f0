"""Arrays of the protocol as numpy arrays, checked before anybody trusts them."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from convstudio.protocol.messages import Array

Numbers = NDArray[np.generic]


class ArrayError(ValueError):
    """An array whose bytes do not fit what it says about itself; the text is a sentence for people."""


def array(message: Array) -> Numbers:
    """`message` as a read-only array that shares its bytes.

    ArrayError when the number of bytes does not fit kind and shape, or when a length is negative.
    """
    kind = np.dtype(message.kind)
    if any(length < 0 for length in message.shape):
        raise ArrayError(f"An array came with a negative length: {_shape(message)}. Restart the worker.")
    wanted = prod(message.shape) * kind.itemsize
    if len(message.data) != wanted:
        raise ArrayError(
            f"An array of {_shape(message)} numbers ({message.kind}) needs {wanted} bytes, but {len(message.data)} "
            "came. Restart the worker."
        )
    return np.frombuffer(message.data, kind).reshape(message.shape)


def floats(message: Array) -> NDArray[np.float32]:
    """`message` as float32; bytes and whole numbers are converted. ArrayError as for `array`."""
    return array(message).astype(np.float32, copy=False)


def octets(message: Array) -> NDArray[np.uint8]:
    """`message` as uint8. ArrayError as for `array`, and when the numbers are of another kind."""
    if message.kind != "uint8":
        raise ArrayError(f"Feature maps come as uint8 numbers, but {message.kind} came. Restart the worker.")
    return array(message).astype(np.uint8, copy=False)


def _shape(message: Array) -> str:
    return " × ".join(str(length) for length in message.shape) or "0-dimensional"
