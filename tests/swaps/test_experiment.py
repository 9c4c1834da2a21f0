"""The experiment on whole networks against torch: branches, groups, several blocks at once; what an edit keeps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from msgspec.structs import replace as with_fields
from torch.utils.flop_counter import FlopCounterMode

from convstudio.blocks import (
    Add,
    BatchNorm,
    Convolution,
    Dilated,
    GlobalAveragePool,
    Input,
    MaxPool,
    Output,
    ReLU,
    Separable,
    Transposed,
    catalogue,
)
from convstudio.engine.build import build
from convstudio.network import grouping
from convstudio.network.document import Block, DataChoice, Document, Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve
from convstudio.swaps.experiment import Entrant, experiment, likeness
from convstudio.swaps.twins import SWAPPABLE

LAYERS: dict[str, Layer] = {
    "input_1": Input(channels=3, axes=(20, 20)),
    "conv_1": Convolution(channels=8),
    "norm_1": BatchNorm(),
    "relu_1": ReLU(),
    "max_pool_1": MaxPool(),
    "conv_2": Convolution(channels=8, mask=(5,)),
    "dilated_1": Dilated(channels=8),
    "add_1": Add(),
    "up_1": Transposed(channels=4),
    "global_1": GlobalAveragePool(),
    "output_1": Output(),
}
WIRES = (
    *(Wire(a, b) for a, b in pairwise(list(LAYERS)[:6])),
    Wire("max_pool_1", "dilated_1"),
    Wire("conv_2", "add_1"),
    Wire("dilated_1", "add_1", "in_2"),
    *(Wire(a, b) for a, b in pairwise(list(LAYERS)[7:])),
)


def document(**changed: Layer) -> Document:
    blocks = {
        i: Block(i, changed.get(i, layer), f"My {i}", 10.0 * n, 5.0 * n) for n, (i, layer) in enumerate(LAYERS.items())
    }
    return Document(Network(blocks, WIRES), DataChoice(name=""))


def grouped() -> tuple[Document, tuple[str, ...]]:
    """The branches in a group that is repeated twice."""
    made = document()
    network, group = grouping.group(made.network, ("conv_2", "dilated_1", "add_1"))
    block = network.blocks[group]
    twice = replace(block, layer=with_fields(block.layer, repeat=2))
    return made.with_network(network.with_blocks({**network.blocks, group: twice})), (group,)


CHOICES = [("conv_1",), ("conv_2",), ("dilated_1",), ("conv_1", "dilated_1", "conv_2"), ("up_1",), ("max_pool_1",)]


def entrants() -> list[Entrant]:
    found = [e for ids in CHOICES for e in experiment(document(), (), ids, None).entrants]
    made, path = grouped()
    found += experiment(made, path, ("conv_2", "dilated_1"), None).entrants
    return [e for e in found if e.possible]


@pytest.mark.parametrize("entrant", entrants(), ids=lambda e: f"{'+'.join(e.flat)}-{e.key}")
def test_every_number_is_torch_s(entrant: Entrant) -> None:
    network = entrant.document.network
    live = build(network, resolve(network, catalogue()), 0).eval()
    assert entrant.whole.parameters == sum(p.numel() for p in live.parameters())
    own = [p for i in entrant.flat if i in live.parts for p in live.parts[i].parameters()]
    assert entrant.blocks.parameters == sum(p.numel() for p in own)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        results = live.results(torch.rand(1, 3, 20, 20), tuple(live.shapes))
    assert entrant.whole.multiply_adds == counter.get_total_flops() // 2
    assert entrant.blocks.multiply_adds == sum(flops(live, i, results) for i in entrant.flat)
    assert entrant.blocks.activation_bytes == sum(4 * results[i].numel() for i in entrant.flat)


def flops(live, block: str, results: dict[str, torch.Tensor]) -> int:
    step = next(s for s in live.steps if s.block == block)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        step.function(*(results[i] for i in step.sources))
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("key", ["present", "larger", "dilated", "separable", "strided"])
def test_the_field_is_what_a_unit_responds_to(key: str) -> None:
    made = document(conv_1=Convolution(channels=8, mask=(3,)))
    entrant = experiment(made, (), ("conv_1",), None).entrant(key)
    live = build(entrant.document.network, resolve(entrant.document.network, catalogue()), 0).eval()
    with torch.no_grad():
        for weights in live.parameters():
            weights.fill_(1.0)
    image = torch.rand(1, 3, 20, 20, requires_grad=True)
    result = live.results(image, ("conv_1",))["conv_1"]
    result[0, 0, result.shape[2] // 2, result.shape[3] // 2].backward()
    seen = image.grad[0].abs().sum((0, 2)).nonzero().flatten()
    assert entrant.blocks.field == (int(seen[-1] - seen[0] + 1),) * 2


@pytest.mark.parametrize("ids", CHOICES, ids="+".join)
def test_ids_titles_places_and_wires_stay(ids: tuple[str, ...]) -> None:
    before = document().network
    frozen = before.with_blocks({**before.blocks, ids[0]: replace(before.blocks[ids[0]], frozen=True)})
    for entrant in experiment(document().with_network(frozen), (), ids, None).entrants[1:]:
        if not entrant.possible or entrant.key in ("strided", "upsampled") or ids == ("up_1",):
            continue
        after = entrant.document.network
        assert after.wires == before.wires
        for i, block in frozen.blocks.items():
            assert replace(after.blocks[i], layer=block.layer) == block
            assert (after.blocks[i].layer != block.layer) <= (i in ids)


def test_a_stride_takes_the_pooling_s_place_past_norm_and_activation() -> None:
    entrant = experiment(document(), (), ("conv_1",), None).entrant("strided")
    network = entrant.document.network
    assert network.blocks["conv_1"].layer == Convolution(channels=8, stride=(2,))
    assert "max_pool_1" not in network.blocks
    assert {w.target for w in network.outgoing["relu_1"]} == {"conv_2", "dilated_1"}
    assert resolve(network, catalogue()).errors == ()
    assert "places 10 · 10 instead of 20 · 20: 0.25 of the multiply-adds" in entrant.variant.lines
    assert (
        entrant.blocks.multiply_adds * 4 == experiment(document(), (), ("conv_1",), None).present.blocks.multiply_adds
    )


def test_where_no_pooling_follows_alone_that_is_said() -> None:
    for ids in (("conv_2",), ("dilated_1",)):
        entrant = experiment(document(), (), ids, None).entrant("strided")
        assert (entrant.possible, entrant.flat) == (False, ())
        assert "No pooling follows" in entrant.words


def test_an_idea_is_taken_where_it_fits() -> None:
    found = experiment(document(), (), ("conv_1", "dilated_1"), None)
    dilated = found.entrant("dilated")
    assert dilated.variant.name == "Dilated 3×3 · d 2 (1 of 2 blocks)"
    assert found.entrant("standard").variant.name == "Convolution 3×3 (1 of 2 blocks)"
    separable = found.entrant("separable").document.network
    assert all(isinstance(separable.blocks[i].layer, Separable) for i in ("conv_1", "dilated_1"))
    assert [e.key for e in found.entrants][:3] == ["present", "standard", "larger"]


def test_in_a_group_the_group_s_network_is_changed_and_all_copies_with_it() -> None:
    made, path = grouped()
    entrant = experiment(made, path, ("conv_2",), None).entrant("separable")
    assert entrant.flat == (f"{path[0]}.0.conv_2",)
    inner = grouping.inside(entrant.document.network, path)
    assert isinstance(inner.blocks["conv_2"].layer, Separable)
    before, after = experiment(made, path, ("conv_2",), None).present, entrant
    saved = before.blocks.parameters - after.blocks.parameters
    assert before.whole.parameters - after.whole.parameters == 2 * saved


def test_nothing_to_compare_is_none() -> None:
    assert experiment(document(), (), (), None) is None
    assert experiment(document(), (), ("relu_1", "gone_7"), None) is None
    assert experiment(document(), ("gone_1",), ("conv_1",), None) is None
    loose = document().with_network(Network({"conv_1": Block("conv_1", Convolution())}))
    assert experiment(loose, (), ("conv_1",), None) is None
    assert all(isinstance(LAYERS[i], SWAPPABLE) for ids in CHOICES for i in ids)


def test_titles_and_places_make_no_other_experiment() -> None:
    made = document()
    blocks = {**made.network.blocks, "conv_1": replace(made.network.blocks["conv_1"], title="New", x=7.0)}
    assert likeness(made.with_network(made.network.with_blocks(blocks))) == likeness(made)
    assert likeness(document(conv_1=Convolution(channels=9))) != likeness(made)
