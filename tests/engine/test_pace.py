"""The pace of a run: a smoothed rate, and the time left that follows from it."""

from __future__ import annotations

import pytest

from convstudio.engine.pace import MEMORY, Pace


def test_before_any_work_nothing_is_known() -> None:
    pace = Pace()
    assert (pace.rate, pace.left(100, 3), pace.seconds) == (0, 0, 0)


def test_a_steady_rate_is_that_rate() -> None:
    pace = Pace()
    for _ in range(500):
        pace.trained(32, 0.01)
    pace.validated(0.5)
    assert pace.rate == pytest.approx(3200, rel=0.01)
    assert pace.seconds == pytest.approx(5.5)
    assert pace.left(6400, 4) == pytest.approx(6400 / pace.rate + 4 * 0.5)


def test_an_old_rate_is_forgotten() -> None:
    pace = Pace()
    for _ in range(100):
        pace.trained(1000, 0.01)
    for _ in range(int(5 * MEMORY / 0.01)):
        pace.trained(10, 0.01)
    assert pace.rate == pytest.approx(1000, rel=0.8)
    assert pace.rate > 1000


def test_time_without_samples_slows_the_rate() -> None:
    pace = Pace()
    pace.trained(100, 0.1)
    pace.trained(0, 0.1)
    assert pace.rate == pytest.approx(500, rel=0.05)
