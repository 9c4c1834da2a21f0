"""The measured receptive field: torch's gradient, nothing outside what a unit can see, and nothing else is touched."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    ReLU,
    Transposed,
    catalogue,
)
from convstudio.engine.build import LiveNetwork
from convstudio.engine.lens.influence import SAMPLES, fitting, influence
from convstudio.network.document import Network
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve
from convstudio.network.sight import Sight

STACKS: tuple[tuple[Layer, ...], ...] = (
    (Convolution(channels=3), ReLU(), Convolution(channels=2, dilation=(2,), stride=(2,))),
    (Convolution(channels=3, mask=(5,), padding="none"), MaxPool(), BatchNorm()),
    (Convolution(channels=2), MaxPool(), Transposed(channels=2)),
    (Convolution(channels=2), Flatten(), FullyConnected(channels=3)),
)


def stacked(lab: SimpleNamespace, *layers: Layer) -> tuple[Network, LiveNetwork]:
    network = lab.chain(Input(channels=2, axes=(12, 10)), *layers)
    return network, lab.live(network)


@pytest.mark.parametrize("layers", STACKS, ids=lambda stack: "-".join(layer.kind for layer in stack))
def test_only_what_a_unit_can_see_moves_it(lab: SimpleNamespace, layers: tuple[Layer, ...]) -> None:
    network, live = stacked(lab, *layers)
    block = tuple(live.shapes)[-1]
    place = tuple(length // 2 for length in live.shapes[block].axes)
    found = influence(live, torch.rand(5, 2, 12, 10), block, 1, place)
    fields = Sight(resolve(network, catalogue())).of(block)
    spans = [field.interval(unit) for field, unit in zip(fields, place or (0, 0), strict=True)]
    inside = np.zeros((12, 10), bool)
    inside[tuple(slice(first, last + 1) for first, last in spans)] = True
    assert found.shape == (12, 10)
    assert not found[~inside].any()
    assert found[inside].any()


def test_it_is_the_mean_gradient_over_the_samples(lab: SimpleNamespace) -> None:
    _, live = stacked(lab, Convolution(channels=3), ReLU(), Convolution(channels=2))
    images = torch.rand(4, 2, 12, 10)
    wanted = torch.zeros(12, 10)
    for image in images:
        one = image.clone().requires_grad_()
        live.eval().results(one[None], ("conv_2",))["conv_2"][0, 1, 5, 4].backward()
        assert one.grad is not None
        wanted += one.grad.abs().sum(0) / len(images)
    torch.testing.assert_close(torch.from_numpy(influence(live, images, "conv_2", 1, (5, 4))), wanted)


@pytest.mark.parametrize(("axes", "shape"), [((), (1, 2)), ((7,), (1, 7)), ((3, 5, 4), (5, 4))])
def test_vectors_signals_and_clips_are_flat_pictures(
    lab: SimpleNamespace, axes: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    live = lab.live(lab.chain(Input(channels=2, axes=axes), ReLU()))
    place = tuple(length // 2 for length in axes)
    found = influence(live, torch.rand(1, 2, *axes) + 0.1, "relu_1", 1, place)
    assert found.shape == shape
    assert found.sum() == pytest.approx(1.0)


def test_weights_gradients_and_mode_stay_as_they_were(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts()).train()
    before = {name: value.clone() for name, value in live.state_dict().items()}
    influence(live, torch.rand(2, 1, 8, 8), "fc_1", 0, ())
    assert live.training
    assert all(parameter.grad is None for parameter in live.parameters())
    assert all(torch.equal(before[name], value) for name, value in live.state_dict().items())


def test_of_a_large_network_fewer_samples_are_measured(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    assert fitting(live) == SAMPLES
    live.activation_bytes = 2**40
    assert fitting(live) == 1
