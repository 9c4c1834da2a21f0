"""Analysis: order, costs and receptive fields against published figures; problems, and fixes that mend them."""

from __future__ import annotations

from itertools import pairwise

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chains import chain
from convstudio.blocks import (
    Add,
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
from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis, Sample
from convstudio.network.layer import Layer
from convstudio.network.problem import Problem
from convstudio.network.receptive_field import Field
from convstudio.network.resolve import measure, resolve
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight

DIGITS = Sample(Shape(1, (28, 28)), tuple("0123456789"), "Handwritten digits")


def row(*layers: Layer) -> Network:
    """A chain made at once, where one edit after the other would take long."""
    numbers: dict[str, int] = {}
    blocks: dict[str, Block] = {}
    for layer in layers:
        numbers[layer.stem] = numbers.get(layer.stem, 0) + 1
        block = Block(f"{layer.stem}_{numbers[layer.stem]}", layer)
        blocks[block.id] = block
    return Network(blocks, tuple(Wire(a, b) for a, b in pairwise(blocks)))


def analysed(network: Network, sample: Sample | None = None) -> Analysis:
    return resolve(network, catalogue(), sample)


def masks(channels: int, mask: int = 3, padding: int = 1, stride: int = 1) -> Convolution:
    return Convolution(channels=channels, mask=(mask,), padding=(padding,), stride=(stride,))


# --- published figures --------------------------------------------------------------------------------------------


def test_lenet5() -> None:
    """LeCun, Bottou, Bengio, Haffner (1998), with full connections in C3: 61,706 weights, 416,520 multiply-adds."""
    layers = [
        Input(axes=(32, 32)),
        *(masks(6, 5, 0), ReLU(), MaxPool()),
        *(masks(16, 5, 0), ReLU(), MaxPool()),
        *(masks(120, 5, 0), ReLU(), Flatten()),
        *(FullyConnected(channels=84), ReLU(), FullyConnected(), Output()),
    ]
    analysis = analysed(chain(*layers))
    assert (analysis.parameters, analysis.multiply_adds) == (61_706, 416_520)
    stages = ("conv_1", "max_pool_1", "conv_2", "max_pool_2", "conv_3")
    assert [Sight(analysis).of(i)[0].size for i in stages] == [5, 6, 14, 16, 32]
    assert [str(analysis.blocks[i].output) for i in stages] == [
        "6 × 28 × 28",
        "6 × 14 × 14",
        "16 × 10 × 10",
        "16 × 5 × 5",
        "120 × 1 × 1",
    ]
    assert analysis.problems == ()


def test_vgg16() -> None:
    """Simonyan and Zisserman (2014), configuration D; fields after each pooling as in the literature."""
    layers: list[Layer] = [Input(channels=3, axes=(224, 224))]
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [layer for _ in range(count) for layer in (masks(width), ReLU())] + [MaxPool()]
    layers.append(Flatten())
    for width in (4096, 4096):
        layers += [FullyConnected(channels=width), ReLU(), Dropout()]
    analysis = analysed(chain(*layers, FullyConnected(channels=1000), Output()))
    assert (analysis.parameters, analysis.multiply_adds) == (138_357_544, 15_470_264_320)
    pools = [Sight(analysis).of(f"max_pool_{n}") for n in range(1, 6)]
    assert [rows.size for rows, _ in pools] == [6, 16, 44, 100, 212]
    assert [rows.stride for rows, _ in pools] == [2, 4, 8, 16, 32]
    assert all(rows == columns for rows, columns in pools)


def test_alexnet() -> None:
    """The one-column form (Krizhevsky 2014) as torchvision has it, without its pooling of 6 × 6 to 6 × 6."""
    pool = MaxPool(window=(3,), stride=(2,))
    layers = [
        Input(channels=3, axes=(224, 224)),
        *(masks(64, 11, 2, 4), ReLU(), pool),
        *(masks(192, 5, 2), ReLU(), pool),
        *(masks(384), ReLU(), masks(256), ReLU(), masks(256), ReLU(), pool, Flatten()),
        *(Dropout(), FullyConnected(channels=4096), ReLU()),
        *(Dropout(), FullyConnected(channels=4096), ReLU()),
        *(FullyConnected(channels=1000), Output()),
    ]
    analysis = analysed(chain(*layers))
    assert analysis.blocks["max_pool_3"].output == Shape(256, (6, 6))
    assert (analysis.parameters, analysis.multiply_adds) == (61_100_840, 714_188_480)
    assert [Sight(analysis).of(f"max_pool_{n}")[0].size for n in (1, 2, 3)] == [19, 67, 195]


def test_memory_counts_every_result_in_float32() -> None:
    analysis = analysed(chain(Input(axes=(8, 8)), masks(4), MaxPool(), Output()))
    assert analysis.activation_bytes == 4 * (64 + 256 + 64 + 64)


def test_formulas_carry_their_numbers() -> None:
    analysis = analysed(chain(Input(axes=(28, 28)), Convolution(channels=8, mask=(5,), padding="none")))
    assert analysis.blocks["conv_1"].arithmetic == (
        "⌊(28 - 1·(5 - 1) - 1) / 1⌋ + 1 = 24",
        "weights 8 · (1 · 5 · 5) + 8 = 208",
    )


# --- order and size ---------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=40))
def test_order_puts_what_feeds_before_what_is_fed(pairs: list[tuple[int, int]]) -> None:
    network = Network()
    for _ in range(16):
        network, _ = edits.add(network, Add(), 0, 0)
    graph = networkx.DiGraph()
    graph.add_nodes_from(network.blocks)
    for a, b in pairs:
        wire = Wire(f"add_{a + 1}", f"add_{b + 1}", network.free_port(f"add_{b + 1}") or "in")
        reason = edits.refusal(network, wire)
        graph.add_edge(wire.source, wire.target)
        goes_round = not networkx.is_directed_acyclic_graph(graph)
        assert (reason is not None) == goes_round
        if goes_round:
            graph.remove_edge(wire.source, wire.target)
        else:
            network = edits.connect(network, wire)
    order = analysed(network).order
    assert sorted(order) == sorted(network.blocks)
    assert all(order.index(a) < order.index(b) for a, b in graph.edges)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=20))
def test_only_circles_and_what_hangs_behind_them_have_no_place_in_the_order(pairs: list[tuple[int, int]]) -> None:
    blocks = edits.paste(Network(), chain(*[Add()] * 8), 0, 0)[0].blocks
    graph = networkx.DiGraph()
    graph.add_nodes_from(blocks)
    ports: dict[int, int] = {}
    wires = []
    for a, b in pairs:
        ports[b] = ports.get(b, 0) + 1
        wires.append(Wire(f"add_{a}", f"add_{b}", "in" if ports[b] == 1 else f"in_{ports[b]}"))
        graph.add_edge(f"add_{a}", f"add_{b}")
    analysis = analysed(Network(blocks, tuple(wires)))
    rings = {i for ring in networkx.strongly_connected_components(graph) for i in ring if on_a_ring(graph, ring)}
    behind = rings.union(*(networkx.descendants(graph, i) for i in rings))
    assert set(analysis.order) == set(blocks) - behind
    circles = [p for p in analysis.problems if "circle" in p.title]
    assert len(circles) == bool(rings)
    for problem in circles:
        ring = [*problem.blocks, problem.blocks[0]]
        assert all(graph.has_edge(a, b) for a, b in pairwise(ring)), ring


def on_a_ring(graph: networkx.DiGraph, ring: set[str]) -> bool:
    return len(ring) > 1 or any(graph.has_edge(i, i) for i in ring)


def test_thousands_of_blocks_in_a_row() -> None:
    network = row(Input(axes=(8, 8)), *[layer for _ in range(999) for layer in (masks(2), ReLU())], Output())
    analysis = analysed(network)
    assert len(analysis.order) == 2000
    assert analysis.problems == ()
    assert Sight(analysis).of("relu_999")[0].size == 1 + 2 * 999


def test_thousands_of_blocks_in_a_circle() -> None:
    network = row(*[ReLU()] * 2000)
    network = Network(network.blocks, (*network.wires, Wire("relu_2000", "relu_1")))
    (problem,) = [p for p in analysed(network).problems if "circle" in p.title]
    assert len(problem.blocks) == 2000
    (fix,) = problem.fixes
    assert not [p for p in analysed(fix.apply(network)).problems if "circle" in p.title]


def test_the_same_block_on_the_same_shapes_is_measured_once() -> None:
    layer, shapes = masks(3), (Shape(2, (8, 8)),)
    assert measure(layer, shapes) is measure(masks(3), (Shape(2, (8, 8)),))


# --- problems and their fixes -----------------------------------------------------------------------------------------


def merge(network: Network, layer: Layer, *sources: str) -> Network:
    network, block = edits.add(network, layer, 0, 0)
    for source in sources:
        network = edits.connect(network, Wire(source, block, network.free_port(block) or ""))
    return network


def good() -> Network:
    return chain(Input(), masks(8), ReLU(), Flatten(), FullyConnected(), Output())


def cut(network: Network, *pairs: tuple[str, str]) -> Network:
    return edits.disconnect(network, [Wire(a, b) for a, b in pairs])


def circle() -> Network:
    network = merge(good(), Add(), "conv_1")
    network = edits.connect(cut(network, ("conv_1", "relu_1")), Wire("add_1", "relu_1"))
    return Network(network.blocks, (*network.wires, Wire("relu_1", "add_1", "in_2")))


PROBLEMS: dict[str, tuple[Network, Sample | None, str, str, tuple[str, ...], int]] = {
    "an empty canvas": (Network(), DIGITS, "The canvas is empty", "Drag an Input", (), 0),
    "no Output": (
        edits.remove(good(), ["output_1"]),
        None,
        "There is no Output",
        "which block gives the answer",
        ("fc_1",),
        1,
    ),
    "only an Output": (chain(Output()), None, "Not connected", "Nothing arrives at Output", ("output_1",), 0),
    "two Outputs": (
        edits.append_after(good(), "fc_1", Output())[0],
        None,
        "There are 2 Output blocks",
        "output_1, output_2: keep the one that counts",
        ("output_1", "output_2"),
        1,
    ),
    "two Inputs": (
        edits.connect(
            merge(cut(edits.add(good(), Input(), 0, 0)[0], ("input_1", "conv_1")), Add(), "input_1", "input_2"),
            Wire("add_1", "conv_1"),
        ),
        None,
        "There are 2 Input blocks",
        "input_1, input_2: keep the one",
        ("input_1", "input_2"),
        1,
    ),
    "a circle": (
        circle(),
        None,
        "The blocks go round in a circle",
        "add_1 → relu_1 → add_1 feed each other",
        ("add_1", "relu_1"),
        1,
    ),
    "a loose end": (
        cut(good(), ("relu_1", "flatten_1")),
        None,
        "Not connected",
        "Nothing arrives at Flatten",
        ("flatten_1",),
        1,
    ),
    "half a sum": (
        edits.connect(cut(merge(good(), Add(), "relu_1"), ("relu_1", "flatten_1")), Wire("add_1", "flatten_1")),
        None,
        "Not connected",
        "Nothing arrives at Add",
        ("add_1",),
        1,
    ),
    "a dead end": (
        edits.append_after(good(), "conv_1", MaxPool())[0],
        None,
        "Leads nowhere",
        "The result of Max pool 2×2 is not used",
        ("max_pool_1",),
        1,
    ),
    "no Flatten": (
        edits.remove(good(), ["flatten_1"]),
        None,
        "Fully connected needs one row of numbers",
        "8 feature maps of 28 × 28. Laid out in one row they are 8 · 28 · 28 = 6 272 numbers",
        ("fc_1",),
        2,
    ),
    "a mask too large": (
        chain(Input(axes=(4, 9)), Convolution(mask=(5,), padding="none"), Output()),
        None,
        "The mask does not fit",
        "There are only 4 rows, and the mask is 5 long",
        ("conv_1",),
        2,
    ),
    "one column": (
        chain(Input(axes=(9, 1)), MaxPool(), Output()),
        None,
        "The window does not fit",
        "There is only 1 column, and the window is 2 long",
        ("max_pool_1",),
        1,
    ),
    "a single cell": (
        chain(Input(axes=(1, 1)), MaxPool(), Output()),
        None,
        "The window does not fit",
        "There is only 1 row, and the window is 2 long",
        ("max_pool_1",),
        1,
    ),
    "few time steps": (
        chain(Input(axes=(3,)), MaxPool(window=(4,)), Output()),
        None,
        "The window does not fit",
        "There are only 3 time steps",
        ("max_pool_1",),
        1,
    ),
    "unlike sizes": (
        merge(
            edits.append_after(chain(Input(), masks(8)), "conv_1", MaxPool())[0], Concatenate(), "conv_1", "max_pool_1"
        ),
        None,
        "Concat needs maps of one size",
        "8 × 28 × 28 and 8 × 14 × 14 arrive here",
        ("concat_1",),
        1,
    ),
    "too few classes": (
        edits.change(good(), "fc_1", FullyConnected(channels=7)),
        DIGITS,
        "The output does not match the classes",
        "Handwritten digits has 10 classes, but Fully connected hands over 7 numbers",
        ("output_1",),
        1,
    ),
    "too few classes, before a ReLU": (
        edits.insert_before(edits.change(good(), "fc_1", FullyConnected(channels=7)), "output_1", "in", ReLU())[0],
        DIGITS,
        "The output does not match the classes",
        "but ReLU hands over 7 numbers",
        ("output_1",),
        1,
    ),
    "maps instead of classes": (
        chain(Input(), masks(10), Output()),
        DIGITS,
        "The output is not a row of numbers",
        "needs 10 numbers, one a class. It gets 10 feature maps of 28 × 28",
        ("output_1",),
        1,
    ),
    "another size of samples": (
        edits.change(good(), "input_1", Input(channels=3, axes=(32, 32))),
        DIGITS,
        "The input does not match the data",
        "Input expects 3 × 32 × 32; a sample of Handwritten digits is 1 × 28 × 28",
        ("input_1",),
        1,
    ),
}


def titles(problems: tuple[Problem, ...]) -> list[str]:
    return [p.title for p in problems]


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_said_and_worn_and_mended(name: str) -> None:
    network, sample, title, words, blocks, fixes = PROBLEMS[name]
    analysis = analysed(network, sample)
    (problem,) = [p for p in analysis.problems if p.title == title]
    assert words in problem.words
    assert problem.words.endswith(".")
    assert set(problem.blocks) == set(blocks)
    assert all(problem in analysis.blocks[i].problems for i in blocks)
    assert len(problem.fixes) == fixes
    for fix in problem.fixes:
        assert fix.label
        after = analysed(fix.apply(network), sample)
        assert title not in titles(after.problems)
        assert len(after.errors) <= len(analysis.errors)


def test_a_good_network_has_no_problem() -> None:
    assert analysed(good(), DIGITS).problems == ()


def test_what_does_not_lead_to_the_output_does_not_stop_training() -> None:
    network, _ = edits.add(good(), FullyConnected(), 0, 0)
    network, _ = edits.append_after(network, "conv_1", FullyConnected(channels=3))
    analysis = analysed(network, DIGITS)
    assert analysis.errors == ()
    assert sorted(titles(analysis.problems)) == ["Fully connected needs one row of numbers", "Not connected"]
    assert "fc_2" not in analysis.live


def test_what_hangs_behind_a_problem_is_not_blamed() -> None:
    analysis = analysed(edits.remove(good(), ["flatten_1"]), DIGITS)
    assert titles(analysis.problems) == ["Fully connected needs one row of numbers"]
    assert analysis.blocks["output_1"].output is None


def test_a_block_without_input_gets_the_last_loose_end_that_may_be_wired() -> None:
    network, _ = edits.add(chain(Input(), masks(8)), ReLU(), 0, 0)
    network, _ = edits.add(network, ReLU(), 0, 0)
    found = [p for p in analysed(network).problems if p.title == "Not connected"]
    assert [p.fixes[0].wire.source for p in found] == ["conv_1", "conv_1"]


def test_without_an_output_all_that_can_be_computed_is_live() -> None:
    network = edits.remove(good(), ["output_1", "flatten_1"])
    assert analysed(network).live == ("input_1", "conv_1", "relu_1")


# --- fields through branches ----------------------------------------------------------------------------------------


def test_branches_see_what_either_of_them_sees() -> None:
    network = chain(Input(axes=(32, 32)), masks(4))
    for layer in (masks(4, 7, 3), masks(4, 3, 1)):
        network, _ = edits.append_after(network, "conv_1", layer)
    analysis = analysed(merge(network, Add(), "conv_2", "conv_3"))
    assert Sight(analysis).of("add_1")[0] == Field(9, 1, -4, 32)
    assert Sight(analysis).of("add_1")[0].interval(0) == (0, 4)
    assert Sight(analysis).of("add_1")[0].interval(16) == (12, 20)


def test_axes_have_fields_of_their_own() -> None:
    layer = Convolution(mask=(3, 5), stride=(2, 1), padding="none", dilation=(1, 2))
    analysis = analysed(chain(Input(axes=(32, 32)), layer, MaxPool()))
    assert Sight(analysis).of("max_pool_1") == (Field(5, 4, 0, 32), Field(10, 2, 0, 32))


def test_where_a_single_cell_arrives_a_pool_is_left_out_and_elsewhere_its_window_is_made_to_fit() -> None:
    labels = []
    for axes in ((1, 1), (9, 1), (1,), (3, 3)):
        network = chain(Input(axes=axes), MaxPool(window=(4,)), Output())
        (problem,) = resolve(network, catalogue()).problems
        labels.append(problem.fixes[0].label)
        assert resolve(problem.fixes[0].apply(network), catalogue()).problems == ()
    assert labels == ["Leave it out", "Use a window of 4×1", "Leave it out", "Use a window of 3×3"]
