"""Every fix that is offered, of problems and of advice, on networks made at random: it never fails and it mends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chains import chain
from convstudio.blocks import (
    Add,
    Concatenate,
    Convolution,
    Depthwise,
    Dilated,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    GroupNorm,
    Input,
    LayerNorm,
    MaxPool,
    Multiply,
    Output,
    ReLU,
    Separable,
    Sigmoid,
    SpatialDropout,
    catalogue,
)
from convstudio.network import edits, file
from convstudio.network.advice import advise
from convstudio.network.document import Document, Network, Wire
from convstudio.network.facts import Sample
from convstudio.network.layer import Layer
from convstudio.network.problem import InsertBefore, MoveBehind, Problem, RemoveBlock, ReplaceBlock
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

SAMPLES = (
    None,
    Sample(Shape(1, (28, 28)), tuple("0123456789"), "Digits"),
    Sample(Shape(3, (9,)), ("a", "b"), "Signals"),
)
LAYERS: tuple[Layer, ...] = (
    *(Input(), Input(axes=(6, 9)), Input(channels=3, axes=(9,)), Input(channels=4, axes=())),
    *(Output(), Output(), ReLU(), Sigmoid(), Flatten(), GlobalAveragePool(), Dropout(), SpatialDropout()),
    *(Convolution(), Convolution(mask=(5,), padding="none"), Convolution(mask=(4,), stride=(2,))),
    *(Convolution(channels=3, mask=(3, 5), dilation=(2, 1)), Convolution(mask=(2,)), Convolution(mask=(9,))),
    *(Dilated(), Dilated(), Dilated(dilation=(4,)), Separable(stride=(2,), padding="none"), Depthwise(mask=(3, 1))),
    *(MaxPool(), MaxPool(window=(4,), stride=(4,)), GroupNorm(groups=3), LayerNorm()),
    *(FullyConnected(), FullyConnected(channels=1), FullyConnected(channels=300)),
    *(Add(), Multiply(), Concatenate(), Add()),
)
pairs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=3, max_size=22)


def made(layers: list[Layer], wires: list[tuple[int, int]]) -> Network:
    """Those of the wires that are not refused; one in a hundred closes a circle."""
    network, ids = Network(), []
    for number, layer in enumerate(layers):
        network, new = edits.add(network, layer, 200.0 * number, 0)
        ids.append(new)
    for a, b in wires:
        if max(a, b) < len(ids):
            port = network.free_port(ids[b])
            wire = Wire(ids[a], ids[b], port or "in")
            if port and edits.refusal(network, wire) is None:
                network = edits.connect(network, wire)
    return network


def said(network: Network, sample: Sample | None) -> tuple[Problem, ...]:
    analysis = resolve(network, catalogue(), sample)
    return (*analysis.problems, *advise(network, analysis, catalogue(), sample))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=12), pairs, st.sampled_from(SAMPLES))
def test_any_fix_mends_its_problem_and_leaves_a_network_that_can_be_saved(
    layers: list[Layer], wires: list[tuple[int, int]], sample: Sample | None
) -> None:
    network = made(layers, wires)
    for problem in said(network, sample):
        assert problem.words.endswith(".")
        assert set(problem.blocks) <= set(network.blocks)
        for fix in problem.fixes:
            after = fix.apply(network)
            assert problem not in said(after, sample), (problem, fix)
            assert not same_trouble(problem, said(after, sample)), (problem, fix)
            assert file.parse(file.dump(Document(after)), catalogue()).network == after


def same_trouble(problem: Problem, found: tuple[Problem, ...]) -> bool:
    """The same blocks are still said to have the same trouble, perhaps in other words."""
    joins = problem.title == "Not connected"  # of several free inputs one is connected at a time
    return not joins and any((p.title, p.blocks) == (problem.title, problem.blocks) for p in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([x for x in LAYERS if x.ports and not x.merging]), min_size=1, max_size=9))
def test_fixes_of_a_chain_one_after_the_other_lead_to_a_network_without_problems(layers: list[Layer]) -> None:
    """As a newcomer would click them: always the first fix of the first problem that has one."""
    layers = [layer for layer in layers if not layer.ends and layer.kind != "fully_connected"]
    rows = [layer for layer in layers if layer.kind in ("flatten", "global_average_pool")]
    layers = [layer for layer in layers if layer not in rows[1:]]
    row = [Input(), *layers, FullyConnected(channels=7), Output()]
    network = made(row, [(n, n + 1) for n in range(len(row) - 1)])
    sample = SAMPLES[1]
    for _ in range(40):
        problems = resolve(network, catalogue(), sample).problems
        fixes = [p.fixes[0] for p in problems if p.fixes]
        if not fixes:
            break
        network = fixes[0].apply(network)
    assert resolve(network, catalogue(), sample).problems == ()


def first_fix(network: Network, title: str, sample: Sample | None = None):
    (problem,) = [p for p in said(network, sample) if p.title == title]
    return problem.fixes[0]


def test_a_mask_behind_flatten_changes_places_with_it() -> None:
    network = chain(Input(), Flatten(), Convolution(), FullyConnected(), Output())
    fix = first_fix(network, "A mask needs an axis to slide along")
    assert isinstance(fix, MoveBehind)
    after = fix.apply(network)
    assert resolve(after, catalogue()).order == ("input_1", "conv_1", "flatten_1", "fc_1", "output_1")
    assert (after.blocks["conv_1"].x, after.blocks["flatten_1"].x) == (
        network.blocks["flatten_1"].x,
        network.blocks["conv_1"].x,
    )
    assert resolve(after, catalogue()).problems == ()


def test_an_unlike_way_round_gets_a_one_by_one_convolution() -> None:
    """The projection of a residual block: He et al. (2016), section 3.3, option B."""
    network = chain(Input(), Convolution(channels=8), Convolution(channels=16, stride=(2,)))
    network, add = edits.append_after(network, "conv_2", Add())
    network = edits.connect(network, Wire("conv_1", add, "in_2"))
    (problem,) = [p for p in said(network, None) if p.title == "Add needs equal shapes"]
    assert "Before it: Convolution 3×3 (conv_2, 16 × 14 × 14), Convolution 3×3 (conv_1, 8 × 28 × 28)." in problem.words
    (fix,) = problem.fixes
    assert isinstance(fix, InsertBefore)
    analysis = resolve(fix.apply(network), catalogue())
    assert analysis.blocks["add_1"].output == Shape(16, (14, 14))
    assert analysis.blocks["conv_3"].parameters == 8 * 16 + 16


def test_a_dead_branch_is_removed_as_a_whole() -> None:
    network = chain(Input(), Convolution(), Flatten(), FullyConnected(), Output())
    for layer in (Convolution(), ReLU()):
        network, _ = edits.append_after(network, "conv_1" if layer.stem == "conv" else "conv_2", layer)
    fix = first_fix(network, "Leads nowhere")
    assert isinstance(fix, RemoveBlock)
    assert fix.label == "Remove these 2 blocks"
    assert set(fix.apply(network).blocks) == {"input_1", "conv_1", "flatten_1", "fc_1", "output_1"}


def test_a_network_without_an_input_gets_one_of_the_size_of_the_data() -> None:
    network = edits.remove(chain(Input(), Convolution(), Flatten(), FullyConnected(), Output()), ["input_1"])
    fix = first_fix(network, "There is no Input", SAMPLES[1])
    after = fix.apply(network)
    assert resolve(after, catalogue(), SAMPLES[1]).problems == ()


def test_replacing_a_block_keeps_its_wires_and_its_place_in_the_file() -> None:
    network = chain(Input(), Convolution(), Flatten(), FullyConnected(), Output())
    after = ReplaceBlock("Average", "flatten_1", GlobalAveragePool()).apply(network)
    assert list(after.blocks) == ["input_1", "conv_1", "global_avg_1", "fc_1", "output_1"]
    assert resolve(after, catalogue()).problems == ()
    assert replace(after.blocks["global_avg_1"], id="flatten_1", layer=Flatten()) == network.blocks["flatten_1"]


@pytest.mark.parametrize("classes", [8, 10])
def test_maps_at_the_output_become_one_number_a_class(classes: int) -> None:
    sample = Sample(Shape(1, (28, 28)), tuple(map(str, range(classes))), "Things")
    network = chain(Input(), Convolution(channels=8), Output())
    fix = first_fix(network, "The output is not a row of numbers", sample)
    analysis = resolve(fix.apply(network), catalogue(), sample)
    assert analysis.problems == ()
    assert ("fc_1" in analysis.blocks) == (classes != 8)
