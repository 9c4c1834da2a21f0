"""One step of training by several processes: as one process would do it with the whole batch, up to rounding.

Torch's DistributedDataParallel takes the mean of the gradients of all processes. Each process therefore lets its loss
count by its part of the batch, times their number. Layers that look beyond one sample are shared: see `sharing`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from convstudio.engine import task
from convstudio.engine.devices import DeviceFault
from convstudio.engine.forward import SWITCH_OFF, Forward, Pass
from convstudio.engine.sharing import Part, linked
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
        self._link = linked(live, team)
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
        with self._link.of(Part(share.start, real, len(labels))):
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
