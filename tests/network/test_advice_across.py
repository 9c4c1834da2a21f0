"""Advice that looks through the borders of groups: what it finds, of whom it is said, and that its fixes mend it."""

from __future__ import annotations

import random
from importlib import import_module

import pytest
from msgspec import structs

from chains import chain
from convstudio.blocks import (
    Add,
    BatchNorm,
    Convolution,
    Dilated,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    Output,
    ReLU,
    Softmax,
    catalogue,
)
from convstudio.network import edits, grouping
from convstudio.network.advice import advise
from convstudio.network.advice.across import seen_at
from convstudio.network.document import Network, Wire
from convstudio.network.expansion import expanded
from convstudio.network.facts import Sample
from convstudio.network.group import Group
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

DIGITS = Sample(Shape(1, (28, 28)), tuple("0123456789"), "Digits")
END = (GlobalAveragePool(), FullyConnected(), Output())


def grouped(network: Network, *ids: str, repeat: int = 1) -> Network:
    made, group_id = grouping.group(network, ids, "Stem")
    layer = made.blocks[group_id].layer
    assert isinstance(layer, Group)
    return edits.change(made, group_id, structs.replace(layer, repeat=repeat))


def told(network: Network) -> tuple[Problem, ...]:
    return advise(network, resolve(network, catalogue(), DIGITS), catalogue(), DIGITS)


def mended(network: Network, problem: Problem) -> Network:
    (fix,) = problem.fixes
    after = fix.apply(network)
    assert resolve(after, catalogue(), DIGITS).problems == ()
    assert problem.title not in [p.title for p in told(after)]
    return after


TWO = chain(Input(), Convolution(mask=(9,)), ReLU(), Convolution(), Convolution(mask=(9,)), ReLU(), *END)


@pytest.mark.parametrize(
    ("ids", "worn", "inside", "words"),
    [
        (("relu_1", "conv_2"), ("group_1", "conv_3"), ("group_1.conv_2", "conv_3"), "(conv_2 in Stem) and "),
        (("conv_3", "relu_2"), ("conv_2", "group_1"), ("conv_2", "group_1.conv_3"), "(conv_3 in Stem) follow"),
    ],
)
def test_two_convolutions_on_both_sides_of_a_border_are_one(
    ids: tuple[str, ...], worn: tuple[str, ...], inside: tuple[str, ...], words: str
) -> None:
    network = grouped(TWO, *ids)
    (problem,) = told(network)
    assert (problem.blocks, problem.inside) == (worn, inside)
    assert words in problem.words
    assert "one convolution with masks of 11 × 11" in problem.words
    mended(network, problem)


def test_a_group_that_follows_itself_is_told_once_and_mended_inside() -> None:
    base = chain(Input(), Convolution(mask=(9,)), ReLU(), Convolution(), BatchNorm(), ReLU(), *END)
    network = grouped(base, "conv_2", "batch_norm_1", repeat=3)
    (problem,) = told(network)
    assert problem.inside == ("group_1.0.conv_2", "group_1.1.conv_2")
    assert "(conv_2 in Stem, copy 1 of 3)" in problem.words
    after = grouping.inside(mended(network, problem), ("group_1",))
    (relu,) = (i for i, b in after.blocks.items() if b.layer.kind == "relu")
    assert [w.source for w in after.incoming[relu].values()] == ["batch_norm_1"]


def test_behind_the_last_copy_the_activation_goes_outside() -> None:
    base = chain(Input(), Convolution(mask=(9,)), ReLU(), Convolution(), Convolution(mask=(7,)), ReLU(), *END)
    network = grouped(base, "relu_1", "conv_2", repeat=2)
    (problem,) = told(network)
    after = mended(network, problem)
    assert after.blocks["group_1"].layer == network.blocks["group_1"].layer
    assert "relu_1" in after.blocks


def test_an_activation_at_either_side_of_the_border_is_enough() -> None:
    base = chain(Input(), Convolution(mask=(9,)), ReLU(), Convolution(), ReLU(), Convolution(mask=(9,)), ReLU(), *END)
    assert told(grouped(base, "conv_2", "relu_2")) == ()
    assert told(grouped(base, "relu_2", "conv_3")) == ()
    assert told(grouped(base, "conv_2", "relu_2", repeat=3)) == ()


def test_what_a_group_says_of_its_inside_is_not_said_twice() -> None:
    (problem,) = told(grouped(TWO, "conv_2", "conv_3", "relu_2"))
    assert problem.words.startswith("Inside Stem")


DILATED = (Dilated(channels=8, dilation=(2,)), ReLU())


def test_dilated_masks_of_a_repeated_group_leave_gaps_together() -> None:
    network = grouped(chain(Input(), *DILATED, *END), "dilated_1", "relu_1", repeat=3)
    (problem,) = (p for p in told(network) if "gridding" in p.title)
    assert problem.blocks == ("group_1",)
    assert "sees 7 of 13 rows and 7 of 13 columns" in problem.words
    assert problem.fixes == ()  # one rate of the block is that of all its copies


def test_a_plain_mask_before_the_group_fills_the_gaps_in_it() -> None:
    base = chain(Input(), Convolution(), ReLU(), *DILATED, *DILATED, *END)
    assert "gridding" not in str([p.title for p in told(grouped(base, "dilated_1", "relu_2", "dilated_2", "relu_3"))])
    alone = chain(Input(), *DILATED, *DILATED, *END)
    network = grouped(alone, "dilated_1", "relu_1", "dilated_2", "relu_2")
    (problem,) = (p for p in told(network) if "gridding" in p.title)
    mended(network, problem)


def test_a_softmax_at_the_end_of_a_group_stands_before_the_output() -> None:
    network = grouped(chain(Input(), Convolution(mask=(9,)), ReLU(), *END[:2], Softmax(), END[2]), "fc_1", "softmax_1")
    (problem,) = told(network)
    assert problem.inside == ("group_1.softmax_1",)
    mended(network, problem)


def test_a_heavy_layer_is_seen_behind_a_flatten_that_is_in_a_group() -> None:
    base = chain(Input(), Convolution(mask=(9,)), ReLU(), Flatten(), FullyConnected(), Output())
    (problem,) = told(grouped(base, "relu_1", "flatten_1"))
    assert problem.blocks == ("fc_1",)
    assert "62 730 of 63 386 weights" in problem.words


def test_inside_the_group_the_same_is_said_in_its_own_terms() -> None:
    network = grouped(TWO, "relu_1", "conv_2")
    (problem,) = told(network)
    found = seen_at(("group_1",), network, problem)
    assert found is not None
    assert found.blocks == ("conv_2",)
    (fix,) = found.fixes
    assert grouping.put(network, ("group_1",), fix.apply(grouping.inside(network, ("group_1",)))) == problem.fixes[
        0
    ].apply(network)
    assert seen_at(("group_1",), network, structs.replace(problem, inside=("conv_3",))) is None


def dice_network(dice: random.Random) -> Network:
    """A row of masks of which some are a group that follows itself, often with a way around it inside."""
    sizes = [(dice.choice((1, 2, 3, 5)), dice.choice((1, 2, 3, 4, 5))) for _ in range(dice.randrange(2, 5))]
    layers = [Dilated(channels=4, mask=(m,), dilation=(d,), padding="same") for m, d in sizes]
    kinds = [layer for conv in layers for layer in (conv, ReLU())[: dice.choice((1, 2))]]
    network = chain(Input(axes=(64, 64)), Convolution(channels=4, mask=(dice.choice((1, 3)),)), *kinds, *END)
    body = [i for i in network.blocks if i.startswith(("dilated", "relu"))][dice.choice((0, 1)) :]
    if body[0].startswith("dilated") and dice.random() < 0.5:
        network, add = edits.append_after(network, body[-1], Add())
        network = edits.connect(network, Wire(network.incoming[body[0]]["in"].source, add, "in_2"))
        body.append(add)
    return grouped(network, *body, repeat=dice.randrange(4, 40))


@pytest.mark.parametrize("seed", range(30))
def test_copies_that_are_left_out_change_nothing_that_is_told(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = dice_network(random.Random(seed))
    short = told(network)
    with monkeypatch.context() as whole:
        whole.setattr(import_module("convstudio.network.advice.across"), "abridged", lambda n, a: (*expanded(n, a), {}))
        long = told(network)
    assert [(p.title, p.words, p.blocks) for p in short] == [(p.title, p.words, p.blocks) for p in long]


def test_thousands_of_copies_are_told_about_as_a_few_are() -> None:
    network = grouped(chain(Input(), *DILATED, *END), "dilated_1", "relu_1", repeat=1000)
    (problem,) = (p for p in told(network) if "gridding" in p.title)
    assert "dilation 2, 2, 2, 2, 2, 2 … (1 000 masks)" in problem.words
    assert "(dilated_1 in Stem, copy 1000 of 1000) sees 2 001 of 4 001 rows" in problem.words
    base = chain(Input(), Convolution(mask=(9,)), ReLU(), Convolution(), BatchNorm(), ReLU(), *END)
    network = grouped(base, "conv_2", "batch_norm_1", repeat=1000)
    (problem,) = told(network)
    assert "(conv_2 in Stem, copy 1 of 1000)" in problem.words
    mended(network, problem)


def test_groups_in_groups_leave_copies_out_at_both_levels() -> None:
    network = grouped(chain(Input(), *DILATED, *END), "dilated_1", "relu_1", repeat=20)
    network = grouped(network, "group_1", repeat=30)
    (problem,) = (p for p in told(network) if "gridding" in p.title)
    assert "(600 masks)" in problem.words
    assert "sees 1 201 of 2 401 rows" in problem.words
