"""Which moments of a run are kept as snapshots: their files, and which of too many go first. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PLACE = "snapshots"
SUFFIX = ".safetensors"


def path(folder: Path, step: int) -> Path:
    """The file of the snapshot after `step` steps."""
    return folder / PLACE / f"{step:012}{SUFFIX}"


def steps(folder: Path) -> list[int]:
    """The steps of all snapshots of a run, in order; none where it has none."""
    place = folder / PLACE
    if not place.is_dir():
        return []
    return sorted(int(found.stem) for found in place.glob(f"*{SUFFIX}") if found.stem.isdigit())


def superfluous(kept: Sequence[int], most: int) -> list[int]:
    """Which of these steps (in order) go, so that `most` are left: always the one that closes the narrowest gap.

    Gaps are measured in shares of the step reached, so the beginning, where most happens, stays dense. The first and
    the last always stay.
    """
    left, gone = list(kept), []
    while len(left) > max(2, most):
        gaps = [(left[n + 1] - left[n - 1]) / (left[n + 1] + 1) for n in range(1, len(left) - 1)]
        gone.append(left.pop(1 + gaps.index(min(gaps))))
    return gone
