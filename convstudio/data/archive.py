"""Reader of a data set stored as .npz: a zip file with the arrays `images` and `labels`, trusted in nothing.

Each array must declare exactly the shape and type that the data set has, before anything of it is read. So a
damaged or hostile file can neither start a pickle nor ask for more memory than the data set needs. `numpy.load`
accepts more, and meets a damaged header with a second parser that has errors and warnings of its own.
"""

import ast
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from convstudio.data.info import DataError, DatasetInfo

# Everything that reading and parsing raise on bytes that are not what they should be.
_DAMAGE = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError),
    *(ValueError, TypeError, SyntaxError, MemoryError),
)


def read_archive(path: Path, facts: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images, uint8 (samples, channels, *axes), and labels, int64 (samples,), of one data set.

    The file holds both as uint8. Raises DataError if it cannot be read or is not the data set that `facts`
    describe.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            images = _read_member(archive, "images", (facts.samples, facts.channels, *facts.axes))
            labels = _read_member(archive, "labels", (facts.samples,))
        _check_labels(labels, len(facts.classes))
    except _DAMAGE as problem:
        raise DataError(
            f"The data set {facts.title!r} cannot be read from {path}: {problem}. "
            "Put a good copy of the file there, or install ConvStudio again."
        ) from problem
    return images, labels.astype(np.int64)


def _read_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """One array, which must be uint8 of that shape, stored by rows; otherwise one of the errors of _DAMAGE."""
    if f"{name}.npy" not in archive.namelist():
        raise ValueError(f"it has no array {name!r}")
    with archive.open(f"{name}.npy") as stream:
        found = _read_header(stream)
        wanted = {"descr": "|u1", "fortran_order": False, "shape": shape}
        if found != wanted:
            raise ValueError(f"its array {name!r} is {found}, not {wanted}")
        content = stream.read(math.prod(shape) + 1)
    if len(content) != math.prod(shape):
        raise ValueError(f"its array {name!r} does not have the {math.prod(shape)} bytes that it declares")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _read_header(stream: IO[bytes]) -> object:
    """What an .npy stream declares about its array; its data is left unread."""
    version = npy.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"its arrays are in version {version} of the .npy format, not (1, 0)")
    length = int.from_bytes(stream.read(2), "little")
    declared: object = ast.literal_eval(stream.read(length).decode("latin-1"))
    return declared


def _check_labels(labels: NDArray[np.uint8], classes: int) -> None:
    highest = int(labels.max(initial=0))
    if highest >= classes:
        raise ValueError(f"its label {highest} stands for none of the {classes} classes")
