"""Freezing: blocks whose weights training leaves as they are. A group is frozen where all blocks in it are.

All edits are pure. They raise KeyError for a block that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from convstudio.network.document import Block, Network
from convstudio.network.group import Group
from convstudio.network.layer import Layer


def weighs(layer: Layer) -> bool:
    """Whether training changes anything in such a block: it has weights, or holds a block that has."""
    if isinstance(layer, Group):
        return any(weighs(block.layer) for block in layer.network.blocks.values())
    return type(layer).parameters is not Layer.parameters


def is_frozen(block: Block) -> bool:
    """Whether training leaves all weights of a block, or of all blocks in a group, as they are."""
    if isinstance(block.layer, Group):
        inner = [b for b in block.layer.network.blocks.values() if weighs(b.layer)]
        return bool(inner) and all(is_frozen(b) for b in inner)
    return block.frozen


def freeze(network: Network, ids: Iterable[str], frozen: bool = True) -> Network:
    """Freeze these blocks, and those in groups among them, or let them learn again; what has no weights stays."""
    changed = {i: _with(network.blocks[i], frozen) for i in ids}
    return network.with_blocks({**network.blocks, **changed})


def frozen_ids(network: Network, before: str = "") -> frozenset[str]:
    """The ids of all frozen blocks where groups are expanded, in every copy; `before` is what they begin with."""
    found: set[str] = set()
    for block in network.blocks.values():
        if isinstance(block.layer, Group):
            for copy in range(block.layer.repeat):
                found |= frozen_ids(block.layer.network, before + block.layer.prefix(block.id, copy))
        elif block.frozen:
            found.add(before + block.id)
    return frozenset(found)


def _with(block: Block, frozen: bool) -> Block:
    if isinstance(block.layer, Group):
        inner = freeze(block.layer.network, block.layer.network.blocks, frozen)
        return replace(block, layer=structs.replace(block.layer, network=inner))
    return replace(block, frozen=frozen) if weighs(block.layer) and block.frozen != frozen else block
