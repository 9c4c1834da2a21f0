"""Edits that keep wires: a block of another kind in a block's place, and neighbours that change places."""

from __future__ import annotations

from dataclasses import replace

from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.layer import Layer


def replace_block(network: Network, block_id: str, layer: Layer) -> tuple[Network, str]:
    """Put a new block where another is; its wires stay. Returns the network and the new block's id."""
    old = network.blocks[block_id]
    new = Block(edits.fresh_id(network, layer.stem), layer, "", old.x, old.y)
    blocks = {new.id if i == block_id else i: new if i == block_id else b for i, b in network.blocks.items()}
    ends = {block_id: new.id}
    wires = (
        Wire(ends.get(w.source, w.source), ends.get(w.target, w.target), w.port)
        if block_id in (w.source, w.target)
        else w
        for w in network.wires
    )
    return replace(network, blocks=blocks, wires=tuple(wires)), new.id


def swap(network: Network, first: str, second: str) -> Network:
    """Let two neighbours of a chain change places: what fed `first` feeds `second`, which now feeds `first`."""
    turn = {first: second, second: first}
    wires = tuple(Wire(turn.get(w.source, w.source), turn.get(w.target, w.target), w.port) for w in network.wires)
    a, b = network.blocks[first], network.blocks[second]
    places = {first: replace(a, x=b.x, y=b.y), second: replace(b, x=a.x, y=a.y)}
    return replace(network, blocks={**network.blocks, **places}, wires=wires)
