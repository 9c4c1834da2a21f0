"""Data sets as numpy arrays: what there is, loading it, splitting it, and an image file as a sample.

What a data set is called and how large it is can be asked without numpy being imported; everything that
touches an array is imported when it is first asked for (PEP 562), so that the window can show itself before.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from convstudio.data.info import DataError, DatasetInfo, available, info

if TYPE_CHECKING:
    from convstudio.data.dataset import Dataset, load
    from convstudio.data.drawing import as_sample
    from convstudio.data.image_file import fit_picture, read_image
    from convstudio.data.scaling import to_float
    from convstudio.data.splitting import split

__all__ = [
    "DataError",
    "Dataset",
    "DatasetInfo",
    "as_sample",
    "available",
    "fit_picture",
    "info",
    "load",
    "read_image",
    "split",
    "to_float",
]

_LATER = {
    "Dataset": "convstudio.data.dataset",
    "as_sample": "convstudio.data.drawing",
    "fit_picture": "convstudio.data.image_file",
    "load": "convstudio.data.dataset",
    "read_image": "convstudio.data.image_file",
    "split": "convstudio.data.splitting",
    "to_float": "convstudio.data.scaling",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
