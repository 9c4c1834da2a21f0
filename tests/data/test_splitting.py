"""Tests of the split into training and validation samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convstudio.data import load, split

LABELS = st.lists(st.integers(-3, 9), max_size=120).map(lambda values: np.array(values, np.int64))
SHARES = st.floats(0, 1, exclude_min=True, exclude_max=True)
SEEDS = st.integers(0, 2**64)


@settings(deadline=None, max_examples=300)
@given(LABELS, SHARES, SEEDS)
def test_every_sample_is_on_exactly_one_side(labels, share, seed):
    training, validation = split(labels, share, seed)
    assert training.dtype == validation.dtype == np.int64
    assert sorted([*training, *validation]) == list(range(len(labels)))
    assert list(training) == sorted(training)
    assert list(validation) == sorted(validation)


@settings(deadline=None, max_examples=300)
@given(LABELS, SHARES, SEEDS)
def test_every_class_is_shared_out_as_asked(labels, share, seed):
    training, validation = split(labels, share, seed)
    for label in set(labels.tolist()):
        count = np.sum(labels == label)
        held = np.sum(labels[validation] == label)
        assert held + np.sum(labels[training] == label) == count
        if count == 1:
            assert held == 0
        else:
            assert 1 <= held <= count - 1
            assert abs(held - np.clip(count * share, 1, count - 1)) <= 0.5


@settings(deadline=None, max_examples=100)
@given(LABELS, SHARES, SEEDS)
def test_the_same_arguments_give_the_same_split(labels, share, seed):
    np.random.seed(1)  # the global generator must not matter
    first = split(labels, share, seed)
    np.random.seed(2)
    second = split(labels.copy(), share, seed)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


def test_digits_are_split_evenly():
    labels = load("digits").labels
    training, validation = split(labels, 0.2, 0)
    assert np.bincount(labels[training]).tolist() == [400] * 10
    assert np.bincount(labels[validation]).tolist() == [100] * 10


def test_another_seed_draws_other_samples():
    labels = load("digits").labels
    _, first = split(labels, 0.2, 0)
    _, second = split(labels, 0.2, 1)
    common = len(np.intersect1d(first, second))
    assert 120 < common < 280  # 200 expected by chance, standard deviation about 11


def test_samples_of_a_class_have_equal_chances():
    """Over 300 seeds each of ten samples is drawn for validation in about three tenths of the cases."""
    labels = np.array([0, 1] * 10)
    drawn = np.zeros(20)
    for seed in range(300):
        drawn[split(labels, 0.3, seed)[1]] += 1
    assert drawn.sum() == 300 * 6
    assert abs(drawn - 90).max() < 40  # five standard deviations of 8


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan"), float("inf")])
def test_share_outside_0_and_1_is_an_error(share):
    with pytest.raises(ValueError, match="validation_share"):
        split(np.array([0, 1]), share, 0)


@pytest.mark.parametrize("labels", [np.zeros((2, 2), int), np.zeros(3), np.array(["a", "b"])])
def test_labels_that_are_no_list_of_integers_are_an_error(labels):
    with pytest.raises(ValueError, match="one-dimensional integers"):
        split(labels, 0.5, 0)


def test_negative_seed_is_an_error():
    with pytest.raises(ValueError, match="non-negative"):
        split(np.array([0, 1]), 0.5, -1)


def test_places_decide_instead_of_the_seed():
    labels = np.array([0, 1] * 10)
    places = np.linspace(0, 1, 20)
    train, kept = split(labels, 0.3, 0, places)
    assert kept.tolist() == list(range(14, 20))
    assert train.tolist() == list(range(14))
    assert split(labels, 0.3, 9, places)[1].tolist() == kept.tolist()
