"""What computing takes of this machine: processor, memory, graphics card; what the system does not tell is None."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from convstudio.engine import memory
from convstudio.engine.devices import cpu_cores

PAGE = 4096


class Reading(NamedTuple):
    """One look. `cores` is how many cores this process kept busy since the last look, of `all_cores` that it may use.

    `machine` is the share of all cores that were busy, by whomever, 0 to 1. Memory is in bytes: `own` that of this
    process, `used` and `total` of the machine or its container; `card_own`, `card_used` and `card_total` those of the
    graphics card.
    """

    cores: float
    all_cores: int
    machine: float | None
    own: int | None
    used: int | None
    total: int | None
    card_own: int | None = None
    card_used: int | None = None
    card_total: int | None = None


class Meters:
    """Reads what has changed since it was last asked."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._at, self._spent, self._ticks = clock(), time.process_time(), _ticks()

    def read(self, device: torch.device) -> Reading:
        """Now; `device` is the one that computes."""
        at, spent, ticks = self._clock(), time.process_time(), _ticks()
        cores = (spent - self._spent) / max(1e-6, at - self._at)
        machine = _busy(self._ticks, ticks)
        self._at, self._spent, self._ticks = at, spent, ticks
        free, total = memory.available(torch.device("cpu")), memory.total()
        used = max(0, total - free) if total is not None and free is not None else None
        return Reading(cores, cpu_cores(), machine, _own(), used, total, *_card(device))


def _ticks() -> tuple[int, int] | None:
    """(busy, all) ticks of all cores since the machine started, on Linux."""
    try:
        first = Path("/proc/stat").read_text().partition("\n")[0]
        counts = [int(word) for word in first.split()[1:9]]
    except (OSError, ValueError):
        return None
    idle = sum(counts[3:5])
    return sum(counts) - idle, sum(counts)


def _busy(before: tuple[int, int] | None, now: tuple[int, int] | None) -> float | None:
    if before is None or now is None or now[1] <= before[1]:
        return None
    return min(1.0, max(0.0, (now[0] - before[0]) / (now[1] - before[1])))


def _own() -> int | None:
    """Memory of this process: what it holds now on Linux, the most that it has held on other systems like Unix."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _card(device: torch.device) -> tuple[int | None, int | None, int | None]:
    if device.type != "cuda":
        return None, None, None
    free, total = torch.cuda.mem_get_info(device)
    return torch.cuda.memory_reserved(device), total - free, total
