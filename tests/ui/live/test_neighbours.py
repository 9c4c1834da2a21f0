"""Which maps weights are spread over, and which activation follows a block."""

from __future__ import annotations

import pytest

from chains import chain
from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    MaxPool,
    Output,
    ReLU,
    catalogue,
)
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.ui.live.neighbours import Pair, Source, around_activation, spread_over


def analysed(*layers):
    network = chain(*layers)
    return network, resolve(network, catalogue())


def image(*layers):
    return analysed(Input(channels=1, axes=(8, 8)), *layers, FullyConnected(channels=3), Output())


@pytest.mark.parametrize("between", [(), (Dropout(),), (ReLU(), Dropout())])
def test_weights_behind_a_flatten_belong_to_its_maps(between):
    network, analysis = image(Convolution(channels=2), MaxPool(), Flatten(), *between)
    assert spread_over(network, analysis, "fc_1") == Source("max_pool_1", Shape(2, (4, 4)))


@pytest.mark.parametrize("layers", [(GlobalAveragePool(),), (Flatten(), FullyConnected(channels=64), ReLU())])
def test_numbers_without_a_place_belong_to_none(layers):
    network, analysis = image(*layers)
    last = "fc_2" if "fc_2" in network.blocks else "fc_1"
    assert spread_over(network, analysis, last) is None


def test_before_and_after_the_activation():
    network, analysis = image(Convolution(channels=2), BatchNorm(), ReLU(), Flatten())
    pair = Pair("conv_1", "relu_1")
    assert around_activation(network, analysis, "conv_1") == pair
    assert around_activation(network, analysis, "batch_norm_1") == Pair("batch_norm_1", "relu_1")
    assert around_activation(network, analysis, "relu_1") == Pair("batch_norm_1", "relu_1")
    assert around_activation(network, analysis, "flatten_1") is None
    network, analysis = image(ReLU(), Flatten())
    assert around_activation(network, analysis, "relu_1") is None, "the input is the sample itself"
    assert around_activation(network, analysis, "input_1") == Pair("input_1", "relu_1")
