"""Resident data: the samples of the data set, divided as chosen, as float32 in the chosen layout."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from convstudio.data import Dataset, DatasetInfo, split
from convstudio.engine import memory
from convstudio.engine import resident as module
from convstudio.engine.resident import LastSamples, resident
from convstudio.network.document import DataChoice
from convstudio.network.shape import Shape

CPU = torch.device("cpu")


def dataset(count: int = 40) -> Dataset:
    generator = np.random.default_rng(1)
    facts = DatasetInfo("noise", "Noise", "", 3, (4, 5), ("a", "b"), count, "CC0")
    images = generator.integers(0, 256, (count, 3, 4, 5), np.uint8)
    return Dataset(facts, images, np.arange(count) % 2)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_samples_lie_as_chosen(layout: torch.memory_format) -> None:
    source = dataset()
    choice = DataChoice(name="noise", validation_share=0.25, seed=4)
    data = resident(source, choice, CPU, layout)
    train, validation = split(source.labels, 0.25, 4)
    for images, labels, indices in (
        (data.train_images, data.train_labels, train),
        (data.validation_images, data.validation_labels, validation),
    ):
        assert images.dtype == torch.float32
        assert images.is_contiguous(memory_format=layout)
        np.testing.assert_array_equal(images.numpy(), source.images[indices].astype(np.float32) / np.float32(255))
        np.testing.assert_array_equal(labels.numpy(), source.labels[indices])
    assert data.classes == ("a", "b")
    assert data.sample == Shape(3, (4, 5))
    assert data.device == CPU


def test_data_that_does_not_fit_is_refused_with_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda device: 2**20)
    source = dataset(4000)
    with pytest.raises(memory.MemoryFault, match=r"data set Noise needs about 1 MiB, and only 1 MiB"):
        resident(source, DataChoice(), CPU)


def test_the_last_samples_are_ready_for_who_asks_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    source, choice, last = dataset(), DataChoice(name="noise"), LastSamples()
    first = last.resident(source, choice, CPU, torch.contiguous_format)
    assert last.resident(source, choice, CPU, torch.contiguous_format) is first
    assert last.resident(dataset(), choice, CPU, torch.contiguous_format) is not first  # other data of the same name
    other = last.resident(source, DataChoice(name="noise", seed=9), CPU, torch.contiguous_format)
    assert not torch.equal(other.train_images, first.train_images)
    monkeypatch.setattr(module, "KEPT_BYTES", 100)
    large = last.resident(source, choice, CPU, torch.contiguous_format)
    assert last.resident(source, choice, CPU, torch.contiguous_format) is not large
