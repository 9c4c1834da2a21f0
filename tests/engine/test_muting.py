"""What is switched off is 0 for all that follows, and only while it is looked at; and what maps carry by that."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from chains import chain
from convstudio.blocks import Add, BatchNorm, Convolution, Flatten, FullyConnected, Input, Output, ReLU, catalogue
from convstudio.engine import probe
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.carrying import carried
from convstudio.engine.evaluation import evaluate
from convstudio.engine.lens.explaining import Question, explain
from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.network.muting import Mute, Mutes
from convstudio.network.resolve import resolve


@pytest.fixture
def live(lab: SimpleNamespace) -> LiveNetwork:
    return lab.live(lab.small(BatchNorm())).eval()


def muted(live: LiveNetwork, images: torch.Tensor, *mutes: Mute) -> dict[str, torch.Tensor]:
    with torch.no_grad(), live.muted(frozenset(mutes)):
        return live.results(images, tuple(live.shapes))


IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def test_a_map_that_is_off_is_zero_and_the_rest_is_computed_from_that(live: LiveNetwork) -> None:
    found, whole = muted(live, IMAGES, Mute("relu_1", 2)), muted(live, IMAGES)
    by_hand = torch.relu(live.parts["batch_norm_1"](live.parts["conv_1"](IMAGES))).detach()
    by_hand[:, 2] = 0
    assert torch.equal(found["relu_1"], by_hand)
    assert torch.equal(found["conv_1"], whole["conv_1"])
    pooled = torch.nn.functional.max_pool2d(by_hand, 2)
    assert torch.allclose(found["output_1"], live.parts["fc_1"](pooled.flatten(1)), atol=1e-6)
    assert not torch.equal(found["output_1"], whole["output_1"])


def test_several_maps_a_whole_block_and_the_input_can_be_off(live: LiveNetwork) -> None:
    several = muted(live, IMAGES, Mute("conv_1", 0), Mute("conv_1", 3), Mute("max_pool_1", 1))
    assert [bool(several["conv_1"][:, n].any()) for n in range(4)] == [False, True, True, False]
    assert not several["max_pool_1"][:, 1].any()
    assert not muted(live, IMAGES, Mute("relu_1"))["max_pool_1"].any()
    dark = muted(live, IMAGES, Mute("input_1", 0))
    assert torch.equal(dark["output_1"], muted(live, torch.zeros_like(IMAGES))["output_1"])
    assert torch.equal(muted(live, IMAGES, Mute("conv_1", 99))["output_1"], muted(live, IMAGES)["output_1"])
    assert not muted(live, IMAGES, Mute("output_1", 1))["output_1"][:, 1].any()


def test_by_name_or_not_pooling_and_relu_give_the_same(live: LiveNetwork) -> None:
    """Where nobody looks between them they change places; with a map off they must not."""
    with torch.no_grad(), live.muted(frozenset({Mute("relu_1", 1)})):
        alone = live.results(IMAGES, ("output_1",))["output_1"]
    assert torch.equal(alone, muted(live, IMAGES, Mute("relu_1", 1))["output_1"])


def two_paths() -> LiveNetwork:
    network = chain(
        Input(channels=1, axes=(6, 6)),
        Convolution(channels=2),
        ReLU(),
        Add(),
        Flatten(),
        FullyConnected(channels=2),
        Output(),
    )
    network = edits.connect(network, Wire("conv_1", "add_1", network.ports("add_1")[1]))
    return build(network, resolve(network, catalogue()), 0).eval()


def test_a_wire_that_is_off_brings_zeros_and_its_source_stays() -> None:
    live, images = two_paths(), torch.rand(2, 1, 6, 6)
    found = muted(live, images, Mute("add_1", port=1))
    assert torch.equal(found["add_1"], found["relu_1"])
    assert torch.equal(found["conv_1"], muted(live, images)["conv_1"])
    other = muted(live, images, Mute("add_1", port=0))
    assert torch.equal(other["add_1"], other["conv_1"])
    assert not muted(live, images, Mute("output_1", port=0))["output_1"].any()


def test_the_lens_explains_what_a_block_computes_before_it_is_off() -> None:
    live, image = two_paths(), torch.rand(1, 6, 6)
    with live.muted(frozenset({Mute("conv_1", 1), Mute("add_1", port=1)})):
        own = explain(live, image, Question("conv_1", 1, (2, 2)))
        assert own.terms.worked == pytest.approx(own.terms.result, abs=1e-5)
        assert own.terms.result != 0
        behind = explain(live, image, Question("add_1", 1, (2, 2)))
        assert behind.terms.result == 0.0
        assert not behind.inputs[1].map.any()


def test_only_looking_is_changed(live: LiveNetwork) -> None:
    before = probe.maps(live, IMAGES[0], {"relu_1": 0})
    with live.muted(frozenset({Mute("relu_1", 0)})):
        look = probe.maps(live, IMAGES[0], {"relu_1": 0})
        assert torch.equal(live.scoring()(IMAGES), live.scoring()(IMAGES))
        assert not torch.equal(live.scoring()(IMAGES), live(IMAGES))
    assert not look.maps["relu_1"].maps[0].any()
    assert not np.array_equal(look.probabilities, before.probabilities)
    after = probe.maps(live, IMAGES[0], {"relu_1": 0})
    assert np.array_equal(after.probabilities, before.probabilities)


def test_what_a_map_carries_is_what_evaluating_without_it_shows(lab: SimpleNamespace, live: LiveNetwork) -> None:
    generator = np.random.default_rng(2)
    images = generator.integers(0, 256, (30, 1, 8, 8), np.uint8)
    targets = generator.integers(0, 3, 30)
    base: Mutes = frozenset({Mute("conv_1", 1)})
    ways = [base | {Mute("relu_1", n)} for n in range(4)]
    *_, last = carried(live, images, targets, base, ways)
    assert (last.share, last.samples, len(last.others)) == (1.0, 30, 4)
    floats, labels = torch.from_numpy(images / np.float32(255)), torch.from_numpy(targets)
    for mutes, (loss, accuracy) in zip((base, *ways), ((last.loss, last.accuracy), *last.others), strict=True):
        with live.muted(mutes):
            judged = evaluate(live, floats, labels)
        assert (judged.loss, judged.accuracy) == pytest.approx((loss, accuracy), abs=1e-6)
    assert len({loss for loss, _ in last.others}) > 1


def test_a_batch_is_a_slice(live: LiveNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convstudio.engine.carrying.at_once", lambda live: 4)
    images, targets = np.zeros((10, 1, 8, 8), np.uint8), np.zeros(10, np.int64)
    found = list(carried(live, images, targets, frozenset(), [frozenset({Mute("conv_1", n)}) for n in range(2)]))
    assert [round(c.share * 9) for c in found] == list(range(1, 10))
    assert [len(c.others) for c in found] == [0, 0, 0, 0, 0, 1, 1, 1, 2]
