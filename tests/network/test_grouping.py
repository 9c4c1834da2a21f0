"""Groups: making and dissolving them, what follows for the blocks inside, and how they lie in a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chains import chain
from convstudio.blocks import Add, BatchNorm, Concatenate, Convolution, Dropout, Input, MaxPool, Output, ReLU, catalogue
from convstudio.network import edits, file, grouping
from convstudio.network.document import Document, Network, Wire
from convstudio.network.expansion import expanded, prefix
from convstudio.network.facts import Analysis
from convstudio.network.group import MAX_DEPTH, Entry, Exit, Group
from convstudio.network.layer import Layer
from convstudio.network.receptive_field import Field
from convstudio.network.resolve import measure, resolve
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight


def analysed(network: Network) -> Analysis:
    return resolve(network, catalogue())


def of_images(*layers: Layer) -> Network:
    return chain(Input(channels=2, axes=(8, 8)), *layers, Output())


def residual() -> Network:
    """Input → conv_1 → relu_1 → add_1 → Output, with a way from the Input around the two."""
    network = of_images(Convolution(channels=2), ReLU(), Add())
    return edits.connect(network, Wire("input_1", "add_1", "in_2"))


def repeated(network: Network, group_id: str, repeat: int) -> Network:
    return edits.change(network, group_id, replace(grouping.group_at(network, group_id), repeat=repeat))


def flat(network: Network) -> list[tuple[Any, ...]]:
    """What a network computes, whatever its groups: each layer with what it makes of what, in order."""
    made, analysis = expanded(network, analysed(network))
    names: dict[str, str] = {}
    sight = Sight(analysis)
    found: list[tuple[Any, ...]] = []
    for block_id in analysis.order:
        arriving = made.incoming.get(block_id, {})
        came = tuple(names[arriving[p].source] for p in made.ports(block_id) if p in arriving)
        facts = analysis.blocks[block_id]
        names[block_id] = came[0] if facts.passes and came else f"{facts.call} of {came}"
        if not facts.passes:
            found.append(
                (facts.call, came, facts.output, facts.parameters, facts.multiply_adds, sight.of(block_id), facts.used)
            )
    return sorted(found, key=str)


# --- making a group --------------------------------------------------------------------------------------------------


def test_a_group_takes_the_place_of_its_blocks() -> None:
    network = residual()
    made, group_id = grouping.group(network, ["conv_1", "relu_1", "add_1"], " Residual block ")
    assert set(made.blocks) == {"input_1", "output_1", "group_1"}
    assert made.blocks[group_id].heading == "Residual block"
    assert set(made.wires) == {Wire("input_1", "group_1"), Wire("group_1", "output_1")}
    inner = grouping.inside(made, (group_id,))
    assert set(inner.blocks) == {"conv_1", "relu_1", "add_1", "entry_1", "exit_1"}
    assert {Wire("entry_1", "conv_1"), Wire("entry_1", "add_1", "in_2"), Wire("add_1", "exit_1")} < set(inner.wires)


def test_a_group_has_the_facts_of_what_is_in_it() -> None:
    network = residual()
    before, after = analysed(network), analysed(grouping.group(network, ["conv_1", "relu_1", "add_1"])[0])
    facts = after.blocks["group_1"]
    assert after.errors == ()
    assert facts.inputs == (Shape(2, (8, 8)),)
    assert facts.output == before.blocks["add_1"].output
    assert Sight(after).of("group_1") == Sight(before).of("add_1")
    assert (facts.parameters, facts.multiply_adds) == (38, 2 * 2 * 9 * 64)
    for total in ("parameters", "multiply_adds", "activation_bytes"):
        assert getattr(after, total) == getattr(before, total), total
    (copy,) = facts.inside
    assert copy.blocks["conv_1"] == before.blocks["conv_1"]
    assert copy.blocks["entry_1"].output == Shape(2, (8, 8))


def test_each_input_that_crosses_the_border_becomes_a_port() -> None:
    network = of_images(Convolution(), Convolution(), Concatenate())
    network = edits.connect(network, Wire("input_1", "concat_1", "in_2"))
    network = edits.connect(network, Wire("conv_1", "concat_1", "in_3"))
    made, group_id = grouping.group(network, ["conv_2", "concat_1"])
    assert made.ports(group_id) == ("in", "in_2")
    inner = grouping.inside(made, (group_id,))
    assert {w.target for w in inner.outgoing["entry_1"]} == {"conv_2", "concat_1"}
    assert {(w.source, w.port) for w in made.incoming[group_id].values()} == {("conv_1", "in"), ("input_1", "in_2")}
    assert analysed(made).errors == ()


def test_an_input_that_nothing_feeds_becomes_a_port_as_well() -> None:
    network, _ = edits.add(Network(), Add(), 0, 0)
    made, group_id = grouping.group(network, ["add_1"])
    assert made.ports(group_id) == ("in", "in_2")
    assert "Not connected" in [p.title for p in analysed(made).blocks[group_id].problems]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "Select the blocks"),
        (["input_1", "conv_1"], "Input cannot be in a group"),
        (["relu_1", "output_1"], "Output cannot be in a group"),
        (["conv_1", "add_1"], "ReLU would get its input from the group and feed it as well"),
    ],
)
def test_what_cannot_be_a_group_is_refused_in_words(ids: list[str], words: str) -> None:
    assert words in str(grouping.refusal(residual(), ids))
    with pytest.raises(ValueError, match=words):
        grouping.group(residual(), ids)


def test_several_results_are_refused() -> None:
    network = of_images(Convolution(), ReLU(), Dropout(), Add())
    network = edits.connect(network, Wire("conv_1", "add_1", "in_2"))
    assert "Convolution 3×3 and ReLU would each hand on one" in str(grouping.refusal(network, ["conv_1", "relu_1"]))
    circle = Network(network.blocks, (Wire("relu_1", "dropout_1"), Wire("dropout_1", "relu_1")))
    assert "circle" in str(grouping.refusal(circle, ["relu_1", "dropout_1"]))


def test_groups_lie_only_so_deep_in_one_another() -> None:
    network, last = of_images(ReLU()), "relu_1"
    for _ in range(MAX_DEPTH):
        network, last = grouping.group(network, [last])
    assert network.depth == MAX_DEPTH
    assert f"{MAX_DEPTH} deep" in str(grouping.refusal(network, [last]))
    assert f"{MAX_DEPTH} deep" in str(grouping.refusal(of_images(ReLU()), ["relu_1"], level=MAX_DEPTH))


# --- dissolving a group ----------------------------------------------------------------------------------------------


def test_ungrouping_restores_what_was_grouped() -> None:
    network = residual()
    made, group_id = grouping.group(network, ["conv_1", "relu_1", "add_1"])
    back, ids = grouping.ungroup(made, group_id)
    assert set(ids) == {"conv_1", "relu_1", "add_1"}
    assert back.blocks == network.blocks
    assert set(back.wires) == set(network.wires)


def test_ungrouping_a_repeated_group_writes_its_copies_out() -> None:
    made, group_id = grouping.group(residual(), ["conv_1", "relu_1", "add_1"])
    made = repeated(made, group_id, 3)
    back, ids = grouping.ungroup(made, group_id)
    assert len(ids) == 9
    assert analysed(back).errors == ()
    assert flat(back) == flat(made)
    places = [(b.x, b.y) for b in back.blocks.values()]
    assert len(set(places)) == len(places)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Images of 8 × 8 that run through layers of any order, side by side and joined, and end in one Output."""
    network, start = edits.add(Network(), Input(channels=2, axes=(8, 8)), 0, 0)
    ids = [start]
    layers = [Convolution(channels=2), Convolution(channels=2, mask=(1,)), ReLU(), BatchNorm(), Dropout(), Add()]
    for layer in draw(st.lists(st.sampled_from(layers), min_size=1, max_size=8)):
        network, new = edits.add(network, layer, draw(st.integers(0, 9)) * 200, draw(st.integers(0, 9)) * 200)
        for port in layer.ports:
            network = edits.connect(network, Wire(draw(st.sampled_from(ids)), new, port))
        ids.append(new)
    network, end = edits.add(network, Output(), 3000, 0)
    return edits.connect(network, Wire(ids[-1], end))


@given(networks(), st.data())
def test_group_and_ungroup_compute_the_same(network: Network, data: st.DataObject) -> None:
    made = network
    for _ in range(2):
        inner = [i for i, b in made.blocks.items() if b.layer.ports and not b.layer.ends]
        chosen = data.draw(st.sets(st.sampled_from(inner), min_size=1))
        if grouping.refusal(made, chosen):
            continue
        before = made
        made, group_id = grouping.group(before, chosen, "Anything")
        assert analysed(made).errors == ()
        assert flat(made) == flat(network)
        assert file.parse(file.dump(Document(made)), catalogue()).network == made
        back, _ = grouping.ungroup(made, group_id)
        assert flat(back) == flat(network)
        assert {i: b.layer for i, b in back.blocks.items()} == {i: b.layer for i, b in before.blocks.items()}
        assert set(back.wires) == set(before.wires)


def test_ids_that_are_taken_outside_change() -> None:
    made, group_id = grouping.group(of_images(ReLU()), ["relu_1"])
    made, other = edits.paste(made, edits.fragment(made, [group_id]), 0, 200)
    back, ids = grouping.ungroup(made, group_id)
    assert ids == ("relu_1",)
    back, ids = grouping.ungroup(back, other[0])
    assert ids == ("relu_2",)


# --- what follows ----------------------------------------------------------------------------------------------------


def test_each_copy_gets_the_shape_that_the_one_before_hands_on() -> None:
    made, group_id = grouping.group(of_images(Convolution(channels=4), MaxPool()), ["conv_1", "max_pool_1"])
    analysis = analysed(repeated(made, group_id, 3))
    facts, sight = analysis.blocks[group_id], Sight(analysis)
    assert [copy.blocks["exit_1"].output for copy in facts.inside] == [Shape(4, (n, n)) for n in (4, 2, 1)]
    assert facts.parameters == (2 * 4 * 9 + 4) + 2 * (4 * 4 * 9 + 4)
    assert facts.arithmetic == ("weights 76 + 148 + 148 = 372",)
    assert [f.size for f in sight.of(group_id)] == [22, 22]
    assert [sight.inside(group_id, n).of("max_pool_1")[0] for n in range(3)] == [
        Field(4, 2, -1, 8),
        Field(10, 4, -3, 8),
        Field(22, 8, -7, 8),
    ]


def test_a_copy_that_does_not_fit_is_named() -> None:
    made, group_id = grouping.group(of_images(MaxPool(window=(4,), stride=(4,))), ["max_pool_1"])
    analysis = analysed(repeated(made, group_id, 2))
    (problem,) = analysis.errors
    assert problem.blocks == (group_id,)
    assert problem.words.startswith("Inside Group, copy 2 of 2, Max pool 4×4 (max_pool_1): ")
    assert problem.fixes == ()
    assert analysis.blocks[group_id].output is None
    assert len(analysis.blocks[group_id].inside) == 2


def test_problems_inside_are_worn_by_the_group_and_mended_inside() -> None:
    made, group_id = grouping.group(of_images(Convolution(mask=(3,))), ["conv_1"], "Small")
    inner = grouping.inside(made, (group_id,))
    made = grouping.put(made, (group_id,), edits.change(inner, "conv_1", Convolution(mask=(9,), padding="none")))
    (problem,) = analysed(made).errors
    assert problem.blocks == (group_id,)
    assert problem.words.startswith("Inside Small, Convolution 9×9 (conv_1): ")
    mended = problem.fixes[0].apply(made)
    assert analysed(mended).errors == ()
    assert mended.blocks[group_id].title == "Small"


@pytest.mark.parametrize(
    ("layer", "gone", "title"),
    [
        (None, "entry_1", "There is no Entry"),
        (None, "exit_1", "There is no Exit"),
        (Exit(), None, "There are 2 Exit blocks"),
        (Input(), None, "Input belongs outside a group"),
        (Output(), None, "Output belongs outside a group"),
    ],
)
def test_a_group_begins_and_ends_as_it_must(layer: Layer | None, gone: str | None, title: str) -> None:
    made, group_id = grouping.group(of_images(ReLU()), ["relu_1"])
    inner = grouping.inside(made, (group_id,))
    inner = edits.remove(inner, [gone]) if gone else edits.add(inner, layer or ReLU(), 0, 0)[0]
    analysis = analysed(grouping.put(made, (group_id,), inner))
    assert title in [p.title for p in analysis.blocks[group_id].problems]
    assert analysis.errors
    assert analysis.blocks[group_id].output is None


@pytest.mark.parametrize("kind", [Entry, Exit])
def test_what_belongs_in_a_group_is_told_so_outside(kind: type[Layer]) -> None:
    network, new = edits.add(of_images(ReLU()), kind(), 0, 300)
    problems = analysed(network).blocks[new].problems
    assert f"{kind.title} belongs inside a group" in [p.title for p in problems]


def test_only_a_group_with_one_input_can_be_repeated() -> None:
    made, group_id = grouping.group(residual(), ["add_1"])
    analysis = analysed(repeated(made, group_id, 2))
    assert "Only a group with one input can be repeated" in [p.title for p in analysis.errors]


def test_a_port_goes_with_its_entry_and_so_does_its_wire() -> None:
    made, group_id = grouping.group(residual(), ["add_1"])
    assert len(made.incoming[group_id]) == 2
    inner = edits.remove(grouping.inside(made, (group_id,)), ["entry_1"])
    put = grouping.put(made, (group_id,), inner)
    assert put.ports(group_id) == ("in_2",)
    assert list(put.incoming[group_id]) == ["in_2"]


def test_what_only_feeds_an_idle_entry_is_not_used() -> None:
    network, _ = edits.append_after(residual(), "input_1", Convolution(channels=2))
    network = edits.disconnect(network, [Wire("input_1", "add_1", "in_2")])
    network = edits.connect(network, Wire("conv_2", "add_1", "in_2"))
    made, group_id = grouping.group(network, ["add_1"])
    idle = grouping.inside(made, (group_id,)).outgoing["entry_2"]
    inner = edits.disconnect(grouping.inside(made, (group_id,)), idle)
    inner = edits.remove(edits.disconnect(inner, [Wire("add_1", "exit_1")]), ["add_1"])
    inner = edits.connect(inner, Wire("entry_1", "exit_1"))
    analysis = analysed(grouping.put(made, (group_id,), inner))
    assert analysis.errors == ()
    assert analysis.blocks["relu_1"].used
    assert not analysis.blocks["conv_2"].used


def test_too_many_blocks_are_counted_and_not_tried() -> None:
    made, group_id = grouping.group(of_images(*[ReLU()] * 20), [f"relu_{n}" for n in range(1, 21)])
    for _ in range(3):
        made = repeated(made, group_id, 1000)
        made, group_id = grouping.group(made, [group_id])
    analysis = analysed(made)
    assert "Too many blocks" in [p.title for p in analysis.errors]
    assert len(analysis.blocks[group_id].inside) == 1
    made = repeated(made, group_id, 2)
    assert "Too many blocks" in [p.title for p in analysed(made).errors]


def test_a_group_is_measured_like_any_layer() -> None:
    made, group_id = grouping.group(residual(), ["conv_1", "relu_1", "add_1"])
    layer = grouping.group_at(made, group_id)
    assert measure(layer, (Shape(2, (5, 5)),)).output == Shape(2, (5, 5))
    misfit = measure(layer, (Shape(3, (5, 5)),)).misfit
    assert misfit is not None
    assert "2 × 5 × 5" in misfit.words
    assert measure(Group(), (Shape(3),)).output == Shape(3)


def test_a_group_that_gets_too_few_inputs_is_measured_as_a_misfit() -> None:
    network, group_id = grouping.group(residual(), ["add_1"])
    group = network.blocks[group_id].layer
    assert len(group.ports) == 2
    shape = Shape(8, (9, 9))
    assert measure(group, (shape, shape)).output == shape
    for count in (0, 1, 3):
        misfit = measure(group, (shape,) * count).misfit
        assert misfit
        assert misfit.words == f"The group takes in 2, and {count} arrive."


def test_a_group_without_an_input_still_shows_what_is_in_it() -> None:
    made, group_id = grouping.group(residual(), ["conv_1", "relu_1", "add_1"])
    analysis = analysed(edits.remove(made, ["input_1"]))
    (copy,) = analysis.blocks[group_id].inside
    assert set(copy.blocks) == set(grouping.inside(made, (group_id,)).blocks)
    ring = Network(made.blocks, (Wire(group_id, group_id),))
    assert set(analysed(ring).blocks[group_id].inside[0].blocks) == set(copy.blocks)


def test_paths_of_inner_blocks_are_those_of_nested_modules() -> None:
    made, inner = grouping.group(residual(), ["conv_1", "relu_1"])
    made, outer = grouping.group(made, [inner, "add_1"])
    made = repeated(made, outer, 2)
    network, analysis = expanded(made, analysed(made))
    assert prefix(made, (outer, inner)) == f"{outer}.0.{inner}."
    assert f"{outer}.0.{inner}.conv_1" in network.blocks
    assert f"{outer}.1.{inner}.relu_1" in network.blocks
    assert analysis.blocks[outer].output == Shape(2, (8, 8))
    assert set(analysis.order) == set(network.blocks)


# --- the file --------------------------------------------------------------------------------------------------------


def form(*inner: dict[str, Any], **settings: Any) -> dict[str, Any]:
    network = {"blocks": list(inner), **settings.pop("network", {})}
    blocks = [
        {"id": "input_1", "kind": "input", "at": [0, 0]},
        {"id": "group_1", "kind": "group", "at": [0, 0], "settings": {"network": network, **settings}},
    ]
    return {"format": 1, "blocks": blocks}


RELU = {"id": "relu_1", "kind": "relu", "at": [0, 0]}
WIRE = {"from": "relu_1", "to": "relu_1"}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (form(RELU, RELU), "block 2 (group_1), inside: two blocks have the id relu_1"),
        (form(RELU, {**RELU, "id": "x_1", "kind": "y"}), "block 2 (group_1), inside: block 2 (x_1) is of the unknown"),
        (form({**RELU, "settings": {"a": 1}}), "block 2 (group_1), inside: block 1 (relu_1)"),
        (form({**RELU, "kind": "entry"}), "inside: block 1 (relu_1): an Entry must be called entry_1"),
        (form({**RELU, "kind": "entry", "id": "entry_0"}), "an Entry must be called entry_1"),
        (
            form(RELU, network={"wires": [{**WIRE, "from": "a_1"}]}),
            "inside: the wire a_1 → relu_1 names a_1",
        ),
        (form(RELU, network={"wires": [WIRE, WIRE]}), "(group_1), inside: two wires end at the same input"),
        (form(RELU, network={"wires": [{**WIRE, "port": "in_2"}]}), "inside: the wire relu_1 → relu_1 ends at “in_2”"),
        (form({"id": "relu_1"}), "block 2 (group_1), network.blocks[0]: object missing required field"),
        (form(RELU, network={"data": {}}), "block 2 (group_1), network: object contains unknown field"),
        (form(RELU, repeat=0), "block 2 (group_1), repeat: expected `int` >= 1"),
        (form(RELU, repeat="many"), "block 2 (group_1), repeat: expected `int`"),
    ],
)
def test_a_broken_group_is_refused_where_it_is(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(file.FileError) as refused:
        file.parse(json.dumps(bad), catalogue())
    assert words in str(refused.value)


def test_a_file_nested_too_deeply_is_refused() -> None:
    block: dict[str, Any] = RELU
    for number in range(MAX_DEPTH + 1):
        network = {"blocks": [block]}
        block = {"id": f"group_{number}", "kind": "group", "at": [0, 0], "settings": {"network": network}}
    with pytest.raises(file.FileError, match=f"more than {MAX_DEPTH} deep"):
        file.parse(json.dumps({"format": 1, "blocks": [block]}), catalogue())


def test_a_file_with_too_many_blocks_in_groups_is_refused() -> None:
    blocks = [{**RELU, "id": f"relu_{n}"} for n in range(6000)]
    form = {"network": {"blocks": blocks}}
    groups = [{"id": f"group_{n}", "kind": "group", "at": [0, 0], "settings": form} for n in (1, 2)]
    with pytest.raises(file.FileError, match="more than 10 000 blocks"):
        file.parse(json.dumps({"format": 1, "blocks": groups}), catalogue())


def test_one_change_inside_is_one_line_in_a_diff() -> None:
    made, group_id = grouping.group(residual(), ["conv_1", "relu_1", "add_1"], "A “block”")
    before = file.dump(Document(made)).splitlines()
    inner = edits.change(grouping.inside(made, (group_id,)), "relu_1", Dropout())
    after = file.dump(Document(grouping.put(made, (group_id,), inner))).splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
