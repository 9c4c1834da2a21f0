"""Networks with groups: readable classes, keys that fit, equal numbers in every format, weights that go along."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from msgspec.structs import replace

from chains import chain
from convstudio.blocks import (
    Add,
    BatchNorm,
    Concatenate,
    Convolution,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    catalogue,
)
from convstudio.codegen import source
from convstudio.engine import exports, moving
from convstudio.engine.build import LiveNetwork, build, carry_over
from convstudio.network import edits, grouping
from convstudio.network.document import Document, Network, Wire
from convstudio.network.group import Group
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve

pytestmark = pytest.mark.usefixtures("in_this_process")


def of_images(*layers: Layer) -> Network:
    return chain(Input(channels=3, axes=(8, 8)), *layers, Flatten(), FullyConnected(channels=4), Output())


def repeated(network: Network, group_id: str, repeat: int) -> Network:
    return edits.change(network, group_id, replace(grouping.group_at(network, group_id), repeat=repeat))


def residual(repeat: int = 1, channels: int = 3) -> Network:
    network = of_images(Convolution(channels=channels), BatchNorm(), ReLU(), Convolution(channels=3), Add())
    network = edits.connect(network, Wire("input_1", "add_1", "in_2"))
    ids = ["conv_1", "batch_norm_1", "relu_1", "conv_2", "add_1"]
    network, group_id = grouping.group(network, ids, "Residual block")
    return repeated(network, group_id, repeat)


def narrowing() -> Network:
    """Repeated where the first copy has another shape than the others."""
    network, group_id = grouping.group(of_images(Convolution(channels=5), ReLU()), ["conv_1", "relu_1"], "3x3, ReLU!")
    return repeated(network, group_id, 4)


def nested() -> Network:
    network = residual(2)
    network, inner = edits.append_after(edits.remove(network, ["flatten_1"]), "group_1", MaxPool())
    network, flatten = edits.append_after(network, inner, Flatten())
    wire = network.incoming["fc_1"]["in"]
    network = edits.connect(edits.disconnect(network, [wire]), Wire(flatten, "fc_1"))
    return repeated(grouping.group(network, ["group_1", inner], "Stage")[0], "group_2", 2)


def two_entries() -> Network:
    network = of_images(Convolution(channels=4), ReLU(), Concatenate())
    network, side = edits.append_after(network, "input_1", Convolution(channels=2))
    network = edits.connect(network, Wire(side, "concat_1", "in_2"))
    return grouping.group(network, ["relu_1", "concat_1"], "torch")[0]


def twins() -> Network:
    """Two groups of equal content at equal shapes, and one with the same title at another."""
    network, _ = grouping.group(of_images(Convolution(channels=3), ReLU()), ["conv_1", "relu_1"], "Stage")
    for _ in range(2):
        part = edits.fragment(network, ["group_1"])
        network, (new,) = edits.paste(network, part, 0, 0)
        wire = network.incoming["flatten_1"]["in"]
        network = edits.connect(edits.disconnect(network, [wire]), Wire(wire.source, new))
        network = edits.connect(network, Wire(new, "flatten_1"))
    inner = edits.change(grouping.inside(network, ("group_3",)), "conv_1", Convolution(channels=2))
    return grouping.put(network, ("group_3",), inner)


def handing_on() -> Network:
    """A group that does nothing, and one without weights."""
    network, _ = grouping.group(of_images(ReLU(), MaxPool()), ["relu_1", "max_pool_1"], "No weights")
    network, new = edits.add(network, Group(), 0, 0)
    wire = network.incoming["flatten_1"]["in"]
    network = edits.disconnect(network, [wire])
    return edits.connect(edits.connect(network, Wire(wire.source, new)), Wire(new, "flatten_1"))


MAKERS: list[Callable[[], Network]] = [residual, narrowing, nested, two_entries, twins, handing_on]
every_network = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


def built(network: Network) -> LiveNetwork:
    """Built, and a little moved from its start."""
    live = build(network, resolve(network, catalogue()), 3)
    torch.manual_seed(1)
    live(torch.rand(8, 3, 8, 8))
    return live.eval()


def scores(live: LiveNetwork) -> torch.Tensor:
    torch.manual_seed(2)
    with torch.no_grad():
        return live.eval()(torch.rand(5, 3, 8, 8))


def text(network: Network) -> str:
    return source(network, resolve(network, catalogue()), "Digits")


# --- written source --------------------------------------------------------------------------------------------------


def test_a_group_is_a_class_named_after_its_title() -> None:
    written = text(residual())
    assert (
        '''class ResidualBlock(nn.Module):
    """Residual block: 3×8×8 → 3×8×8."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_1 = nn.Conv2d(3, 3, 3, padding=1)
        self.batch_norm_1 = nn.BatchNorm2d(3)
        self.conv_2 = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        conv_1 = self.conv_1(x)  # 3×8×8
'''
        in written
    )
    assert "        self.group_1 = ResidualBlock()\n" in written
    assert "        x = self.group_1(x)  # 3×8×8\n" in written
    assert written.index("class ResidualBlock") < written.index("class Digits")


@pytest.mark.parametrize(
    ("network", "line", "classes"),
    [
        (residual(2), "self.group_1 = nn.Sequential(ResidualBlock(), ResidualBlock())", 2),
        (residual(3), "self.group_1 = nn.Sequential(*(ResidualBlock() for _ in range(3)))", 2),
        (narrowing(), "nn.Sequential(Network3x3ReLU(), *(Network3x3ReLU2() for _ in range(3)))", 3),
        (two_entries(), "def forward(self, entry_1: torch.Tensor, entry_2: torch.Tensor) -> torch.Tensor:", 2),
        (two_entries(), "x = self.group_1(conv_1, conv_2)  # 6×8×8", 2),
        (twins(), "self.group_2 = Stage()", 3),
        (twins(), "self.group_3 = Stage2()", 3),
        (nested(), "self.group_2 = nn.Sequential(Stage(), Stage2())", 5),
    ],
)
def test_copies_and_equal_groups_share_a_class(network: Network, line: str, classes: int) -> None:
    written = text(network)
    assert line in written
    assert written.count("(nn.Module):") == classes


@every_network
def test_source_holds_the_live_weights_and_gives_the_same_numbers(make: Callable[[], Network], tmp_path: Path) -> None:
    live = built(make())
    path = tmp_path / "net.py"
    path.write_text(text(make()), encoding="utf-8")
    model = runpy.run_path(str(path))["Digits"]()
    model.load_state_dict(live.state_dict(), strict=True)
    torch.manual_seed(2)
    with torch.no_grad():
        assert torch.equal(model.eval()(torch.rand(5, 3, 8, 8)), scores(live))


@every_network
@pytest.mark.parametrize("format", ["source", "safetensors", "onnx"])
def test_every_format_proves_itself(make: Callable[[], Network], format: Any, tmp_path: Path) -> None:
    network = make()
    samples = np.random.default_rng(1).random((4, 3, 8, 8), np.float32)
    proof = exports.export(
        format, tmp_path / "file", Document(network), resolve(network, catalogue()), built(network), samples
    )
    assert proof.difference <= 1e-6


def test_onnx_names_are_paths(tmp_path: Path) -> None:
    network = residual(3)
    samples = np.zeros((1, 3, 8, 8), np.float32)
    exports.export(
        "onnx", tmp_path / "a.onnx", Document(network), resolve(network, catalogue()), built(network), samples
    )
    graph = onnx.load(tmp_path / "a.onnx").graph
    assert {"group_1.0.conv_1.weight", "group_1.2.batch_norm_1.running_mean"} <= {i.name for i in graph.initializer}
    assert "group_1.1.relu_1" in {node.name for node in graph.node}


# --- the live network ------------------------------------------------------------------------------------------------


def test_keys_are_those_of_nested_modules() -> None:
    assert "group_1.conv_1.weight" in built(residual()).state_dict()
    assert "group_1.2.conv_1.weight" in built(residual(3)).state_dict()
    assert "group_2.1.group_1.0.conv_2.bias" in built(nested()).state_dict()


def test_inner_blocks_can_be_looked_at() -> None:
    live = built(residual(3))
    results = live.results(torch.rand(2, 3, 8, 8), ["group_1", "group_1.1.relu_1", "group_1.2.exit_1"])
    assert results["group_1.1.relu_1"].shape == (2, 3, 8, 8)
    assert torch.equal(results["group_1"], results["group_1.2.exit_1"])


def test_memory_is_counted_once() -> None:
    network = residual(3)
    analysis = resolve(network, catalogue())
    assert build(network, analysis, 0).activation_bytes == analysis.activation_bytes


def carried(was: LiveNetwork, network: Network) -> tuple[LiveNetwork, tuple[str, ...], tuple[str, ...]]:
    now = build(network, resolve(network, catalogue()), 9)
    kept, fresh = carry_over(was.state_dict() | moving.weights(was, now), now)
    return now, kept, fresh


@every_network
def test_dissolving_a_group_keeps_all_weights(make: Callable[[], Network]) -> None:
    was, network = built(make()), make()
    while groups := [i for i in network.blocks if i.startswith("group_")]:
        network, _ = grouping.ungroup(network, groups[0])
        now, _, fresh = carried(was, network)
        assert fresh == ()
        assert torch.equal(scores(now), scores(was))
        was = now


def test_making_a_group_keeps_all_weights() -> None:
    network = of_images(Convolution(), ReLU(), Convolution(), ReLU())
    was = built(network)
    for ids in (["conv_2", "relu_2"], ["conv_1", "relu_1", "group_1"]):
        network, _ = grouping.group(network, ids)
        now, _, fresh = carried(was, network)
        assert fresh == ()
        assert torch.equal(scores(now), scores(was))
        was = now


def test_another_number_of_copies_keeps_those_that_there_were() -> None:
    one = built(residual())
    three, kept, fresh = carried(one, residual(3))
    assert "group_1.0.conv_1" in kept
    assert set(fresh) == {f"group_1.{n}.{i}" for n in (1, 2) for i in ("conv_1", "batch_norm_1", "conv_2")}
    four, kept, fresh = carried(three, residual(4))
    assert {i.split(".")[1] for i in fresh if "." in i} == {"3"}
    back, kept, fresh = carried(four, residual())
    assert fresh == ()
    assert torch.equal(back.state_dict()["group_1.conv_1.weight"], one.state_dict()["group_1.conv_1.weight"])


def test_a_changed_block_in_a_group_starts_afresh_alone() -> None:
    _, kept, fresh = carried(built(residual()), residual(channels=6))
    assert set(fresh) == {"group_1.conv_1", "group_1.batch_norm_1", "group_1.conv_2"}
    assert kept == ("fc_1",)


def test_blocks_outside_groups_never_take_the_weights_of_others() -> None:
    network = of_images(Convolution(channels=3), ReLU())
    two = edits.insert_before(network, "relu_1", "in", Convolution(channels=3))[0]
    assert moving.moved(built(network), built(edits.remove(two, ["conv_1"]))) == {}
