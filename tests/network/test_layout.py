"""Tidy places: nothing overlaps, chains are straight, wires lead to the right, long networks are wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chains import chain
from convstudio.blocks import Add, Convolution, Flatten, Input, MaxPool, Output, ReLU
from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire, port_name
from convstudio.network.layering import crossings, layering
from convstudio.network.layout import GRID, tidy

CARD, PILL = (150.0, 140.0), (72.0, 28.0)
Places = Mapping[str, tuple[float, float]]


def sizes(network: Network) -> dict[str, tuple[float, float]]:
    return {i: PILL if b.layer.pill else CARD for i, b in network.blocks.items()}


def box(network: Network, places: Places, block_id: str) -> tuple[float, float, float, float]:
    width, height = sizes(network)[block_id]
    x, y = places.get(block_id, (network.blocks[block_id].x, network.blocks[block_id].y))
    return x, y, x + width, y + height


def middle(network: Network, places: Places, block_id: str) -> float:
    _, top, _, bottom = box(network, places, block_id)
    return (top + bottom) / 2


def overlaps(network: Network, places: Places) -> list[tuple[str, str]]:
    found = {i: box(network, places, i) for i in network.blocks}
    return [
        (i, k)
        for (i, a), (k, b) in combinations(found.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any blocks anywhere, wired at random, circles included."""
    count = draw(st.integers(1, 24))
    kinds = draw(st.lists(st.sampled_from([ReLU, Convolution, Add, MaxPool]), min_size=count, max_size=count))
    at = st.floats(-900, 900)
    blocks = {f"b_{n}": Block(f"b_{n}", kind(), "", draw(at), draw(at)) for n, kind in enumerate(kinds)}
    wires = {}
    for _ in range(draw(st.integers(0, 2 * count))):
        source, target = draw(st.sampled_from(list(blocks))), draw(st.sampled_from(list(blocks)))
        port = port_name(draw(st.integers(1, 3))) if blocks[target].layer.merging else "in"
        wires.setdefault((target, port), Wire(source, target, port))
    return Network(blocks, tuple(wires.values()))


@settings(deadline=None, max_examples=150)
@given(networks())
def test_nothing_overlaps_and_tidying_twice_changes_nothing(network: Network) -> None:
    places = tidy(network, sizes(network))
    assert set(places) == set(network.blocks)
    assert overlaps(network, places) == []
    assert tidy(edits.move(network, places), sizes(network)) == places


@settings(deadline=None, max_examples=100)
@given(networks(), st.data())
def test_tidying_a_part_leaves_the_rest_where_it_is_and_covers_none_of_it(
    network: Network, data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from(list(network.blocks)), min_size=1))
    places = tidy(network, sizes(network), chosen)
    assert set(places) == chosen
    assert [pair for pair in overlaps(network, places) if set(pair) & chosen] == []


@settings(deadline=None, max_examples=100)
@given(networks())
def test_the_middles_of_all_blocks_lie_on_lines_of_the_grid(network: Network) -> None:
    places = tidy(network, sizes(network))
    assert {middle(network, places, i) % GRID for i in places} == {0.0}


def test_a_short_chain_is_one_straight_row_with_equal_gaps() -> None:
    network = chain(Input(), Convolution(), ReLU(), MaxPool())
    places = tidy(network, sizes(network))
    assert len({middle(network, places, i) for i in places}) == 1
    boxes = sorted(box(network, places, i) for i in places)
    assert len({b[0] - a[2] for a, b in pairwise(boxes)}) == 1


def test_the_corner_stays_where_the_blocks_were() -> None:
    network = edits.move(chain(Input(), Convolution()), {"input_1": (500, 300), "conv_1": (100, 900)})
    places = tidy(network, sizes(network))
    assert min(places.values()) == (100, 300)


def test_two_branches_lie_evenly_around_their_fork_and_in_the_order_of_the_ports() -> None:
    network = chain(Input(), Convolution())
    network, lower = edits.append_after(network, "conv_1", Convolution())
    network, upper = edits.append_after(network, "conv_1", Convolution())
    network, end = edits.append_after(network, upper, Add())
    network = edits.connect(network, Wire(lower, end, "in_2"))
    places = tidy(network, sizes(network))
    up, down = middle(network, places, upper), middle(network, places, lower)
    assert up < middle(network, places, "conv_1") == middle(network, places, end) == (up + down) / 2 < down


def test_a_wire_past_blocks_leaves_the_chain_straight() -> None:
    """As in a residual block: the way around gives way."""
    network = chain(Input(), Convolution(), ReLU(), Convolution(), Add())
    network = edits.connect(network, Wire("conv_1", "add_1", "in_2"))
    places = tidy(network, sizes(network))
    assert len({middle(network, places, i) for i in places}) == 1


def test_a_long_chain_is_wrapped_before_a_card_and_every_row_begins_at_the_left() -> None:
    network = chain(
        Input(), *[layer for _ in range(6) for layer in (Convolution(), ReLU(), MaxPool())], Flatten(), Output()
    )
    places = tidy(network, sizes(network), room=(1000, 580))
    lines = sorted({middle(network, places, i) for i in places})
    assert len(lines) > 1
    for line in lines:
        first = min((i for i in places if middle(network, places, i) == line), key=lambda i: places[i])
        assert not network.blocks[first].layer.pill
        assert places[first][0] == 0
    right = max(box(network, places, i)[2] for i in places)
    assert right < 2200
    assert len({middle(network, tidy(network, sizes(network), room=(1e5, 580)), i) for i in places}) == 1


def test_a_chain_of_residual_blocks_is_wrapped_between_them() -> None:
    network, last = edits.append_after(chain(Input()), "input_1", Convolution())
    for _ in range(6):
        start = last
        for layer in (ReLU(), ReLU(), ReLU(), Add()):
            network, last = edits.append_after(network, last, layer)
        network = edits.connect(network, Wire(start, last, "in_2"))
        network, last = edits.append_after(network, last, ReLU())
    places = tidy(network, sizes(network), room=(1000, 580))
    rows = {middle(network, places, i) for i in places}
    assert len(rows) > 1
    around = [w for w in network.wires if w.port == "in_2"]
    assert all(middle(network, places, w.source) == middle(network, places, w.target) for w in around)


def test_wires_lead_to_the_right_within_a_row() -> None:
    network = chain(Input(), Convolution(), ReLU(), Convolution(), Add())
    network = edits.connect(network, Wire("conv_1", "add_1", "in_2"))
    places = tidy(network, sizes(network))
    assert all(box(network, places, w.source)[2] < box(network, places, w.target)[0] for w in network.wires)


def test_a_second_input_stands_beside_what_it_feeds() -> None:
    network = chain(Input(), Convolution(), ReLU(), Convolution(), Add())
    network, second = edits.add(network, Input(), 0, 400)
    network = edits.connect(network, Wire(second, "add_1", "in_2"))
    places = tidy(network, sizes(network))
    assert places[second][0] == places["conv_2"][0]


def test_blocks_without_wires_lie_below_in_lines() -> None:
    network = chain(Input(), Convolution())
    for _ in range(9):
        network, _ = edits.add(network, MaxPool(), 0, 0)
    places = tidy(network, sizes(network), room=(700, 500))
    loose = [places[i] for i in network.blocks if i.startswith("max_pool")]
    assert min(y for _, y in loose) > box(network, places, "conv_1")[3]
    assert len({y for _, y in loose}) == 3


def test_nothing_to_tidy_is_nothing() -> None:
    assert tidy(Network(), {}) == {}


def test_ordering_leaves_no_crossing_where_none_need_be() -> None:
    """Two chains between the same ends, written down crosswise."""
    ids = ["start", "a1", "b1", "b2", "a2", "end"]
    wires = [("start", "a1"), ("start", "b1"), ("b1", "b2"), ("a1", "a2"), ("b2", "end"), ("a2", "end")]
    plan = layering(ids, wires)
    assert crossings(plan.layers, plan.before, plan.after) == 0


def test_crossings_are_counted() -> None:
    none: dict[int, list[int]] = {n: [] for n in range(6)}
    turned = {3: [2], 4: [1], 5: [0]}
    assert crossings([[0, 1, 2], [3, 4, 5]], none | turned, none | {0: [5], 1: [4], 2: [3]}) == 3
    both = {2: [0, 1], 3: [0, 1]}
    assert crossings([[0, 1], [2, 3]], none | both, none | {0: [2, 3], 1: [2, 3]}) == 1
    assert crossings([[0, 1], [2]], none | {2: [1, 0]}, none | {0: [2], 1: [2]}) == 1
