"""Which moments of a run stay where there are too many: both ends, and a spread that is dense at first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from convstudio.runs import moments


@given(st.lists(st.integers(0, 10**9), unique=True, max_size=60), st.integers(0, 40))
def test_the_ends_stay_and_there_are_as_many_as_asked_for(steps: list[int], most: int) -> None:
    kept = sorted(steps)
    gone = moments.superfluous(kept, most)
    left = [step for step in kept if step not in gone]
    assert len(left) == min(len(kept), max(2, most))
    assert left[:1] + left[-1:] == kept[:1] + kept[-1:]


def test_a_long_run_stays_dense_at_first() -> None:
    kept: list[int] = []
    for step in range(0, 200_000, 50):
        if not kept or step >= kept[-1] + max(1, kept[-1] // 24):
            kept.append(step)
            for old in moments.superfluous(kept, 40):
                kept.remove(old)
    assert len(kept) == 40
    assert sum(step < 1000 for step in kept) >= 5
    assert max((b - a) / b for a, b in pairwise(kept[5:])) < 0.45


def test_only_snapshots_are_moments(tmp_path: Path) -> None:
    assert moments.steps(tmp_path) == []
    (tmp_path / moments.PLACE).mkdir()
    for step in (1400, 0, 7):
        moments.path(tmp_path, step).touch()
    (tmp_path / moments.PLACE / "readme.safetensors").touch()
    (tmp_path / moments.PLACE / ".000000000009.safetensors.new").touch()
    assert moments.steps(tmp_path) == [0, 7, 1400]
