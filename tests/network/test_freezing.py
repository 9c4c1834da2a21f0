"""Freezing blocks: single, several, in groups; what is written, read and refused."""

from __future__ import annotations

import pytest

from chains import chain
from convstudio.blocks import BatchNorm, Convolution, FullyConnected, Input, Output, PReLU, ReLU, catalogue
from convstudio.network import edits, file, freezing, grouping
from convstudio.network.document import Document, Network
from convstudio.network.essence import essence
from convstudio.network.group import Group


@pytest.fixture
def network() -> Network:
    return chain(Input(channels=1), Convolution(channels=4), BatchNorm(), ReLU(), FullyConnected(channels=3), Output())


@pytest.fixture
def grouped(network: Network) -> Network:
    """conv_1 and batch_norm_1 in a group of three copies, with the ReLU."""
    made, group_id = grouping.group(network, ["conv_1", "batch_norm_1", "relu_1"])
    return edits.change(made, group_id, replace_repeat(made.blocks[group_id].layer, 3))


def replace_repeat(group: Group, repeat: int) -> Group:
    return Group(network=group.network, repeat=repeat)


def test_only_blocks_with_weights_are_frozen(network: Network) -> None:
    frozen = freezing.freeze(network, network.blocks)
    assert freezing.frozen_ids(frozen) == {"conv_1", "batch_norm_1", "fc_1"}
    assert freezing.freeze(frozen, frozen.blocks, False) == network
    assert freezing.weighs(PReLU())
    assert not freezing.weighs(ReLU())


def test_a_group_is_frozen_where_all_in_it_are(grouped: Network) -> None:
    frozen = freezing.freeze(grouped, ["group_1"])
    assert freezing.is_frozen(frozen.blocks["group_1"])
    copies = {f"group_1.{n}.{i}" for n in range(3) for i in ("conv_1", "batch_norm_1")}
    assert freezing.frozen_ids(frozen) == copies
    inner = frozen.blocks["group_1"].layer.network
    partly = grouping.put(frozen, ("group_1",), freezing.freeze(inner, ["conv_1"], False))
    assert not freezing.is_frozen(partly.blocks["group_1"])
    assert freezing.frozen_ids(partly) == {f"group_1.{n}.batch_norm_1" for n in range(3)}


def test_what_is_frozen_stays_so_through_other_edits(network: Network) -> None:
    frozen = freezing.freeze(network, ["conv_1"])
    changed = edits.change(frozen, "conv_1", Convolution(channels=9))
    assert changed.blocks["conv_1"].frozen
    pasted, ids = edits.paste(frozen, edits.fragment(frozen, ["conv_1"]), 5, 5)
    assert pasted.blocks[ids[0]].frozen
    made, group_id = grouping.group(frozen, ["conv_1"])
    assert freezing.frozen_ids(made) == {f"{group_id}.conv_1"}
    assert freezing.frozen_ids(grouping.ungroup(made, group_id)[0]) == {"conv_1"}


def test_what_it_computes_is_the_same(network: Network) -> None:
    assert essence(freezing.freeze(network, ["conv_1"])) == essence(network)


def test_the_file_says_it_only_where_it_is_so(grouped: Network) -> None:
    kinds = catalogue()
    assert "frozen" not in file.dump(Document(grouped))
    frozen = Document(freezing.freeze(grouped, ["group_1", "fc_1"]))
    text = file.dump(frozen)
    assert text.count('"frozen": true') == 3
    assert file.parse(text, kinds).network == frozen.network


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ('{"id": "relu_1", "kind": "relu", "at": [0, 0], "frozen": true}', "no weights that could be frozen"),
        ('{"id": "group_1", "kind": "group", "at": [0, 0], "frozen": true}', "by freezing the blocks in it"),
        ('{"id": "conv_1", "kind": "convolution", "at": [0, 0], "frozen": "yes"}', "frozen"),
    ],
)
def test_wrong_files_are_refused_in_words(block: str, words: str) -> None:
    with pytest.raises(file.FileError, match=words):
        file.parse(f'{{"format": 1, "blocks": [{block}]}}', catalogue())
