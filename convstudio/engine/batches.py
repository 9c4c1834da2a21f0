"""The training samples in mini-batches, in an order that the seed and the number of the epoch decide."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from convstudio.engine import memory, seeding

PIECE = 32 * 2**20
"""Bytes of images that are put in order at a time: many batches of small images, one of large ones."""
Batch = tuple[Tensor, Tensor]


class Batches:
    """Cuts each epoch into `count` batches of `size` samples; the last may be smaller.

    With `no_single` a last batch of one sample is joined to the one before it: batch normalisation cannot work on a
    single value. Images stay in the memory format they have.
    """

    def __init__(self, images: Tensor, labels: Tensor, size: int, seed: int, no_single: bool = False) -> None:
        self._rows = images.movedim(1, -1).flatten(1) if _channels_last(images) else images.flatten(1)
        self._shape = images.shape[1:]
        self._last = _channels_last(images)
        self._labels = labels
        self._seed = seed
        self.sizes = _sizes(len(labels), size, no_single)
        self.count = len(self.sizes)
        self._grouped = max(1, PIECE // (memory.FLOAT * prod(self._shape) * size))
        self._size = size
        self._order: tuple[int, Tensor] | None = None
        self._piece: tuple[int, int, list[Batch]] | None = None

    def batch(self, epoch: int, number: int) -> Batch:
        """Images and labels of batch `number` (from 0) of `epoch` (from 0); the same for the same seed, always."""
        piece, within = divmod(number, self._grouped)
        if self._piece is None or self._piece[:2] != (epoch, piece):
            self._piece = None  # let go of the old one first
            self._piece = (epoch, piece, self._gathered(epoch, piece))
        return self._piece[2][within]

    def _gathered(self, epoch: int, piece: int) -> list[Batch]:
        """The batches of one piece: one gather each for images and labels, then slices."""
        first = piece * self._grouped
        sizes = self.sizes[first : first + self._grouped]
        start = first * self._size
        chosen = self._permutation(epoch)[start : start + sum(sizes)]
        images = torch.split(self._images(self._rows.index_select(0, chosen)), sizes)
        labels = torch.split(self._labels.index_select(0, chosen), sizes)
        return list(zip(images, labels, strict=True))

    def _permutation(self, epoch: int) -> Tensor:
        if self._order is None or self._order[0] != epoch:
            generator = torch.Generator().manual_seed(seeding.mixed(self._seed, "order", epoch))
            order = torch.randperm(len(self._labels), generator=generator)
            self._order = (epoch, order.to(self._labels.device))
        return self._order[1]

    def _images(self, rows: Tensor) -> Tensor:
        channels, *axes = self._shape
        if self._last:
            return rows.view(-1, *axes, channels).movedim(-1, 1)
        return rows.view(-1, channels, *axes)


def _sizes(samples: int, size: int, no_single: bool) -> list[int]:
    whole, rest = divmod(samples, size)
    sizes = [size] * whole + ([rest] if rest else [])
    if no_single and rest == 1 and whole:
        sizes[-2:] = [size + 1]
    return sizes


def _channels_last(images: Tensor) -> bool:
    """Whether the channels of a pixel lie side by side, by the strides: that is what torch chooses its kernels by."""
    return images.dim() > 3 and images.stride(1) == 1
