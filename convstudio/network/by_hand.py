"""Edits of masks by hand in the document: a run, a preview and an export start with them.

Those that do not fit the weights of the block any more wait until they fit again. All edits are pure; they raise
KeyError for a block that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from msgspec import structs

from convstudio.network.document import Block, Network
from convstudio.network.group import Group
from convstudio.network.handmade import HandMade, Made


def put(network: Network, path: Iterable[str], block_id: str, made: HandMade) -> Network:
    """Keep masks of a block in the group at `path`; what they cover is forgotten."""
    return _changed(network, tuple(path), block_id, lambda kept: (*(m for m in kept if not made.covers(m)), made))


def take_away(network: Network, path: Iterable[str], block_id: str, weights: str, copies: tuple[int, ...]) -> Network:
    """Let the seed draw these weights of a block again, in this copy of the groups around it."""

    def rest(kept: Made) -> Made:
        return tuple(m for m in kept if m.weights != weights or (m.copies and m.copies != copies))

    return _changed(network, tuple(path), block_id, rest)


def without(network: Network) -> Network:
    """No block that learns starts with masks by hand; those of frozen blocks stay."""
    changed = {i: _plain(block) for i, block in network.blocks.items()}
    return network.with_blocks(changed) if any(changed[i] is not b for i, b in network.blocks.items()) else network


def by_id(network: Network, before: str = "") -> dict[str, Made]:
    """The masks by hand of each block that has some, where groups are expanded; `before` is what the ids begin with."""
    found: dict[str, Made] = {}
    for block in network.blocks.values():
        if isinstance(block.layer, Group):
            for copy in range(block.layer.repeat):
                found |= by_id(block.layer.network, before + block.layer.prefix(block.id, copy))
        elif block.by_hand and (made := meant(block.by_hand, before)):
            found[before + block.id] = made
    return found


def meant(made: Made, flat_id: str) -> Made:
    """Those that belong to the copy that an expanded id names."""
    copies = copies_in(flat_id)
    return tuple(m for m in made if not m.copies or m.copies == copies)


def copies_in(flat_id: str) -> tuple[int, ...]:
    """The numbers of the copies in the id of a block where groups are expanded."""
    return tuple(int(part) for part in flat_id.split(".") if part.isdigit())


def count(network: Network) -> int:
    """How many numbers made by hand a network holds, with those in groups."""
    inner = (count(b.layer.network) for b in network.blocks.values() if isinstance(b.layer, Group))
    return sum(m.count for b in network.blocks.values() for m in b.by_hand) + sum(inner)


def _changed(network: Network, path: tuple[str, ...], block_id: str, change: Callable[[Made], Made]) -> Network:
    """The network with other masks by hand in a block of the group at `path`."""
    if not path:
        block = network.blocks[block_id]
        return network.with_blocks({**network.blocks, block_id: replace(block, by_hand=change(block.by_hand))})
    holder = network.blocks[path[0]]
    assert isinstance(holder.layer, Group)
    inner = _changed(holder.layer.network, path[1:], block_id, change)
    outer = replace(holder, layer=structs.replace(holder.layer, network=inner))
    return network.with_blocks({**network.blocks, path[0]: outer})


def _plain(block: Block) -> Block:
    if isinstance(block.layer, Group):
        inner = without(block.layer.network)
        same = inner is block.layer.network
        return block if same else replace(block, layer=structs.replace(block.layer, network=inner))
    return replace(block, by_hand=()) if block.by_hand and not block.frozen else block


def of_copy(network: Network, copy: int, inside: int = 0) -> Network:
    """The content of one copy of a repeated group with the masks of that copy alone.

    `inside` is the number of repeated groups between the two: a block counts copies from the outside in.
    """
    blocks = {i: _of_copy(block, copy, inside) for i, block in network.blocks.items()}
    return network.with_blocks(blocks)


def _of_copy(block: Block, copy: int, inside: int) -> Block:
    if isinstance(block.layer, Group):
        inner = of_copy(block.layer.network, copy, inside + (block.layer.repeat > 1))
        return replace(block, layer=structs.replace(block.layer, network=inner))
    if not block.by_hand:
        return block
    own = (m for m in block.by_hand if not m.copies or m.copies[-1 - inside :][:1] == (copy,))
    return replace(block, by_hand=tuple(structs.replace(m, copies=_left_out(m.copies, inside)) for m in own))


def _left_out(copies: tuple[int, ...], inside: int) -> tuple[int, ...]:
    place = len(copies) - 1 - inside
    return tuple(copy for number, copy in enumerate(copies) if number != place)
