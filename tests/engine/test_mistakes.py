"""The next sample that is answered wrongly, against a plain search through all answers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from convstudio import data
from convstudio.blocks import Flatten, FullyConnected, Input, Output
from convstudio.engine.mistakes import mistaken, next_mistake


@pytest.fixture(scope="module")
def gratings(lab: SimpleNamespace) -> SimpleNamespace:
    """An untrained network of gratings, and what it answers to the first 300 of them."""
    live = lab.live(lab.chain(Input(channels=1, axes=(32, 32)), Flatten(), FullyConnected(channels=8), Output()))
    samples = data.load("gratings")
    with torch.inference_mode():
        named = live(torch.from_numpy(data.to_float(samples.images[:300]))).argmax(1).numpy()
    return SimpleNamespace(live=live, samples=samples, right=named == samples.labels[:300])


@pytest.mark.parametrize("start", [0, 7, 299])
def test_the_first_wrong_one_in_the_given_order(gratings: SimpleNamespace, start: int) -> None:
    order = np.roll(np.arange(300), -start)
    (wrong,) = np.nonzero(~gratings.right[order])
    assert next_mistake(gratings.live, gratings.samples, order) == order[wrong[0]]


def test_no_mistakes_among_those_that_are_right(gratings: SimpleNamespace) -> None:
    (right,) = np.nonzero(gratings.right)
    assert len(right) > 20, "more than one portion"
    assert next_mistake(gratings.live, gratings.samples, right) is None
    assert next_mistake(gratings.live, gratings.samples, right[:0]) is None
    (wrong,) = np.nonzero(~gratings.right)
    assert next_mistake(gratings.live, gratings.samples, np.append(right, wrong[0])) == wrong[0]


def test_the_network_is_as_it_was_before(gratings: SimpleNamespace, lab: SimpleNamespace) -> None:
    gratings.live.train()
    next_mistake(gratings.live, gratings.samples, np.arange(20))
    assert gratings.live.training


def test_a_class_of_which_most_pixels_are_missed_is_a_mistake() -> None:
    targets = torch.zeros(3, 4, 4, dtype=torch.int64)
    targets[:, 0] = 1  # four pixels of class 1 in each
    named = targets.clone()
    named[1, 0, :2] = 0  # half of them missed: not most
    named[2, 0, :3] = 0
    scores = torch.nn.functional.one_hot(named, 3).movedim(-1, 1).float()
    assert mistaken(scores, targets).tolist() == [False, False, True]
