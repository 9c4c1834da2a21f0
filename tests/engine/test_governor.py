"""The governor: no more than 15 looks a second, and no more than 2 % of the training time, by its own account."""

from __future__ import annotations

import random

import pytest

from convstudio.engine.governor import INTERVAL, SHARE, Governor


def test_the_first_look_is_free_and_the_next_waits() -> None:
    governor = Governor()
    assert governor.may_probe(0.0)
    governor.spent(0.0)
    assert not governor.may_probe(INTERVAL - 1e-9)
    assert governor.may_probe(INTERVAL)


@pytest.mark.parametrize(
    ("cost", "wait"), [(0.0001, INTERVAL), (0.001, INTERVAL), (0.01, 0.01 / SHARE), (1.0, 1 / SHARE)]
)
def test_dear_looks_come_seldom(cost: float, wait: float) -> None:
    governor = Governor()
    governor.may_probe(10.0)
    governor.spent(cost)
    assert not governor.may_probe(10.0 + wait * 0.999)
    assert governor.may_probe(10.0 + wait * 1.001)


def test_no_more_than_two_per_cent_are_meant() -> None:
    assert 0.01 < SHARE <= 0.02


def test_the_share_stays_within_its_bound_whatever_looks_cost() -> None:
    governor, costs, now, looks = Governor(), random.Random(1), 0.0, 0
    while looks < 300:
        if governor.may_probe(now):
            assert governor.probes <= SHARE * now + 1e-9  # all looks before this one are paid for
            governor.spent(costs.choice([0.0001, 0.001, 0.005, 0.1]))
            looks += 1
        now += costs.uniform(0.001, 0.03)
    governor.may_probe(now)
    assert governor.share == pytest.approx(governor.probes / now)
    assert 0.01 < governor.share < SHARE + 0.1 / now


def test_a_standing_clock_allows_nothing_more() -> None:
    governor = Governor()
    governor.may_probe(5.0)
    governor.spent(0.001)
    assert not any(governor.may_probe(5.0) for _ in range(100))


def test_before_training_there_is_no_share() -> None:
    governor = Governor()
    governor.may_probe(0.0)
    governor.spent(0.5)
    assert governor.share == 0
    assert governor.probes == 0.5
