"""Layers that look beyond one sample, where several processes share a batch: they compute as one process would.

Batch normalisation goes by the mean and the variance of the whole batch (as in torch.nn.SyncBatchNorm, which does not
compute on CPUs). Dropout draws the mask of the whole batch in each process, from the same seed, and applies its part.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from convstudio.engine.team import Team


class Part(NamedTuple):
    """What a process computes of a batch of `whole` samples: `real` of them, from the one at `start`."""

    start: int
    real: int
    whole: int


class Link:
    """How layers know the other processes; only inside `of`, where all of them compute. `norms` of them are shared."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.norms = 0
        self.part: Part | None = None

    def of(self, part: Part) -> Link:
        """Inside, this process computes that part of the batch; samples behind the real ones count for nothing."""
        self._next = part
        return self

    def __enter__(self) -> None:
        self.part = self._next

    def __exit__(self, *error: object) -> None:
        self.part = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Link:
        """A copy of the network, made to look at it, is nobody's teammate."""
        return Link(self.team)


def linked(live: nn.Module, team: Team) -> Link:
    """Let every batch normalisation and dropout of `live` go by the whole batch from now on."""
    link = Link(team)
    for child in live.modules():
        if isinstance(child, _BatchNorm):
            child.forward = _SharedNorm(child, link)  # type: ignore[assignment]
            link.norms += 1
        elif isinstance(child, _DropoutNd):
            child.forward = _SharedDropout(child, link)
    return link


class _SharedDropout:
    """The forward pass of a dropout: its part of the mask that one process would draw for the whole batch."""

    def __init__(self, dropout: _DropoutNd, link: Link) -> None:
        self._dropout = dropout
        self._link = link

    def __call__(self, values: Tensor) -> Tensor:
        part, dropout = self._link.part, self._dropout
        if part is None or not dropout.training:
            found: Tensor = type(dropout).forward(dropout, values)
            return found
        mask: Tensor = type(dropout).forward(dropout, _ones(values, part.whole))
        start = part.start if part.real else 0  # a process without a sample computes one that counts for nothing
        return values * mask[start : start + len(values)]


def _ones(values: Tensor, whole: int) -> Tensor:
    """Ones for `whole` samples, which lie in memory as `values` do: masks are drawn in that order."""
    last = values.dim() > 3 and values.stride(1) == 1
    form = {4: torch.channels_last, 5: torch.channels_last_3d}[values.dim()] if last else torch.contiguous_format
    return torch.ones((whole, *values.shape[1:]), dtype=values.dtype, device=values.device).to(memory_format=form)


class _SharedNorm:
    """The forward pass of a batch normalisation: over the samples of all processes while they train."""

    def __init__(self, norm: _BatchNorm, link: Link) -> None:
        self._norm = norm
        self._link = link

    def __call__(self, values: Tensor) -> Tensor:
        part, norm = self._link.part, self._norm
        if part is None or not norm.training:
            found: Tensor = type(norm).forward(norm, values)
            return found
        exact = values.float()
        mean, variance, count = _moments(exact[: part.real])
        _remember(norm, mean.detach(), variance.detach() * count / (count - 1).clamp(min=1))
        form = (1, -1, *[1] * (values.dim() - 2))
        scale = torch.rsqrt(variance + norm.eps)
        result = (exact - mean.view(form)) * scale.view(form)
        if norm.affine:
            result = result * norm.weight.view(form) + norm.bias.view(form)
        return result.to(values.dtype)


def _moments(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance (channels,) over the samples and axes of all processes, and how many values that are."""
    axes = (0, *range(2, values.dim()))
    number = values.new_tensor([values.numel() // values.shape[1]])
    sums = _summed(torch.cat([values.sum(axes), number]))
    mean, count = sums[:-1] / sums[-1], sums[-1].detach()
    apart = values - mean.view(1, -1, *[1] * (values.dim() - 2))
    return mean, _summed(apart.square().sum(axes)) / count, count


def _remember(norm: _BatchNorm, mean: Tensor, variance: Tensor) -> None:
    """Let the running averages follow, as torch does."""
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    with torch.no_grad():
        norm.num_batches_tracked.add_(1)
        part = 1 / norm.num_batches_tracked.item() if norm.momentum is None else norm.momentum
        norm.running_mean.lerp_(mean, part)
        norm.running_var.lerp_(variance, part)


def _summed(values: Tensor) -> Tensor:
    found: Tensor = _Sum.apply(values)  # type: ignore[no-untyped-call]
    return found


class _Sum(torch.autograd.Function):
    """The sum over all processes; so is its gradient."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous().clone()
        dist.all_reduce(total)
        return total
