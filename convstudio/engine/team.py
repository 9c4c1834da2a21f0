"""The processes that train one network together, each on its part of every batch, as torchrun starts them.

Torchrun tells each process its place by environment variables (docs.pytorch.org/docs/stable/elastic/run.html). A
process that is alone is a team of one, for which nothing here costs anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

from convstudio.engine.devices import DeviceFault

PATIENCE = timedelta(minutes=10)
"""So long one process waits for another before it takes it for lost."""
BACKENDS = {"cuda": "cpu:gloo,cuda:nccl", "xpu": "cpu:gloo,xpu:xccl"}
"""How processes exchange numbers, by kind of accelerator; without one by gloo."""
LAUNCHER = os.getppid() if "TORCHELASTIC_RUN_ID" in os.environ else 0
"""The process number of the torchrun that has started this process; 0 where none has."""
BREAKS = ("gloo", "NCCL", "Connection reset", "Connection closed", "Timed out")


class TeamFault(Exception):
    """Another process of the team is gone, or cannot be reached; `words` are for people."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Team:
    """`count` processes; this one is number `rank`, and number `local` on its machine."""

    rank: int = 0
    count: int = 1
    local: int = 0

    @property
    def first(self) -> bool:
        """The one that writes the run down and speaks to the person."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        return self.count == 1

    def share(self, size: int) -> slice:
        """Which of `size` samples this process computes; the shares of all differ by one at most."""
        return slice(size * self.rank // self.count, size * (self.rank + 1) // self.count)

    def summed(self, numbers: Tensor) -> Tensor:
        """The sum of what all processes bring, in place; each must call it, in the same order."""
        if not self.alone:
            dist.all_reduce(numbers)
        return numbers

    def mean(self, values: Tensor) -> float:
        """The mean of the numbers (n,) of all processes; double on the CPU."""
        if self.alone:
            return values.mean().item()
        total, count = self.summed(torch.stack([values.sum(), values.new_tensor(len(values))])).tolist()
        return float(total / count)

    def told(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """What the first process brings; the others bring as many numbers, which do not matter."""
        if self.alone:
            return numbers
        found = torch.tensor(numbers, dtype=torch.int64)
        dist.broadcast(found, 0)
        return tuple(found.tolist())

    def device(self, chosen: torch.device) -> torch.device:
        """Where this process computes: each on a graphics card of its own. DeviceFault when there are too few."""
        if self.alone or chosen.type == "cpu":
            return chosen
        if chosen.type not in BACKENDS:
            raise DeviceFault(f"Several processes cannot share the device {chosen}. Add --device cpu.")
        there = torch.accelerator.device_count()
        if self.local >= there:
            raise DeviceFault(
                f"This is process {self.local + 1} on this machine, and there are {there} graphics cards. "
                "Start fewer processes, or add --device cpu."
            )
        torch.accelerator.set_device_index(self.local)
        return torch.device(chosen.type, self.local)

    def words(self, device: str) -> str:
        """'cpu', 'cpu × 4'."""
        return device if self.alone else f"{device} × {self.count}"


ALONE = Team()


def own() -> Team:
    """The team of this process."""
    if not dist.is_available() or not dist.is_initialized():
        return ALONE
    return Team(dist.get_rank(), dist.get_world_size(), int(os.environ.get("LOCAL_RANK", "0")))


def wanted() -> bool:
    """Whether torchrun has started this process as one of several."""
    size = os.environ.get("WORLD_SIZE", "1")
    return size.isdigit() and int(size) > 1 and "RANK" in os.environ


def orphaned() -> bool:
    """Whether torchrun has started this process and is gone (killed): then nobody is left who could stop it."""
    return LAUNCHER != 0 and os.getppid() != LAUNCHER


@contextmanager
def joined() -> Iterator[Team]:
    """Inside, this process belongs to the team that torchrun has made of it. TeamFault when that breaks."""
    if not wanted():
        yield ALONE
        return
    with in_words():
        kind = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        dist.init_process_group(BACKENDS.get(kind.type if kind else "", "gloo"), timeout=PATIENCE)
        yield own()
    dist.destroy_process_group()  # not after an error: it would wait for those who are gone


@contextmanager
def in_words() -> Iterator[None]:
    """Inside, what torch says when another process is gone becomes a TeamFault."""
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and not any(part in str(error) for part in BREAKS):
            raise
        raise TeamFault(
            "Another process of this training has ended, or cannot be reached. What it said stands above; "
            "--resume goes on from the last checkpoint."
        ) from error
