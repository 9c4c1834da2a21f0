"""Facts recalled from before an edit are those that would be worked out anew."""

from __future__ import annotations

import random

import pytest

from chains import chain
from convstudio.blocks import Add, Convolution, Flatten, FullyConnected, Input, MaxPool, Output, ReLU, catalogue
from convstudio.network import edits, memory
from convstudio.network.document import Network, Wire
from convstudio.network.resolve import resolve


def afresh(network: Network) -> object:
    """The analysis without anything remembered, and of a network that took nothing over from the one before."""
    kept = dict(memory._known)
    memory._known.clear()
    try:
        return resolve(Network(network.blocks, network.wires, network.notes), catalogue())
    finally:
        memory._known.clear()
        memory._known.update(kept)


def branched() -> Network:
    """A way around two convolutions, then a classifier."""
    network = chain(
        Input(), Convolution(), ReLU(), Convolution(), Add(), MaxPool(), Flatten(), FullyConnected(), Output()
    )
    return edits.connect(network, Wire("conv_1", "add_1", "in_2"))


def one_edit(network: Network, dice: random.Random) -> Network:
    """Settings, titles, places, wires and blocks, as hands would change them."""
    block = dice.choice(list(network.blocks.values()))
    wire = dice.choice(network.wires) if network.wires else None
    kind = dice.randrange(6)
    if kind == 0 and isinstance(block.layer, Convolution):
        layer = Convolution(channels=dice.choice((4, 8)), mask=(dice.choice((3, 5, 60)),), padding="none")
        return edits.change(network, block.id, layer)
    if kind == 1:
        return edits.rename(network, block.id, dice.choice(("", "one", "two")))
    if kind == 2:
        return edits.move(network, {block.id: (dice.random(), dice.random())})
    if kind == 3 and wire:
        return edits.disconnect(network, [wire])
    if kind == 4 and len(network.blocks) > 3:
        return edits.remove(network, [block.id])
    other = dice.choice(list(network.blocks))
    port = network.free_port(block.id)
    drawn = Wire(other, block.id, port) if port else None
    return edits.connect(network, drawn) if drawn and edits.refusal(network, drawn) is None else network


@pytest.mark.parametrize("seed", range(40))
def test_recalled_facts_are_those_worked_out_anew(seed):
    dice, network = random.Random(seed), branched()
    past = [network]
    for _ in range(25):
        network = one_edit(network, dice) if dice.random() < 0.8 else dice.choice(past)
        past.append(network)
        assert resolve(network, catalogue()) == afresh(network)


def test_what_an_edit_cannot_change_is_the_same_object():
    network = branched()
    before = resolve(network, catalogue())
    after = resolve(edits.change(network, "fc_1", FullyConnected(channels=20)), catalogue())
    assert after.blocks["add_1"] is before.blocks["add_1"]
    assert after.blocks["fc_1"].output != before.blocks["fc_1"].output


def test_a_change_that_changes_no_result_stops_there():
    network = branched()
    before = resolve(network, catalogue())
    after = resolve(edits.rename(network, "conv_1", "first"), catalogue())
    assert after.blocks["relu_1"] is before.blocks["relu_1"]


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 3)
    resolve(branched(), catalogue())
    assert len(memory._known) <= 3


def test_wires_stay_looked_up_after_an_edit_of_blocks():
    network = branched()
    incoming = network.incoming
    moved = edits.move(network, {"conv_1": (5.0, 5.0)})
    assert moved.incoming is incoming
    assert edits.disconnect(moved, [moved.wires[0]]).incoming is not incoming
