"""Mini-batches: every sample once an epoch, in an order that depends on seed and epoch, in the memory format given."""

from __future__ import annotations

import pytest
import torch

from convstudio.engine import batches
from convstudio.engine.batches import Batches


def numbered(count: int, *shape: int) -> torch.Tensor:
    """Images that all hold their own number, so that a sample can be told from its label."""
    return torch.arange(count, dtype=torch.float32).view(-1, *[1] * len(shape)).expand(count, *shape).contiguous()


@pytest.mark.parametrize("shape", [(3,), (2, 5), (1, 4, 4), (3, 4, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize("last", [False, True])
def test_images_keep_values_shape_and_layout(
    shape: tuple[int, ...], last: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    images = torch.rand(11, *shape)
    layout = formats.get(images.dim(), torch.contiguous_format) if last else torch.contiguous_format
    images = torch.empty_like(images, memory_format=layout).copy_(images)
    monkeypatch.setattr(batches, "PIECE", 4 * images[0].numel() * 6)  # pieces of two batches
    made = Batches(images, torch.arange(11), 3, seed=1)
    for number in range(made.count):
        some, labels = made.batch(0, number)
        assert torch.equal(some, images[labels])
        assert some.is_contiguous(memory_format=layout)
        assert some.stride()[1:] == images.stride()[1:]  # by which torch chooses its kernels


@pytest.mark.parametrize(
    ("samples", "size", "no_single", "sizes"),
    [
        (10, 5, False, [5, 5]),
        (11, 5, False, [5, 5, 1]),
        (11, 5, True, [5, 6]),
        (12, 5, True, [5, 5, 2]),
        (3, 5, True, [3]),
        (1, 5, True, [1]),
        (2, 1, True, [1, 1]),
        (6, 5, True, [6]),
    ],
)
def test_the_last_batch_is_trained_too(samples: int, size: int, no_single: bool, sizes: list[int]) -> None:
    made = Batches(numbered(samples, 1, 2, 2), torch.arange(samples), size, 0, no_single)
    assert made.sizes == sizes
    assert [len(made.batch(0, n)[1]) for n in range(made.count)] == sizes


@pytest.mark.parametrize("piece", [1, 200, 10**6])
def test_every_sample_comes_once_an_epoch(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PIECE", piece)
    made = Batches(numbered(23, 1, 2, 2), torch.arange(23), 4, seed=7, no_single=True)
    orders = []
    for epoch in range(2):
        parts = [made.batch(epoch, n) for n in range(made.count)]
        labels = torch.cat([part[1] for part in parts])
        assert torch.equal(torch.cat([part[0] for part in parts])[:, 0, 0, 0], labels.float())
        assert labels.sort().values.tolist() == list(range(23))
        orders.append(labels.tolist())
    assert orders[0] != orders[1]


def test_the_order_depends_on_seed_and_epoch_and_not_on_what_was_asked_before() -> None:
    images, labels = numbered(40, 1, 2, 2), torch.arange(40)
    first, second, other = (Batches(images, labels, 8, seed) for seed in (1, 1, 2))
    first.batch(0, 0)
    first.batch(5, 3)
    assert torch.equal(first.batch(2, 1)[1], second.batch(2, 1)[1])
    assert not torch.equal(first.batch(2, 1)[1], other.batch(2, 1)[1])
