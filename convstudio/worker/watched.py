"""The watched sample: the one that the feature maps are of."""

from __future__ import annotations

from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio import data
from convstudio.data import DataError, Dataset
from convstudio.engine.project import validation_part
from convstudio.network.document import DataChoice
from convstudio.network.shape import Shape
from convstudio.protocol.messages import Array, FindMistake, WatchSample

Images = NDArray[np.uint8]
Numbers = NDArray[np.int64]


class Watched:
    """A sample of the validation part by its number, or a picture that the window sent.

    `version` grows whenever it becomes another one.
    """

    def __init__(self) -> None:
        self.version = 0
        self._choice: DataChoice | None = None
        self._part: tuple[Dataset, Numbers] | None = None
        self._samples: Images | None = None
        self._number = 0
        self._picture: Images | None = None

    def choose(self, choice: DataChoice) -> None:
        """Take samples from this data set. DataError when it cannot be had.

        Then, and when none is chosen, only pictures can be watched.
        """
        if choice == self._choice:
            return
        self._choice, self._samples, self._part = choice, None, None
        self.version += 1
        if not choice.none:
            self._part = dataset, numbers = validation_part(choice)
            self._samples = dataset.images[numbers]

    def watch(self, request: WatchSample) -> None:
        """Watch another sample. DataError when there is none of that number, or the picture is none.

        Before there is a document, and with it a data set, the number is only kept.
        """
        picture = _picture(request.image) if request.image else None
        count = None if self._samples is None else len(self._samples)
        if picture is None and count is not None and not 0 <= request.number < count:
            raise DataError(f"There is no sample {request.number}: the validation part has {count}, counted from 0.")
        self._number, self._picture = request.number, picture
        self.version += 1

    def order(self, request: FindMistake) -> tuple[Dataset, Numbers, Numbers]:
        """The data set, the numbers in it of the validation samples, and which of those are to be tried, in order.

        DataError when there are none.
        """
        if self._part is None:
            raise DataError("There are no samples to look for mistakes in: choose a data set.")
        dataset, numbers = self._part
        places = np.roll(np.arange(len(numbers)), -1 - request.after)
        places = np.roll(places[::-1], -1) if request.back else places
        if request.label >= 0:
            places = places[dataset.labels[numbers[places]] == request.label]
        return dataset, numbers, places

    def fits(self, shape: Shape) -> bool:
        """Whether the sample has the shape of the network's input."""
        image = self._image()
        return image is not None and image.shape == shape.dims

    def has_samples(self, shape: Shape) -> bool:
        """Whether there are samples of the data set, of the shape of the network's input."""
        return self._samples is not None and len(self._samples) > 0 and self._samples.shape[1:] == shape.dims

    @property
    def all(self) -> Images:
        """All samples of the validation part."""
        assert self._samples is not None
        return self._samples

    def some(self, count: int) -> Tensor:
        """The first samples of the validation part, float32 (samples, channels, *axes), values 0 to 1."""
        assert self._samples is not None
        return torch.from_numpy(data.to_float(self._samples[:count]))

    def sample(self, shape: Shape) -> Tensor | None:
        """The sample as float32 (channels, *axes), values 0 to 1; None when it does not fit."""
        image = self._image()
        if image is None or image.shape != shape.dims:
            return None
        return torch.from_numpy(data.to_float(image))

    def _image(self) -> Images | None:
        """The picture, or the sample of that number; the first where another data set or split has fewer."""
        if self._picture is not None or self._samples is None:
            return self._picture
        found: Images = self._samples[self._number if self._number < len(self._samples) else 0]
        return found


def unfit(shape: Shape) -> str:
    """What is said where no sample has the shape of the network's input, and what to do."""
    words = "There is no sample that fits the network's input:"
    if len(shape.axes) == 1:
        return f"{words} it takes signals. Choose no data set, and a test signal goes through the network."
    return f"{words} choose a data set or an image."


def _picture(image: Array) -> Images:
    if image.kind != "uint8" or not image.shape or min(image.shape) < 1 or len(image.data) != prod(image.shape):
        raise DataError(f"A picture must be uint8, channels × axes; {image.kind} {image.shape} arrived.")
    return np.frombuffer(image.data, np.uint8).reshape(image.shape)
