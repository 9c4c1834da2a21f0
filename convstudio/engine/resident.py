"""The samples of a run as tensors that stay on the device, so that no step waits for data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio.data import Dataset, to_float
from convstudio.engine import memory
from convstudio.engine.devices import laid_out
from convstudio.network.document import DataChoice
from convstudio.network.shape import Shape
from convstudio.network.task import TASKS, TaskName

KEPT_BYTES = 128 * 2**20
"""Samples of no more than this stay ready for the next run."""


@dataclass(frozen=True, eq=False)
class ResidentData:
    """Samples to train on and to validate with, on one device.

    Images are float32 from 0 to 1, (samples, channels, *axes), laid out in `memory_format`; labels int64,
    indices into `classes`, the names of the classes: (samples,), or (samples, *axes) where each pixel has one.
    """

    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    classes: tuple[str, ...]
    memory_format: torch.memory_format
    task: TaskName = "classes"
    dataset: Dataset | None = None
    """Where they come from."""

    @property
    def digest(self) -> str:
        """Tells the data set from one of the same shape with other contents; '' where it is not known."""
        return self.dataset.digest if self.dataset else ""

    @property
    def device(self) -> torch.device:
        return self.train_images.device

    @property
    def sample(self) -> Shape:
        """Shape of one sample."""
        channels, *axes = self.train_images.shape[1:]
        return Shape(channels, tuple(axes))

    @property
    def answer(self) -> Shape:
        """Shape of the answer for one sample."""
        return TASKS[self.task].answer(self.sample, len(self.classes))

    def laid_out(self, memory_format: torch.memory_format) -> ResidentData:
        """The same samples in another layout. MemoryFault when there is no room for them."""
        with memory.guarded("the samples in another memory format", "Choose the memory format before the run."):
            train, validation = (laid_out(i, memory_format) for i in (self.train_images, self.validation_images))
        return replace(self, train_images=train, validation_images=validation, memory_format=memory_format)

    def same_samples(self, other: ResidentData) -> bool:
        """Whether these are the samples of `other`, if in another layout."""
        return self.train_labels is other.train_labels


def resident(
    dataset: Dataset,
    choice: DataChoice,
    device: torch.device,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> ResidentData:
    """The data set, divided as `choice` says, on `device`.

    MemoryFault when it is too large for the device. The same choice gives the same division everywhere.
    """
    what, advice = f"The data set {dataset.info.title}", "Choose a smaller data set."
    memory.require(2 * memory.FLOAT * dataset.images.size, device, what, advice)
    train, validation = dataset.divided(choice.validation_share, choice.seed)
    with memory.guarded(what, advice):
        return ResidentData(
            *_placed(dataset, train, device, memory_format),
            *_placed(dataset, validation, device, memory_format),
            dataset.info.classes,
            memory_format,
            dataset.info.task,
            dataset,
        )


class SharedData:
    """Hands out samples, those of the same choice on the same device and in the same layout only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[DataChoice, str, torch.memory_format], ResidentData] = {}

    def resident(
        self, dataset: Dataset, choice: DataChoice, device: torch.device, memory_format: torch.memory_format
    ) -> ResidentData:
        """As the function of that name."""
        key = (choice, str(device), memory_format)
        if key not in self._known:
            self._known[key] = resident(dataset, choice, device, memory_format)
        return self._known[key]


class LastSamples(SharedData):
    """Hands out again what it handed out last, as long as nothing else is asked for and it is not large.

    What a run is rehearsed with, it begins with; and a run after it with the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dataset: Dataset | None = None

    def resident(
        self, dataset: Dataset, choice: DataChoice, device: torch.device, memory_format: torch.memory_format
    ) -> ResidentData:
        if (choice, str(device), memory_format) not in self._known or dataset is not self._dataset:
            self._known, self._dataset = {}, dataset  # the last go before the next come: there is room for one
        found = super().resident(dataset, choice, device, memory_format)
        if memory.FLOAT * dataset.images.size > KEPT_BYTES:
            self._known = {}
        return found


def _placed(
    dataset: Dataset, indices: NDArray[np.int64], device: torch.device, memory_format: torch.memory_format
) -> tuple[Tensor, Tensor]:
    images = torch.from_numpy(to_float(dataset.images[indices])).to(device)
    labels = torch.from_numpy(dataset.targets[indices]).to(device)
    return laid_out(images, memory_format), labels
