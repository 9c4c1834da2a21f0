"""How much memory computing needs, how much there is, and the words for when that is not enough."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

FLOAT = 4
"""Bytes of a float32."""
CONTAINER = Path("/sys/fs/cgroup")
_REFUSALS = ("DefaultCPUAllocator", "not enough memory", "can't allocate memory", "out of memory")


class MemoryFault(Exception):
    """There is not enough memory; `words` say for what, how much it needs, and what to try."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def available(device: torch.device) -> int | None:
    """Bytes that can still be had on `device`; None where the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type != "cpu":
        return None
    found = [n for n in (_linux_available(), _container_left(), _physical()) if n is not None]
    return min(found) if found else None


def total() -> int | None:
    """Bytes of the whole machine, or of its container where that has fewer; None where the system does not tell."""
    found = [n for n in (_physical(), _container_limit()) if n is not None]
    return min(found) if found else None


def require(needed: int, device: torch.device, what: str, advice: str) -> None:
    """MemoryFault when `needed` bytes for `what` are more than there are."""
    there = available(device)
    if there is not None and needed > there:
        raise MemoryFault(f"{what} needs about {words(needed)}, and only {words(there)} of memory are free. {advice}")


def is_refusal(error: RuntimeError) -> bool:
    """Torch says "out of memory" in a class of its own on accelerators, and only in its text on the CPU."""
    return isinstance(error, torch.OutOfMemoryError) or any(part in str(error) for part in _REFUSALS)


@contextmanager
def guarded(what: str, advice: str) -> Iterator[None]:
    """Turn torch's out-of-memory errors into a MemoryFault about `what`."""
    try:
        yield
    except RuntimeError as error:
        if not is_refusal(error):
            raise
        raise MemoryFault(f"There was not enough memory for {what}. {advice}") from error


def words(size: int) -> str:
    """A number of bytes for people: 3.2 GiB, 640 MiB."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{max(1, size // 2**20)} MiB"


def _linux_available() -> int | None:
    """Free memory and what the system would give back from its file cache (MemAvailable)."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    sizes = dict(line.split(":", 1) for line in lines if ":" in line)
    text = sizes.get("MemAvailable")
    return int(text.split()[0]) * 1024 if text else None


def _container_limit() -> int | None:
    """What a container (cgroup 2) may have at most."""
    try:
        limit = (CONTAINER / "memory.max").read_text().strip()
    except OSError:
        return None
    return int(limit) if limit.isdigit() else None


def _container_left() -> int | None:
    """What a container's limit leaves."""
    limit = _container_limit()
    try:
        used = int((CONTAINER / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return max(0, limit - used) if limit is not None else None


def _physical() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
