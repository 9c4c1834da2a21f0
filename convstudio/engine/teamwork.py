"""One step of training by several processes: as one process would do it with the whole batch, up to rounding.

Torch's DistributedDataParallel takes the mean of the gradients of all processes. Each process therefore lets its loss
count by its part of the batch, times their number. Batch normalisation goes by the mean and the variance of the whole
batch (as in torch.nn.SyncBatchNorm, which does not compute on CPUs).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from convstudio.engine import task
from convstudio.engine.devices import DeviceFault
from convstudio.engine.forward import SWITCH_OFF, Forward, Pass
from convstudio.engine.team import Team

ASKED_EVERY = 16
"""On an accelerator the processes look so often, in steps, whether one was asked to stop: looking means waiting."""


class Shared(NamedTuple):
    """What a step came to: what is to be lowered here, and loss, right answers and targets of the whole batch."""

    loss: Tensor
    whole: Tensor
    hits: Tensor
    targets: int


class Teamwork:
    """Computes batches together with the other processes. `stopping` says that one of them was asked to stop."""

    def __init__(self, team: Team, live: nn.Module, forward: Forward, device: torch.device) -> None:
        self._team = team
        self._forward = forward
        self._immediate = device.type == "cpu"
        self._steps = 0
        self._link = _linked(live, team)
        if forward.compiled and self._link.norms:
            raise DeviceFault(f"Batch normalisation over several processes cannot be compiled. {SWITCH_OFF}")
        places = None if self._immediate else [device.index]
        whole = _Whole(live, forward.computed)
        self._computed = DistributedDataParallel(whole, device_ids=places)
        self.stopping = False

    def step(self, images: Tensor, labels: Tensor, smoothing: float, asked: bool) -> Shared:
        """The forward pass of a whole batch, of which this process computes its share."""
        share = self._team.share(len(labels))
        mine, answers = images[share], labels[share]
        real = len(answers)
        if not real:  # a process without a sample computes one that counts for nothing, as all must take part
            mine, answers = images[:1], labels[:1]
        with self._link.of(real):
            scores = self._forward.by(self._computed, mine)
        if real:
            loss = task.loss(scores, answers, smoothing) * (real / len(labels))
            hits = task.right(scores, answers).sum()
        else:
            loss, hits = scores.sum() * 0, labels.new_zeros(())
        sums = torch.stack([loss.detach().double(), hits.double(), hits.new_tensor(float(asked), dtype=torch.double)])
        self._team.summed(sums)
        self._steps += 1
        if self._immediate or self._steps % ASKED_EVERY == 0:
            self.stopping = bool(sums[2].item())
        return Shared(loss * self._team.count, sums[0], sums[1], labels.numel())


class _Whole(nn.Module):
    """The network as torch's wrapper needs it: a module with its weights, whose forward pass may be a compiled one."""

    def __init__(self, live: nn.Module, computed: Pass) -> None:
        super().__init__()
        self.live = live
        self._computed = computed

    def forward(self, images: Tensor) -> Tensor:
        return self._computed(images)


class _Link:
    """How batch normalisations reach the other processes; only inside `of`, where all of them compute."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.norms = 0
        self.real: int | None = None

    def of(self, real: int) -> _Link:
        """Inside, the first `real` samples of this process count."""
        self._next = real
        return self

    def __enter__(self) -> None:
        self.real = self._next

    def __exit__(self, *error: object) -> None:
        self.real = None

    def __deepcopy__(self, memo: dict[int, Any]) -> _Link:
        """A copy of the network, made to look at it, is nobody's teammate."""
        return _Link(self.team)


def _linked(live: nn.Module, team: Team) -> _Link:
    """Let every batch normalisation of `live` go by the whole batch from now on."""
    link = _Link(team)
    for child in live.modules():
        if isinstance(child, _BatchNorm):
            child.forward = _SharedNorm(child, link)  # type: ignore[assignment]
            link.norms += 1
    return link


class _SharedNorm:
    """The forward pass of a batch normalisation: over the samples of all processes while they train."""

    def __init__(self, norm: _BatchNorm, link: _Link) -> None:
        self._norm = norm
        self._link = link

    def __call__(self, values: Tensor) -> Tensor:
        real, norm = self._link.real, self._norm
        if real is None or not norm.training:
            found: Tensor = type(norm).forward(norm, values)
            return found
        exact = values.float()
        mean, variance, count = _moments(exact[:real])
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
