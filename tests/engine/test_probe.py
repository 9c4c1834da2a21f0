"""Looking into a network: masks and maps are the torch tensors, within their limits, and nothing is disturbed."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    Separable,
)
from convstudio.engine import memory, probe
from convstudio.engine.build import NetworkFault
from convstudio.network import edits
from convstudio.network.shape import Shape


def everything(live: torch.nn.Module) -> dict[str, int]:
    return dict.fromkeys(live.shapes, 0)


def test_masks_are_the_weights(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    found = probe.masks(live, "conv_1")
    assert found.names == ("weight",)
    assert found.totals == (4,)
    assert found.arrays[0].dtype == np.float32
    np.testing.assert_array_equal(found.arrays[0], live.get_submodule("conv_1").weight.detach().numpy())


def test_masks_are_copies_in_plain_order_whatever_the_layout(lab: SimpleNamespace) -> None:
    run = lab.trainer(lab.small(channels=2), lab.samples(channels=2, memory_format=torch.channels_last))
    (array,) = probe.masks(run.live, "conv_1").arrays
    before = array.copy()
    lab.finished(run)
    assert array.flags.c_contiguous
    np.testing.assert_array_equal(array, before)


def test_both_stages_of_a_separable_convolution_are_shown(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small(Separable(channels=5, mask=(3, 5))))
    found = probe.masks(live, "separable_1", 3)
    assert found.names == ("depthwise.weight", "pointwise.weight")
    assert [a.shape for a in found.arrays] == [(3, 1, 3, 5), (3, 4, 1, 1)]
    assert found.totals == (4, 5)


def test_a_fully_connected_layer_is_shown_as_rows(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    found = probe.masks(live, "fc_1", 2)
    weights = live.get_submodule("fc_1").weight.detach().numpy()
    np.testing.assert_array_equal(found.arrays[0], weights[:2])
    assert found.totals == (3,)


def test_blocks_without_masks_have_none(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small(BatchNorm()))
    for block in ("relu_1", "batch_norm_1", "input_1", "gone_9"):
        assert probe.masks(live, block) == ((), (), ())


@pytest.mark.parametrize(("most", "count"), [(36, 4), (35, 3), (9, 1), (8, 0)])
def test_too_many_numbers_mean_fewer_whole_masks(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, most: int, count: int
) -> None:
    monkeypatch.setattr(probe, "MOST", most)
    found = probe.masks(lab.live(lab.small()), "conv_1")
    assert found.arrays[0].shape == (count, 1, 3, 3)
    assert found.totals == (4,)


def test_maps_are_the_results_of_use_quantised_to_256_steps(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts())
    for _ in range(3):
        live(torch.rand(8, 1, 8, 8))  # averages that differ from those of one sample
    image = torch.rand(1, 8, 8)
    look = probe.maps(live, image, everything(live))
    with torch.no_grad():
        expected = live.eval().results(image[None], tuple(live.shapes))
    assert look.maps.keys() == live.shapes.keys()
    for block, found in look.maps.items():
        truth = expected[block][0].numpy()
        assert found.maps.dtype == np.uint8
        assert (found.low, found.high) == (truth.min(), truth.max())
        values = found.low + found.maps.astype(float) * (found.high - found.low) / 255
        step = (found.high - found.low) / 255
        np.testing.assert_allclose(values.ravel(), truth.ravel(), atol=0.5001 * step + 1e-7)
    np.testing.assert_allclose(look.probabilities, torch.softmax(expected["output_1"][0], 0), rtol=1e-6)


def test_the_shapes_of_maps(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    look = probe.maps(live, torch.rand(1, 8, 8), everything(live))
    assert look.maps["conv_1"].maps.shape == (4, 8, 8)
    assert look.maps["fc_1"].maps.shape == (1, 1, 3)
    assert (look.maps["conv_1"].total, look.maps["fc_1"].total) == (4, 1)
    for axes, shape in (((6,), (2, 1, 6)), ((3, 4, 5), (2, 12, 5))):
        other = lab.live(lab.chain(Input(channels=2, axes=axes), ReLU()))
        image = torch.rand(2, *axes)
        found = probe.maps(other, image, {"relu_1": 0}).maps["relu_1"]
        assert found.maps.shape == shape
        assert found.maps.ravel()[image.argmax()] == 255


def test_limits_restrict_the_maps_and_not_their_scale(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    image = torch.rand(1, 8, 8)
    whole = probe.maps(live, image, {"conv_1": 0}).maps["conv_1"]
    some = probe.maps(live, image, {"conv_1": 3}).maps["conv_1"]
    np.testing.assert_array_equal(some.maps, whole.maps[:3])
    assert some[1:] == whole[1:]


def test_too_many_numbers_mean_fewer_maps_and_then_coarser_ones(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = lab.live(lab.small())
    image = torch.rand(1, 8, 8)
    whole = probe.maps(live, image, everything(live)).maps
    monkeypatch.setattr(probe, "MOST", 150)
    np.testing.assert_array_equal(probe.maps(live, image, {"conv_1": 0}).maps["conv_1"].maps, whole["conv_1"].maps[:2])
    monkeypatch.setattr(probe, "MOST", 20)
    coarse = probe.maps(live, image, everything(live)).maps
    np.testing.assert_array_equal(coarse["conv_1"].maps, whole["conv_1"].maps[:1, ::2, ::2])
    np.testing.assert_array_equal(coarse["flatten_1"].maps, whole["flatten_1"].maps[:, :, ::4])
    assert coarse["conv_1"][1:] == whole["conv_1"][1:]


@pytest.mark.parametrize(
    ("values", "pictures", "low", "high"),
    [
        ([0.0, 1.0, 0.5, 2 / 255], [0, 255, 128, 2], 0.0, 1.0),
        ([7.0, 7.0, 7.0, 7.0], [0, 0, 0, 0], 7.0, 7.0),
        ([math.nan, 1.0, 3.0, 2.0], [0, 0, 255, 128], 1.0, 3.0),
        ([math.inf, -math.inf, -1.0, 1.0], [255, 0, 0, 255], -1.0, 1.0),
        ([math.nan] * 4, [0, 0, 0, 0], 0.0, 0.0),
        ([math.inf, math.nan, math.inf, 5.0], [0, 0, 0, 0], 5.0, 5.0),
        ([-3e38, 3e38, 0.0, 3e38], [0, 255, 128, 255], -3e38, 3e38),
        ([0.0, 1e-40, 0.0, 1e-40], [0, 255, 0, 255], 0.0, 1e-40),
    ],
)
def test_every_value_has_a_shade(
    lab: SimpleNamespace, values: list[float], pictures: list[int], low: float, high: float
) -> None:
    live = lab.live(lab.chain(Input(channels=1, axes=(2, 2)), MaxPool(window=(1,), stride=(1,))))
    torch.set_flush_denormal(False)  # a trainer of another test may have set it
    found = probe.maps(live, torch.tensor(values).view(1, 2, 2), {"input_1": 0}).maps["input_1"]
    assert found.maps.ravel().tolist() == pictures
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-5), pytest.approx(high, rel=1e-5))


@pytest.mark.parametrize("training", [True, False])
def test_looking_leaves_weights_averages_mode_and_random_state_alone(lab: SimpleNamespace, training: bool) -> None:
    live = lab.live(lab.random_parts()).train(training)
    before = {name: value.clone() for name, value in live.state_dict().items()}
    torch.manual_seed(3)
    state = torch.get_rng_state()
    probe.maps(live, torch.rand(1, 8, 8, generator=torch.Generator()), everything(live))
    probe.masks(live, "conv_1")
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in live.state_dict().items())
    assert all(child.training is training for child in live.modules())


def test_the_mode_comes_back_even_when_the_pass_fails(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    live.get_submodule("fc_1").weight = torch.nn.Parameter(torch.zeros(3, 1))
    with pytest.raises(RuntimeError):
        probe.maps(live, torch.rand(1, 8, 8), {"fc_1": 0})
    assert live.training


def test_a_sample_of_another_shape_is_refused_in_words(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    with pytest.raises(NetworkFault, match=r"sample is 3 × 8 × 8, and the network expects 1 × 8 × 8"):
        probe.maps(live, torch.rand(3, 8, 8), {})


def test_a_network_without_output_has_maps_and_no_probabilities(lab: SimpleNamespace) -> None:
    live = lab.live(edits.remove(lab.small(Dropout()), ["output_1"]))
    look = probe.maps(live, torch.rand(1, 8, 8), {"relu_1": 0, "gone_1": 0})
    assert list(look.maps) == ["relu_1"]
    assert len(look.probabilities) == 0


def test_scores_that_are_maps_are_no_probabilities(lab: SimpleNamespace) -> None:
    live = lab.live(lab.chain(Input(axes=(4, 4)), Convolution(channels=3), Output()))
    assert live.sample == Shape(1, (4, 4))
    assert len(probe.maps(live, torch.rand(1, 4, 4), {}).probabilities) == 0
    flat = lab.live(lab.chain(Input(axes=(4, 4)), Flatten(), FullyConnected(channels=3), Output()))
    assert probe.maps(flat, torch.rand(1, 4, 4), {}).probabilities.sum() == pytest.approx(1)


def test_a_network_too_large_to_look_into_is_refused_in_words(lab, monkeypatch):
    live = lab.live(lab.small())
    monkeypatch.setattr(probe, "LARGE", 0)
    monkeypatch.setattr(memory, "available", lambda device: 100)
    with pytest.raises(memory.MemoryFault, match="Looking into this network needs about"):
        probe.maps(live, torch.rand(1, 8, 8), {})
