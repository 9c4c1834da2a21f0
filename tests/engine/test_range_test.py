"""The range test: rates rise as they should, the network stays as it is, and the suggestion is where the loss falls."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log10
from types import SimpleNamespace

import pytest

from convstudio.engine import range_test
from convstudio.engine.range_test import Point, RangeTest, rate_at, suggestion
from convstudio.engine.training import Unfit
from convstudio.network.training_settings import TrainingSettings


def points(smoothed: list[float]) -> list[Point]:
    return [Point(rate_at(n), value, value) for n, value in enumerate(smoothed)]


def test_rates_rise_by_the_same_factor_from_end_to_end() -> None:
    rates = [rate_at(n) for n in range(range_test.STEPS)]
    assert (rates[0], rates[-1]) == pytest.approx((1e-6, 10.0))
    assert {round(b / a, 9) for a, b in pairwise(rates)} == {round(1e7 ** (1 / 99), 9)}


def test_the_suggestion_is_where_the_loss_falls_fastest() -> None:
    bend = 40
    falling = [2.3 - 1.5 / (1 + exp(-(n - bend) / 4)) for n in range(range_test.STEPS)]
    assert suggestion(points(falling)) == pytest.approx(rate_at(bend), rel=0.2)
    rising = falling[:60] + [0.8 + 0.2 * n for n in range(20)]
    assert suggestion(points(rising)) == pytest.approx(rate_at(bend), rel=0.2)


@pytest.mark.parametrize(
    "smoothed",
    [[], [2.3] * 100, [2.3 + 0.01 * n for n in range(50)], [2.3, 2.0, 1.0], [2.3 - 0.0001 * n for n in range(90)]],
)
def test_where_nothing_falls_nothing_is_suggested(smoothed: list[float]) -> None:
    assert suggestion(points(smoothed)) == 0.0


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_copy_is_trained_until_it_diverges(lab: SimpleNamespace, optimiser: str) -> None:
    live, data = lab.live(lab.random_parts()), lab.samples()
    before = {name: value.clone() for name, value in live.state_dict().items()}
    settings = TrainingSettings(batch_size=5, optimiser=optimiser, schedule="one_cycle", early_stopping=1)
    test = RangeTest(live, data, settings)
    made = list(test.steps())
    assert all(value.equal(before[name]) for name, value in live.state_dict().items())
    assert [p.rate for p in made] == [rate_at(n) for n in range(len(made))]
    again = list(RangeTest(live, data, settings).steps())
    assert again == made
    mean = weight = 0.0
    for point in made:
        mean, weight = 0.85 * mean + 0.15 * point.loss, 0.85 * weight + 0.15
        assert point.smoothed == pytest.approx(mean / weight)
    if len(made) < range_test.STEPS:
        assert made[-1].smoothed > 3 * min(p.smoothed for p in made)


def test_the_first_loss_is_that_of_training(lab: SimpleNamespace) -> None:
    live, data = lab.live(lab.small()), lab.samples()
    settings = TrainingSettings(batch_size=5)
    first = next(RangeTest(live, data, settings).steps())
    assert first.loss == lab.finished(lab.trainer(lab.small(), data, epochs=1))[0][0]
    assert log10(first.rate) == -6


def test_frozen_blocks_are_respected(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    with pytest.raises(Unfit, match="frozen"):
        RangeTest(live, lab.samples(), TrainingSettings(batch_size=5), ("conv_1", "fc_1"))
