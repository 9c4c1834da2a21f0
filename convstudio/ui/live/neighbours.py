"""What lies around a block that its views need: the maps its weights are spread over, the activation behind it."""

from __future__ import annotations

from typing import NamedTuple

from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape


class Source(NamedTuple):
    """A block whose maps, of shape `shape`, reach another one laid out in a row."""

    block: str
    shape: Shape


class Pair(NamedTuple):
    """An activation with the block before it: their maps belong together one by one."""

    before: str
    after: str


def spread_over(network: Network, analysis: Analysis, block_id: str) -> Source | None:
    """The maps that a Flatten before `block_id` lays out in the row which its weights belong to, if there are any."""
    found = _before(network, block_id)
    while found and _keeps_places(network, analysis, found):
        found = _before(network, found)
    if not found or network.blocks[found].layer.kind != "flatten" or not (source := _before(network, found)):
        return None
    shape = analysis.blocks[source].output
    return Source(source, shape) if shape and shape.axes else None


def around_activation(network: Network, analysis: Analysis, block_id: str) -> Pair | None:
    """The block and the activation that follows it; of an activation, the block before it and itself.

    A normalisation may stand between the two.
    """
    if _is(network, block_id, "activation"):
        before = _before(network, block_id)
        return Pair(before, block_id) if before and network.blocks[before].layer.ports else None
    found: str | None = block_id
    for _ in range(2):
        found = _only_follower(network, found) if found else None
        if found and _is(network, found, "activation"):
            return Pair(block_id, found) if analysis.blocks[found].output == analysis.blocks[block_id].output else None
        if not found or not _is(network, found, "normalisation"):
            return None
    return None


def _is(network: Network, block_id: str, colour: str) -> bool:
    return network.blocks[block_id].layer.colour == colour


def _keeps_places(network: Network, analysis: Analysis, block_id: str) -> bool:
    """Whether each number of the result belongs to the number at the same place of what comes in."""
    facts, layer = analysis.blocks[block_id], network.blocks[block_id].layer
    elementwise = layer.colour in ("activation", "normalisation") or layer.kind == "dropout"
    return elementwise and facts.output is not None and facts.inputs == (facts.output,)


def _before(network: Network, block_id: str) -> str | None:
    """The one block that feeds this one."""
    wires = network.incoming.get(block_id, {})
    return next(iter(wires.values())).source if len(wires) == 1 else None


def _only_follower(network: Network, block_id: str) -> str | None:
    wires = network.outgoing.get(block_id, ())
    return next(iter(wires)).target if len(wires) == 1 else None
