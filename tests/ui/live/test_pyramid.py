"""Growing curves: bins against brute force, smoothing against its definition, ranges and ticks."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convstudio.ui.live.axis_range import decades, loss_top, round_above, steps_end
from convstudio.ui.live.pyramid import BASE, Pyramid
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.live.smoothing import Smoother
from convstudio.ui.live.ticks import decade_ticks, ticks

numbers = st.floats(width=32, allow_nan=True, allow_infinity=True)
chunks = st.lists(hnp.arrays(np.float32, st.integers(0, 700), elements=numbers, fill=numbers), max_size=6)


def built(parts):
    pyramid = Pyramid()
    for part in parts:
        pyramid.append(part)
    return pyramid


def check_bins(pyramid, values, first, last, count):
    bins = pyramid.bins(first, last, count)
    begin, end = max(0, first), min(last, len(values))
    if end <= begin:
        assert len(bins.starts) == 0
        return
    assert len(bins.starts) <= count + 1
    assert bins.starts[0] <= begin < bins.starts[0] + bins.size
    assert bins.starts[-1] < end <= bins.starts[-1] + bins.size
    assert set(np.diff(bins.starts)) <= {bins.size}
    for start, low, high in zip(bins.starts, bins.low, bins.high, strict=True):
        part = values[start : start + bins.size]
        np.testing.assert_array_equal([low, high], [np.fmin.reduce(part), np.fmax.reduce(part)])


@given(chunks, st.integers(-10, 3000), st.integers(-10, 5000), st.integers(1, 200))
def test_bins_are_what_brute_force_finds(parts, first, last, count):
    values = np.concatenate([np.empty(0, np.float32), *parts])
    pyramid = built(parts)
    np.testing.assert_array_equal(pyramid.values, values)
    check_bins(pyramid, values, first, last, count)


@given(chunks, st.integers(0, 3000), chunks, st.integers(1, 60))
def test_forgetting_the_end_and_going_on_leaves_no_trace(parts, length, more, count):
    values = np.concatenate([np.empty(0, np.float32), *parts])[:length]
    pyramid = built(parts)
    pyramid.truncate(length)
    check_bins(pyramid, values, 0, len(values), count)
    for part in more:
        pyramid.append(part)
        values = np.concatenate([values, part])
    check_bins(pyramid, values, 0, len(values), count)
    ends = [np.fmin.reduce(values), np.fmax.reduce(values)] if len(values) else [np.nan, np.nan]
    np.testing.assert_array_equal(pyramid.extremes(), ends)


def test_a_million_numbers_are_read_from_a_high_level():
    values = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32)
    pyramid = built([values])
    bins = pyramid.bins(0, len(values), 800)
    assert bins.size % BASE**2 == 0
    check_bins(pyramid, values, 0, len(values), 800)
    check_bins(pyramid, values, 123_456, 654_321, 800)


def test_numbers_one_by_one_are_the_same_as_all_at_once():
    values = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    single = built([[value] for value in values])
    for first, last, count in ((0, 1000, 7), (13, 900, 31), (0, 1000, 1)):
        for one, other in zip(single.bins(first, last, count), built([values]).bins(first, last, count), strict=True):
            np.testing.assert_array_equal(one, other)


def smoothed_by_definition(values, factor):
    average, weight, result = 0.0, 0.0, []
    for value in values:
        if not np.isfinite(value):
            result.append(np.nan)
            continue
        average = factor * average + (1 - factor) * float(value)
        weight = factor * weight + (1 - factor)
        result.append(average / weight)
    return np.array(result)


@given(
    hnp.arrays(np.float32, st.integers(0, 300), elements=st.floats(-1000, 1000, width=32) | st.just(np.float32("nan"))),
    st.sampled_from([0.0, 0.3, 0.6, 0.9, 0.98]),
    st.lists(st.integers(0, 300), max_size=5),
)
def test_smoothing_is_its_definition_however_the_numbers_arrive(values, factor, cuts):
    smoother = Smoother(factor)
    parts = [smoother.smooth(part) for part in np.split(values, sorted(min(cut, len(values)) for cut in cuts))]
    np.testing.assert_allclose(np.concatenate(parts), smoothed_by_definition(values, factor), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("factor", [-0.1, 1.0, 2.0])
def test_a_smoothing_factor_that_makes_no_sense_is_refused(factor):
    with pytest.raises(ValueError, match="smoothing factor"):
        Smoother(factor)


def steps(*values):
    return np.array(values, np.float32)


def test_a_record_places_steps_that_come_late_or_again():
    record = RunRecord(1, smoothing=0.0)
    record.add_steps(102, steps(5, 4), steps(0.1, 0.2))
    assert record.offset == 100
    record.add_steps(105, steps(1), steps(1))  # steps 103 and 104 never came
    assert [isnan(v) for v in record.loss.raw.values] == [False, False, True, True, False]
    assert record.loss.at(3) == 4  # the nearest before it
    record.add_steps(103, steps(3), steps(0.5))  # went on from an earlier checkpoint
    np.testing.assert_array_equal(record.loss.raw.values, [5, 4, 3])
    np.testing.assert_allclose(record.accuracy.smooth.values, [10, 20, 50])
    assert record.step == 103


def test_a_record_finds_the_validation_nearest_to_a_step():
    record = RunRecord(1)
    assert isnan(record.validation_at(5)[0])
    for step, loss in ((10, 2.0), (20, 1.0), (30, 0.5)):
        record.add_validation(step, loss, loss / 4)
    assert record.validation_at(14) == (2.0, 50.0)
    assert record.validation_at(99) == (0.5, 12.5)
    record.add_validation(20, 0.7, 0.1)  # went on from an earlier checkpoint: what came after is gone
    assert [values.tolist() for values in record.validations()] == [[10, 20], pytest.approx([2, 0.7]), [50, 10]]


@given(st.floats(1e-30, 1e30))
def test_round_ends_are_round_and_near(value):
    assert value * (1 - 1e-6) <= round_above(value) <= 2 * value * (1 + 1e-6)


def test_ranges_change_only_when_data_leave_the_view():
    assert steps_end(100.0, 90, 1000) == 100.0
    assert steps_end(100.0, 101, 1000) == 120.0
    assert steps_end(0.0, 1, 30) == 30.0
    assert steps_end(400.0, 401, 450) == 450.0
    assert loss_top(2.4, 2.3, float("nan"), 2.39) == 2.4
    assert loss_top(2.4, 2.5, 2.6, 2.5) == 3.0
    assert loss_top(0.0, 2.0, 1.0, 900.0) == 3.0  # a spike of one step
    assert loss_top(1.0, float("nan"), float("nan"), float("nan")) == 1.0
    assert decades(0.02, 3.0) == (-2.0, 1.0)
    assert decades(0.0, float("nan")) == (-2.0, 1.0)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 8))
def test_ticks_are_few_evenly_apart_inside_and_say_what_they_are(low, width, most):
    found = ticks(low, low + width, most)
    assert len(found) <= most
    for value, _ in found:
        assert low - 1e-5 * width <= value <= low + width * (1 + 1e-5)
    assert len({text for _, text in found}) == len(found)


def test_ticks_read_as_people_write_them():
    assert [text for _, text in ticks(0, 100, 5)] == ["0", "25", "50", "75", "100"]
    assert [text for _, text in ticks(0, 2.4, 6)] == ["0.0", "0.5", "1.0", "1.5", "2.0"]
    assert [text for _, text in ticks(0, 20_000, 3)] == ["0", "10 000", "20 000"]
    assert [text for _, text in decade_ticks(-2, 1, 4)] == ["0.01", "0.1", "1", "10"]
    assert [text for _, text in decade_ticks(0, 1, 6)] == ["1", "2", "5", "10"]
    assert ticks(1, 1, 5) == ticks(float("nan"), 1, 5) == []
