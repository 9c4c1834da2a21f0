"""What differs between documents, in words: training, data, blocks and groups; places and titles are no difference."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_fields

from chains import chain
from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, Output, ReLU
from convstudio.network import edits, freezing, grouping
from convstudio.network.differences import Difference, differences, edit_words, only_rate
from convstudio.network.document import DataChoice, Document


def document() -> Document:
    network = chain(
        Input(axes=(28, 28)), Convolution(channels=4), ReLU(), Flatten(), FullyConnected(channels=10), Output()
    )
    return Document(network)


def training(**fields) -> Document:
    made = document()
    return replace(made, training=with_fields(made.training, **fields))


def test_equal_documents_have_no_differences_wherever_their_blocks_lie():
    one = document()
    other = one.with_network(edits.rename(edits.move(one.network, {"conv_1": (900, 9)}), "conv_1", "Eyes"))
    assert differences((one, other)) == ()


def test_every_setting_that_differs_is_one_line_with_a_value_for_each():
    made = (training(learning_rate=0.003), training(learning_rate=0.01, nesterov=True), training(epochs=20))
    assert differences(made) == (
        Difference("Epochs", ("10", "10", "20")),
        Difference("Learning rate", ("0.003", "0.01", "0.003")),
        Difference("Nesterov", ("no", "yes", "no")),
    )


def test_blocks_are_compared_by_their_ids():
    one = document()
    wide = one.with_network(edits.change(one.network, "conv_1", Convolution(channels=8, mask=(3, 5))))
    without = one.with_network(edits.remove(one.network, ["relu_1"]))
    assert differences((one, wide)) == (
        Difference("conv_1 · Output channels", ("4", "8")),
        Difference("conv_1 · Mask size", ("3", "3 × 5")),
    )
    found = {d.what: d.values for d in differences((one, without))}
    assert found["relu_1"] == ("ReLU", None)
    assert edit_words(one, without).startswith("relu_1 removed, Wires")


def test_a_block_that_is_frozen_is_told():
    one = document()
    frozen = one.with_network(freezing.freeze(one.network, ["conv_1"]))
    assert edit_words(one, frozen) == "conv_1 · Frozen no → yes"


def test_the_inside_of_groups_is_compared_too():
    one = document()
    network, group = grouping.group(one.network, ["conv_1", "relu_1"])[:2]
    one = one.with_network(network)
    layer = network.blocks[group].layer
    inner = edits.change(layer.network, "conv_1", Convolution(channels=6))
    other = one.with_network(edits.change(network, group, with_fields(layer, network=inner, repeat=1)))
    (found,) = differences((one, other))
    assert found == Difference(f"{group}.conv_1 · Output channels", ("4", "6"))


def test_another_data_set_is_told_with_its_name():
    one, other = document(), replace(document(), data=DataChoice(name="gratings"))
    assert edit_words(one, other) == "Data set digits → gratings"


def test_only_the_rate():
    assert only_rate(training(learning_rate=0.1), training(learning_rate=0.2))
    assert not only_rate(training(learning_rate=0.1), training(learning_rate=0.2, epochs=3))
    assert not only_rate(document(), document())


def test_many_changes_are_counted():
    other = training(learning_rate=0.1, epochs=3, batch_size=8, seed=4, momentum=0.5)
    assert edit_words(document(), other).endswith("and 2 more")
