"""Masks by hand in the document: edits, groups with copies, the file, and what is refused."""

from __future__ import annotations

import json
from array import array
from typing import Any

import pytest
from msgspec.structs import replace as with_fields

from convstudio.blocks import Convolution, Input, ReLU, catalogue
from convstudio.network import by_hand, edits, file, freezing, grouping, handmade
from convstudio.network.differences import differences
from convstudio.network.document import Document, Network

EDGE = array("f", [-1, 0, 1] * 3).tobytes()


def network() -> Network:
    made, _ = edits.add(Network(), Input(), 0, 0)
    made, _ = edits.append_after(made, "input_1", Convolution(channels=4, mask=(3, 3)))
    return edits.append_after(made, "conv_1", ReLU())[0]


def mask(row: int = 0, column: int = 0, numbers: bytes = EDGE, copies: tuple[int, ...] = ()) -> handmade.HandMade:
    return handmade.of("weight", (row, 1), (column, 1), (3, 3), numbers, copies)


def test_masks_are_kept_and_what_they_cover_is_forgotten() -> None:
    start = network()
    one = by_hand.put(start, (), "conv_1", mask(0))
    two = by_hand.put(one, (), "conv_1", mask(2))
    assert by_hand.by_id(two) == {"conv_1": (mask(0), mask(2))}
    every = handmade.of("weight", (0, 4), (0, 1), (3, 3), 4 * EDGE)
    assert every.alike
    assert by_hand.by_id(by_hand.put(two, (), "conv_1", every)) == {"conv_1": (every,)}
    assert by_hand.count(two) == 18
    assert by_hand.take_away(two, (), "conv_1", "weight", ()) == start


def test_each_copy_of_a_repeated_group_has_masks_of_its_own_also_when_it_is_dissolved() -> None:
    outer, group_id = grouping.group(network(), ["conv_1", "relu_1"])
    group = with_fields(grouping.group_at(outer, group_id), repeat=2)
    outer = edits.change(outer, group_id, group)
    outer = by_hand.put(outer, (group_id,), "conv_1", mask(1, copies=(1,)))
    outer = by_hand.put(outer, (group_id,), "conv_1", mask(3))
    found = by_hand.by_id(outer)
    assert [m.outputs for m in found["group_1.0.conv_1"]] == [(3, 1)]
    assert [m.outputs for m in found["group_1.1.conv_1"]] == [(1, 1), (3, 1)]
    loose, _ = grouping.ungroup(outer, group_id)
    found = by_hand.by_id(loose)
    assert [m.outputs for m in found["conv_1"]] == [(3, 1)]
    assert [(m.outputs, m.copies) for m in found["conv_2"]] == [((1, 1), ()), ((3, 1), ())]


def test_new_weights_leave_only_the_masks_of_frozen_blocks() -> None:
    made = by_hand.put(network(), (), "conv_1", mask())
    assert by_hand.without(made) == network()
    frozen = freezing.freeze(made, ("conv_1",))
    assert by_hand.without(frozen) is frozen


def test_a_file_holds_them_in_few_digits_and_gives_back_every_bit() -> None:
    odd = array("f", [0.1, 1 / 3, -3.4028235e38, 1e-45, 0.25, 7, 0, -0.5, 123456.79]).tobytes()
    document = Document(by_hand.put(network(), (), "conv_1", mask(numbers=odd)))
    text = file.dump(document)
    assert "0.1," in text
    assert file.parse(text, catalogue()) == document
    assert '"masks"' not in file.dump(Document(network()))


PLAIN = {"weights": "weight", "outputs": [0, 1], "inputs": [0, 1], "size": [3, 3], "numbers": [0.5] * 9}
BAD = (
    ({"numbers": [0.5]}, "9 or 9 numbers, and have 1"),
    ({"outputs": [0, 2], "numbers": [0.5] * 10}, "9 or 18 numbers, and have 10"),
    ({"numbers": [1e39] * 9}, "numbers"),
    ({"numbers": []}, "numbers"),
    ({"outputs": [-1, 1]}, "outputs"),
    ({"inputs": [0, 0]}, "inputs"),
    ({"size": [0, 3]}, "size"),
    ({"weights": "a b"}, "weights"),
    ({"numbers": ["x"] * 9}, "numbers"),
    ({"more": 1}, "more"),
)


def parsed(kind: str, masks: list[dict[str, Any]]) -> Document:
    block = {"id": "some_1", "kind": kind, "at": [0, 0], "masks": masks}
    return file.parse(json.dumps({"format": 1, "blocks": [block], "wires": []}), catalogue())


@pytest.mark.parametrize(("changed", "words"), BAD)
def test_damaged_masks_are_refused_in_words(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(file.FileError) as caught:
        parsed("convolution", [{**PLAIN, **changed}])
    assert words in str(caught.value)


def test_a_block_without_weights_has_no_masks_and_there_are_not_too_many() -> None:
    assert by_hand.count(parsed("convolution", [PLAIN]).network) == 9
    with pytest.raises(file.FileError, match="no masks that could be made by hand"):
        parsed("relu", [PLAIN])
    wide = {**PLAIN, "outputs": [0, 64], "inputs": [0, 128], "numbers": [0.5] * (9 * 64 * 128)}
    with pytest.raises(file.FileError, match=r"more than 131.072 numbers"):
        parsed("convolution", [wide, wide])


def test_the_difference_between_two_documents_is_told() -> None:
    was, now = Document(network()), Document(by_hand.put(network(), (), "conv_1", mask()))
    assert [tuple(d) for d in differences((was, now))] == [("conv_1 · Masks by hand", ("none", "9 numbers"))]
