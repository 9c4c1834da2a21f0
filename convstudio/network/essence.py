"""What of a network decides its results, as a value: no places, no titles, also inside groups."""

from __future__ import annotations

from typing import Any

from convstudio.network.document import Network
from convstudio.network.group import Group

Essence = tuple[Any, ...]


def essence(network: Network, *, named: bool = False) -> Essence:
    """Equal for networks that compute the same from equal weights; `named` also tells groups by their titles.

    The titles of groups become names of classes in written source.
    """
    blocks: list[Essence] = []
    for block_id, block in network.blocks.items():
        layer = block.layer
        if isinstance(layer, Group):
            inner = essence(layer.network, named=named)
            blocks.append((block_id, Group, layer.repeat, inner, block.title if named else ""))
        else:
            blocks.append((block_id, type(layer), layer))
    return frozenset(blocks), frozenset(network.wires)
