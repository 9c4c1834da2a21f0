"""The live network against torch written by hand, its start values, and the weights that survive an edit."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from convstudio.blocks import (
    Add,
    BatchNorm,
    Concatenate,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    catalogue,
)
from convstudio.engine import memory
from convstudio.engine.build import NetworkFault, build, carry_over
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.resolve import resolve


def branching() -> Network:
    """x → conv → (+ x) → concat with conv: a residual connection, and one result used twice."""
    network, start = edits.add(Network(), Input(channels=2, axes=(6, 6)), 0, 0)
    network, conv = edits.append_after(network, start, Convolution(channels=2))
    network, added = edits.append_after(network, conv, Add())
    network = edits.connect(network, Wire(start, added, "in_2"))
    network, joined = edits.append_after(network, added, Concatenate())
    network = edits.connect(network, Wire(conv, joined, "in_2"))
    network, flat = edits.append_after(network, joined, Flatten())
    network, dense = edits.append_after(network, flat, FullyConnected(channels=5))
    return edits.append_after(network, dense, Output())[0]


def test_a_chain_computes_what_the_same_sequential_computes(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small(BatchNorm()))
    by_hand = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 4, 3),
    )
    by_hand.load_state_dict(dict(zip(by_hand.state_dict(), live.state_dict().values(), strict=True)))
    images = torch.rand(6, 1, 8, 8)
    assert torch.equal(live(images), by_hand(images))
    assert torch.equal(live.eval()(images), by_hand.eval()(images))


def test_branches_meet_in_the_order_of_the_ports() -> None:
    network = branching()
    live = build(network, resolve(network, catalogue()), 0)
    images = torch.rand(3, 2, 6, 6)
    conv = live.get_submodule("conv_1")
    y = conv(images)
    joined = torch.cat((y + images, y), 1)
    assert torch.equal(live.results(images, ["concat_1"])["concat_1"], joined)
    assert torch.equal(live(images), live.get_submodule("fc_1")(torch.flatten(joined, 1)))


def test_weights_are_called_by_block_id(lab: SimpleNamespace) -> None:
    names = set(lab.live(lab.random_parts()).state_dict())
    assert {"conv_1.weight", "conv_1.bias", "fc_1.weight", "batch_norm_1.running_mean"} <= names
    assert {name.partition(".")[0] for name in names} == {"conv_1", "batch_norm_1", "fc_1"}


def test_wanted_results_come_in_order_and_unknown_ids_are_left_out(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    images = torch.rand(2, 1, 8, 8)
    found = live.results(images, ["output_1", "gone_7", "conv_1", "input_1"])
    assert list(found) == ["input_1", "conv_1", "output_1"]
    assert found["input_1"] is images
    assert torch.equal(found["conv_1"], live.get_submodule("conv_1")(images))
    assert torch.equal(found["output_1"], live(images))


def test_only_what_is_wanted_is_computed(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    live.get_submodule("fc_1").weight = nn.Parameter(torch.zeros(3, 1))  # computing it would fail
    assert live.results(torch.rand(1, 1, 8, 8), ["relu_1"])["relu_1"].shape == (1, 4, 8, 8)


def test_the_shapes_are_those_of_the_results() -> None:
    network = branching()
    live = build(network, resolve(network, catalogue()), 0)
    results = live.results(torch.rand(1, 2, 6, 6), tuple(live.shapes))
    assert {i: tuple(r.shape[1:]) for i, r in results.items()} == {i: s.dims for i, s in live.shapes.items()}
    assert live.classes == 5
    assert live.activation_bytes == 4 * sum(r.numel() for r in results.values())


def test_start_values_are_torchs_own_and_depend_on_seed_and_id_alone(lab: SimpleNamespace) -> None:
    short, longer = lab.live(lab.small(), 3), lab.live(lab.small(Convolution(channels=4), BatchNorm()), 3)
    for name in ("conv_1.weight", "conv_1.bias", "fc_1.weight", "fc_1.bias"):
        assert torch.equal(short.state_dict()[name], longer.state_dict()[name])
    other = lab.live(lab.small(), 4)
    assert not torch.equal(short.state_dict()["conv_1.weight"], other.state_dict()["conv_1.weight"])
    bound = 1 / 9**0.5  # torch's default: uniform within 1 / √(inputs of a neuron)
    weights = short.state_dict()["conv_1.weight"].abs()
    assert bound * 0.8 < weights.max() <= bound


def test_building_leaves_torchs_random_state_alone(lab: SimpleNamespace) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    lab.live(lab.random_parts())
    assert torch.equal(torch.rand(3), expected)


def test_a_copy_is_independent(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    images = torch.rand(2, 1, 8, 8)
    before = live(images)
    twin = copy.deepcopy(live)
    assert torch.equal(twin(images), before)
    with torch.no_grad():
        twin.get_submodule("fc_1").bias += 1
    assert torch.equal(live(images), before)
    assert torch.allclose(twin(images), before + 1)


def test_blocks_that_fit_keep_their_weights_and_others_start_afresh(lab: SimpleNamespace) -> None:
    old = lab.live(lab.small(BatchNorm()), seed=1)
    for buffer in old.buffers():
        buffer.add_(3)
    network = edits.change(lab.small(BatchNorm()), "fc_1", FullyConnected(channels=4))
    now = build(network, resolve(network, catalogue()), 2)
    assert carry_over(old.state_dict(), now) == (("conv_1", "batch_norm_1"), ("fc_1",))
    kept, was = now.state_dict(), old.state_dict()
    assert all(torch.equal(kept[name], was[name]) for name in was if not name.startswith("fc_1"))
    assert kept["fc_1.weight"].shape == (4, 64)


def test_a_block_is_kept_whole_or_not_at_all(lab: SimpleNamespace) -> None:
    old = lab.live(lab.small(), seed=1)
    network = edits.change(lab.small(), "conv_1", Convolution(channels=4, bias=False))
    now = build(network, resolve(network, catalogue()), 2)
    start = now.state_dict()["conv_1.weight"].clone()
    assert carry_over(old.state_dict(), now) == (("fc_1",), ("conv_1",))
    assert torch.equal(now.state_dict()["conv_1.weight"], start)


def test_without_an_output_everything_that_can_be_computed_is(lab: SimpleNamespace) -> None:
    network = edits.remove(lab.small(), ["output_1"])
    network = edits.add(network, Input(channels=3, axes=(4,)), 0, 0)[0]
    live = build(network, resolve(network, catalogue()), 0)
    assert live.results(torch.rand(2, 1, 8, 8), ["fc_1"])["fc_1"].shape == (2, 3)
    assert "input_2" not in live.shapes
    with pytest.raises(NetworkFault, match="no Output"):
        live(torch.rand(2, 1, 8, 8))


def test_a_canvas_without_an_input_is_a_network_of_nothing() -> None:
    network = edits.add(Network(), Convolution(), 0, 0)[0]
    live = build(network, resolve(network, catalogue()), 0)
    assert live.results(torch.rand(1, 1, 8, 8), ["conv_1"]) == {}
    with pytest.raises(NetworkFault, match="no Input"):
        _ = live.sample


@pytest.mark.parametrize(
    ("layers", "block"),
    [
        ((Input(), Convolution(mask=(40,), padding="none"), Output()), "conv_1"),
        ((Input(), FullyConnected(), Output()), "fc_1"),
        ((Input(axes=(1, 1)), MaxPool(), Output()), "max_pool_1"),
    ],
)
def test_a_problem_on_the_way_is_said_with_its_block(lab: SimpleNamespace, layers: tuple, block: str) -> None:
    network = lab.chain(*layers)
    analysis = resolve(network, catalogue())
    with pytest.raises(NetworkFault) as caught:
        build(network, analysis, 0)
    assert caught.value.block == block
    assert analysis.errors[0].words in caught.value.words


def test_two_outputs_are_refused(lab: SimpleNamespace) -> None:
    network, second = edits.add(lab.small(), Output(), 0, 0)
    network = edits.connect(network, Wire("relu_1", second))
    with pytest.raises(NetworkFault, match="2 Output blocks"):
        build(network, resolve(network, catalogue()), 0)


def test_a_side_branch_that_leads_nowhere_is_not_built(lab: SimpleNamespace) -> None:
    network, side = edits.add(lab.small(), Dropout(), 0, 0)
    network = edits.connect(network, Wire("relu_1", side))
    live = build(network, resolve(network, catalogue()), 0)
    assert side not in live.shapes
    assert live.results(torch.rand(1, 1, 8, 8), [side]) == {}


def test_weights_that_do_not_fit_are_refused_before_they_are_made(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda device: 600)
    with pytest.raises(memory.MemoryFault, match="1 MiB"):
        lab.live(lab.small())
    assert lab.live(lab.chain(Input(), ReLU(), Flatten(), Output())).classes == 784
