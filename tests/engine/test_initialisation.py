"""Start values: each rule gives what its paper says, drawn per block, and zeros never learn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Flatten,
    FullyConnected,
    Input,
    Output,
    ReLU,
    Separable,
    Tanh,
    catalogue,
)
from convstudio.engine.build import LiveNetwork, build
from convstudio.network import edits
from convstudio.network.resolve import resolve

WIDE = (Input(channels=8, axes=(8, 8)), Convolution(channels=64), ReLU(), Flatten(), FullyConnected(channels=50))


def started(lab: SimpleNamespace, how: str, *layers: object) -> LiveNetwork:
    network = lab.chain(*(layers or WIDE), Output())
    return build(network, resolve(network, catalogue()), 3, how)


@pytest.mark.parametrize(
    ("how", "conv", "dense"),
    [
        ("he", (2 / 72) ** 0.5, (2 / 4096) ** 0.5),
        ("glorot", (2 / (72 + 576)) ** 0.5, (2 / (4096 + 50)) ** 0.5),
        ("normal", 0.01, 0.01),
        ("zeros", 0.0, 0.0),
    ],
)
def test_spread_is_that_of_the_paper(lab: SimpleNamespace, how: str, conv: float, dense: float) -> None:
    state = started(lab, how).state_dict()
    for name, wanted in (("conv_1", conv), ("fc_1", dense)):
        assert state[f"{name}.weight"].std().item() == pytest.approx(wanted, rel=0.03)
        assert abs(state[f"{name}.weight"].mean().item()) <= 0.05 * wanted
        assert not state[f"{name}.bias"].any()


def test_orthogonal_rows_stand_on_each_other(lab: SimpleNamespace) -> None:
    masks = started(lab, "orthogonal").state_dict()["conv_1.weight"].flatten(1)
    assert torch.allclose(masks @ masks.T, torch.eye(64), atol=1e-5)


def test_torchs_own_is_torchs_own(lab: SimpleNamespace) -> None:
    network = lab.chain(*WIDE, Output())
    plain = build(network, resolve(network, catalogue()), 3)
    assert lab.same_weights(started(lab, "default"), plain)
    assert plain.state_dict()["conv_1.bias"].any()


@pytest.mark.parametrize("how", ["he", "glorot", "orthogonal", "normal"])
def test_a_block_starts_alike_whatever_stands_beside_it(lab: SimpleNamespace, how: str) -> None:
    alone, again = started(lab, how), started(lab, how)
    network, _ = edits.append_after(lab.chain(*WIDE, Output()), "conv_1", Convolution(channels=64))
    beside = build(network, resolve(network, catalogue()), 3, how)
    assert lab.same_weights(alone, again)
    assert torch.equal(alone.state_dict()["conv_1.weight"], beside.state_dict()["conv_1.weight"])


def test_stages_are_filled_and_normalisation_is_left_alone(lab: SimpleNamespace) -> None:
    state = started(lab, "zeros", Input(channels=4, axes=(8, 8)), Separable(channels=6), BatchNorm(), Flatten())
    state = state.state_dict()
    assert not any(value.any() for name, value in state.items() if name.startswith("separable_1"))
    assert state["batch_norm_1.weight"].eq(1).all()


@pytest.mark.parametrize("bend", [ReLU(), Tanh()])
def test_a_network_of_zeros_learns_no_mask(lab: SimpleNamespace, bend: object) -> None:
    network = lab.chain(
        Input(axes=(8, 8)), Convolution(channels=4), bend, Flatten(), FullyConnected(channels=3), Output()
    )
    run = lab.trainer(network, initialisation="zeros", optimiser="sgd")
    lab.finished(run)
    state = run.live.state_dict()
    assert not state["conv_1.weight"].any()
    assert not state["fc_1.weight"].any()
    assert state["fc_1.bias"].any()
