"""Edits: pure functions from a network to a network; what is refused is refused in words."""

from __future__ import annotations

import pytest
from msgspec import structs

from chains import chain
from convstudio.blocks import Add, Concatenate, Convolution, FullyConnected, Input, Output, ReLU
from convstudio.network import edits, notes
from convstudio.network.document import FARTHEST, LONGEST_TITLE, Network, Wire
from convstudio.network.layer import Layer


def links(network: Network) -> set[str]:
    return {f"{w.source} → {w.target}" + ("" if w.port == "in" else f".{w.port}") for w in network.wires}


@pytest.fixture
def plain() -> Network:
    return chain(Input(), Convolution(), ReLU(), Output())


def merging(layer: Layer, count: int) -> Network:
    """An Input and `count` ReLUs behind it that meet in one block."""
    network, start = edits.add(Network(), Input(), 0, 0)
    network, end = edits.add(network, layer, 500, 0)
    for _ in range(count):
        network, branch = edits.append_after(network, start, ReLU())
        port = network.free_port(end)
        assert port is not None
        network = edits.connect(network, Wire(branch, end, port))
    return network


# --- adding, moving, changing, naming -------------------------------------------------------------------------------


def test_ids_are_the_first_free_number_and_never_change(plain: Network) -> None:
    network, second = edits.add(plain, Convolution(), 0, 0)
    assert second == "conv_2"
    network = edits.remove(network, ["conv_1"])
    network, again = edits.add(network, Convolution(), 0, 0)
    assert again == "conv_1"
    assert network.blocks["conv_2"] == edits.add(plain, Convolution(), 0, 0)[0].blocks["conv_2"]


def test_an_edit_leaves_the_network_before_it_alone(plain: Network) -> None:
    before = (dict(plain.blocks), plain.wires)
    edits.add(plain, ReLU(), 0, 0)
    edits.remove(plain, ["relu_1"])
    edits.move(plain, {"conv_1": (7, 7)})
    edits.rename(plain, "conv_1", "Edges")
    edits.disconnect(plain, plain.wires)
    edits.paste(plain, plain, 0, 0)
    assert (plain.blocks, plain.wires) == before


def test_unchanged_blocks_are_shared(plain: Network) -> None:
    moved = edits.move(plain, {"conv_1": (7, 8)})
    assert (moved.blocks["conv_1"].x, moved.blocks["conv_1"].y) == (7, 8)
    assert moved.blocks["relu_1"] is plain.blocks["relu_1"]


def test_a_title_is_for_people(plain: Network) -> None:
    named = edits.rename(plain, "conv_1", "  Edges ")
    assert named.blocks["conv_1"].heading == "Edges"
    assert edits.rename(named, "conv_1", " ").blocks["conv_1"].heading == "Convolution 3×3"


def test_titles_and_places_stay_within_what_a_file_holds(plain: Network) -> None:
    long = edits.rename(plain, "conv_1", "x" * 500)
    assert long.blocks["conv_1"].title == "x" * LONGEST_TITLE
    far = edits.move(plain, {"conv_1": (1e9, float("-inf"))}).blocks["conv_1"]
    assert (far.x, far.y) == (FARTHEST, -FARTHEST)
    pasted, (block, *_) = edits.paste(plain, plain, 1e9, 0)
    assert pasted.blocks[block].x == FARTHEST


@pytest.mark.parametrize(
    "edit",
    [
        lambda n: edits.move(n, {"nothing_1": (0, 0)}),
        lambda n: edits.change(n, "nothing_1", ReLU()),
        lambda n: edits.rename(n, "nothing_1", "x"),
        lambda n: edits.refusal(n, Wire("conv_1", "nothing_1")),
        lambda n: edits.append_after(n, "nothing_1", ReLU()),
    ],
)
def test_an_unknown_block_is_a_bug_of_the_caller(edit, plain: Network) -> None:
    with pytest.raises(KeyError, match="nothing_1"):
        edit(plain)


# --- wires ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (Wire("conv_1", "relu_1"), "already connected"),
        (Wire("output_1", "conv_1"), "end of the network"),
        (Wire("conv_1", "input_1"), "Input takes no input"),
        (Wire("conv_1", "relu_1", "in_2"), "ReLU takes no input"),
        (Wire("conv_2", "conv_2"), "Convolution 3×3 cannot feed itself"),
        (Wire("relu_1", "conv_1"), "a circle: Convolution 3×3 already leads to ReLU"),
        (Wire("conv_2", "relu_1"), "ReLU already gets its input from Convolution 3×3"),
        (Wire("conv_2", "add_1", "in_0"), "takes no input"),
        (Wire("conv_2", "add_1", "in_1"), "takes no input"),
        (Wire("conv_2", "add_1", "out"), "takes no input"),
    ],
)
def test_a_wire_that_can_never_be_right_is_refused_in_words(wire: Wire, words: str, plain: Network) -> None:
    network, _ = edits.add(plain, Convolution(), 0, 0)
    network, _ = edits.add(network, Add(), 0, 0)
    reason = edits.refusal(network, wire)
    assert reason is not None
    assert words in reason
    with pytest.raises(ValueError, match=r"\.$"):
        edits.connect(network, wire)


def test_a_wire_that_only_does_not_fit_yet_is_allowed(plain: Network) -> None:
    network, fc = edits.add(plain, FullyConnected(), 0, 0)
    assert edits.refusal(network, Wire("conv_1", fc)) is None


def test_a_merging_block_has_as_many_ports_as_it_needs() -> None:
    network = merging(Concatenate(), 4)
    assert network.ports("concat_1") == ("in", "in_2", "in_3", "in_4", "in_5")
    assert network.free_port("concat_1") == "in_5"
    network = edits.disconnect(network, [Wire("relu_2", "concat_1", "in_2")])
    assert network.ports("concat_1") == ("in", "in_2", "in_3", "in_4")
    assert network.free_port("concat_1") == "in_2"


def test_one_result_may_arrive_twice() -> None:
    network, start = edits.add(Network(), Input(), 0, 0)
    network, add = edits.append_after(network, start, Add())
    network = edits.connect(network, Wire(start, add, "in_2"))
    assert links(network) == {"input_1 → add_1", "input_1 → add_1.in_2"}


# --- removing heals -------------------------------------------------------------------------------------------------


def test_a_gap_in_a_chain_is_healed(plain: Network) -> None:
    assert links(edits.remove(plain, ["conv_1"])) == {"input_1 → relu_1", "relu_1 → output_1"}
    assert links(edits.remove(plain, ["relu_1", "conv_1"])) == {"input_1 → output_1"}
    assert links(edits.remove(plain, ["input_1"])) == {"conv_1 → relu_1", "relu_1 → output_1"}


def test_what_fed_it_feeds_all_that_it_fed() -> None:
    network = chain(Input(), Convolution(), ReLU())
    network, _ = edits.append_after(network, "conv_1", FullyConnected())
    assert links(edits.remove(network, ["conv_1"])) == {"input_1 → relu_1", "input_1 → fc_1"}


def test_a_merge_leaves_a_gap() -> None:
    network, _ = edits.append_after(merging(Add(), 2), "add_1", Output())
    healed = edits.remove(network, ["add_1"])
    assert links(healed) == {"input_1 → relu_1", "input_1 → relu_2"}


@pytest.mark.parametrize("removed", ["relu_1", "relu_2", "relu_3"])
def test_a_branch_into_a_merge_is_healed_at_its_own_port(removed: str) -> None:
    network = merging(Concatenate(), 3)
    port = {"relu_1": "in", "relu_2": "in_2", "relu_3": "in_3"}[removed]
    healed = edits.remove(network, [removed])
    assert Wire("input_1", "concat_1", port) in healed.wires
    assert len([w for w in healed.wires if w.target == "concat_1"]) == 3


def test_removing_what_is_not_there_changes_nothing(plain: Network) -> None:
    assert edits.remove(plain, ["nothing_1"]) == plain


# --- inserting ------------------------------------------------------------------------------------------------------


def test_a_wire_is_led_through_a_block(plain: Network) -> None:
    network, conv = edits.add(plain, Convolution(), 0, 0)
    network = edits.insert_on_wire(network, Wire("conv_1", "relu_1"), conv)
    assert links(network) == {"input_1 → conv_1", "conv_1 → conv_2", "conv_2 → relu_1", "relu_1 → output_1"}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_wire_into_a_merge_keeps_its_port(number: int) -> None:
    network = merging(Concatenate(), 3)
    gone = [w for w in network.wires if w.target == "concat_1" and w.source != f"relu_{number}"]
    network = edits.disconnect(network, gone)
    (wire,) = [w for w in network.wires if w.target == "concat_1"]
    network, conv = edits.add(network, Convolution(), 0, 0)
    network = edits.insert_on_wire(network, wire, conv)
    assert Wire(conv, "concat_1", wire.port) in network.wires
    assert Wire(wire.source, conv) in network.wires


@pytest.mark.parametrize(
    ("layer", "words"), [(Input(), "no free input"), (Output(), "end of the network")], ids=["input", "output"]
)
def test_what_has_no_two_sides_cannot_be_inserted(layer: Layer, words: str, plain: Network) -> None:
    network, block = edits.add(plain, layer, 0, 0)
    with pytest.raises(ValueError, match=words):
        edits.insert_on_wire(network, Wire("conv_1", "relu_1"), block)


def test_only_a_wire_of_the_network_can_be_led_through_a_block(plain: Network) -> None:
    network, conv = edits.add(plain, Convolution(), 0, 0)
    with pytest.raises(ValueError, match="not in the network"):
        edits.insert_on_wire(network, Wire("input_1", "relu_1"), conv)


def test_what_follows_makes_room(plain: Network) -> None:
    network, new = edits.insert_before(plain, "relu_1", "in", Convolution())
    assert links(network) == {"input_1 → conv_1", "conv_1 → conv_2", "conv_2 → relu_1", "relu_1 → output_1"}
    assert network.blocks[new].x == plain.blocks["relu_1"].x
    for moved in ("relu_1", "output_1"):
        assert network.blocks[moved].x == plain.blocks[moved].x + edits.CARD_WIDTH + edits.GAP
    assert network.blocks["conv_1"] == plain.blocks["conv_1"]


def test_in_front_of_a_free_port(plain: Network) -> None:
    network = edits.disconnect(plain, [Wire("conv_1", "relu_1")])
    network, new = edits.insert_before(network, "relu_1", "in", Convolution())
    assert Wire(new, "relu_1") in network.wires
    assert new not in network.incoming


def test_behind_the_end_nothing_is_wired(plain: Network) -> None:
    network, new = edits.append_after(plain, "output_1", ReLU())
    assert network.wires == plain.wires
    assert new in network.blocks


# --- copies ---------------------------------------------------------------------------------------------------------


def test_a_fragment_has_the_wires_within(plain: Network) -> None:
    part = edits.fragment(plain, ["conv_1", "relu_1", "nothing_1"])
    assert set(part.blocks) == {"conv_1", "relu_1"}
    assert links(part) == {"conv_1 → relu_1"}


def test_pasted_blocks_have_ids_of_their_own(plain: Network) -> None:
    part = edits.fragment(plain, ["conv_1", "relu_1"])
    network, first = edits.paste(plain, part, 20, 30)
    network, second = edits.paste(network, part, 40, 60)
    assert first == ("conv_2", "relu_2")
    assert second == ("conv_3", "relu_3")
    assert {"conv_2 → relu_2", "conv_3 → relu_3"} <= links(network)
    assert len(network.wires) == len(plain.wires) + 2
    place, copy = plain.blocks["conv_1"], network.blocks["conv_2"]
    assert (copy.x, copy.y, copy.layer, copy.id) == (place.x + 20, place.y + 30, place.layer, "conv_2")


def test_notes_go_with_the_part_that_they_are_chosen_for(plain: Network) -> None:
    plain, first = notes.add(plain, "kept", (0, 0, 90, 40))
    plain, second = notes.add(plain, "taken", (10, 20, 300, 200), "frame", "amber")
    part = edits.fragment(plain, ["conv_1"], [second])
    network, _ = edits.paste(plain, part, 5, 6)
    assert list(part.notes) == [second]
    (new,) = network.notes.keys() - plain.notes.keys()
    assert network.notes[new] == structs.replace(plain.notes[second], id=new, x=15.0, y=26.0)
    assert edits.remove(plain, ["conv_1"]).notes == plain.notes
    assert first in network.notes


def test_everything_pasted_into_nothing_is_the_same_network(plain: Network) -> None:
    assert edits.paste(Network(), plain, 0, 0)[0] == plain


# --- reach ----------------------------------------------------------------------------------------------------------


def test_up_and_down(plain: Network) -> None:
    assert edits.downstream(plain, "conv_1") == {"relu_1", "output_1"}
    assert edits.upstream(plain, "relu_1") == {"input_1", "conv_1"}
    assert edits.upstream(plain, "input_1") == set()


def test_reach_in_a_circle_ends() -> None:
    plain = chain(Input(), ReLU(), ReLU())
    circle = Network(plain.blocks, (Wire("relu_1", "relu_2"), Wire("relu_2", "relu_1")))
    assert edits.downstream(circle, "relu_1") == {"relu_1", "relu_2"}
