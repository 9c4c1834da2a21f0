"""Every edit of a network: pure functions from a network to a new network.

They raise KeyError or ValueError for what a caller must not ask (an unknown block, a refused wire): ask
`refusal` first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from convstudio.network import notes, plain_text
from convstudio.network.document import LONGEST_TITLE, Block, Network, Wire, accepts, near
from convstudio.network.layer import Layer

GAP = 60.0
"""Free space between two blocks that an edit puts side by side."""
CARD_WIDTH = 150.0


def fresh_id(network: Network, stem: str) -> str:
    """The first of `stem_1`, `stem_2` … that no block has."""
    number = 1
    while f"{stem}_{number}" in network.blocks:
        number += 1
    return f"{stem}_{number}"


def stem(block_id: str) -> str:
    """An id without its number."""
    return re.sub(r"_[0-9]+$", "", block_id)


def add(network: Network, layer: Layer, x: float, y: float, title: str = "") -> tuple[Network, str]:
    """Put a new block on the canvas. Returns the network and the new block's id."""
    block = Block(fresh_id(network, layer.stem), layer, _short(title), near(x), near(y))
    return _with_blocks(network, {block.id: block}), block.id


def remove(network: Network, ids: Iterable[str]) -> Network:
    """Take blocks away. A gap in a chain is healed: what fed them feeds what they fed."""
    for block_id in ids:
        network = _remove_one(network, block_id)
    return network


def move(network: Network, places: Mapping[str, tuple[float, float]]) -> Network:
    """Put blocks at new places, in canvas units."""
    moved = {i: replace(network.blocks[i], x=near(x), y=near(y)) for i, (x, y) in places.items()}
    return _with_blocks(network, moved)


def shift(network: Network, ids: Iterable[str], note_ids: Iterable[str], dx: float, dy: float) -> Network:
    """Move blocks and notes all the same way."""
    places = {i: (network.blocks[i].x + dx, network.blocks[i].y + dy) for i in ids}
    noted = {i: (network.notes[i].x + dx, network.notes[i].y + dy) for i in note_ids}
    return notes.move(move(network, places), noted)


def change(network: Network, block_id: str, layer: Layer) -> Network:
    """Give a block other settings."""
    return change_all(network, {block_id: layer})


def change_all(network: Network, layers: Mapping[str, Layer]) -> Network:
    """Give blocks other settings, by their ids."""
    return _with_blocks(network, {i: replace(network.blocks[i], layer=layer) for i, layer in layers.items()})


def rename(network: Network, block_id: str, title: str) -> Network:
    """Give a block another title; '' returns to the layer's own heading."""
    return _with_blocks(network, {block_id: replace(network.blocks[block_id], title=_short(title))})


def refusal(network: Network, wire: Wire) -> str | None:
    """Why this wire can never be right, in words; None when it may be drawn."""
    source, target = network.blocks[wire.source], network.blocks[wire.target]
    if wire in network.wires:
        return "These two are already connected."
    if source.layer.ends:
        return f"{source.heading} is the end of the network: nothing comes after it."
    if not accepts(target.layer, wire.port):
        return f"{target.heading} takes no input."
    if wire.source == wire.target:
        return f"{source.heading} cannot feed itself."
    if wire.source in downstream(network, wire.target):
        return f"That would be a circle: {target.heading} already leads to {source.heading}."
    taken = network.incoming.get(wire.target, {}).get(wire.port)
    if taken:
        return f"{target.heading} already gets its input from {network.blocks[taken.source].heading}."
    return None


def connect(network: Network, wire: Wire) -> Network:
    """Draw a wire. ValueError when it is refused."""
    if reason := refusal(network, wire):
        raise ValueError(reason)
    return replace(network, wires=(*network.wires, wire))


def disconnect(network: Network, wires: Iterable[Wire]) -> Network:
    """Take wires away."""
    gone = set(wires)
    return replace(network, wires=tuple(w for w in network.wires if w not in gone))


def insert_on_wire(network: Network, wire: Wire, block_id: str) -> Network:
    """Lead a wire through an unconnected block."""
    if wire not in network.wires:
        raise ValueError("the wire is not in the network")
    network = disconnect(network, [wire])
    network = connect(network, Wire(wire.source, block_id, _free_port(network, block_id)))
    return connect(network, Wire(block_id, wire.target, wire.port))


def insert_after(network: Network, block_id: str, new_id: str) -> Network:
    """Lead all that leaves a block through an unconnected block."""
    leaving = network.outgoing.get(block_id, ())
    network = disconnect(network, leaving)
    network = connect(network, Wire(block_id, new_id, _free_port(network, new_id)))
    for wire in leaving:
        network = connect(network, Wire(new_id, wire.target, wire.port))
    return network


def insert_before(network: Network, block_id: str, port: str, layer: Layer) -> tuple[Network, str]:
    """Put a new block in front of a port and lead the port's wire through it; what follows makes room."""
    target = network.blocks[block_id]
    wire = network.incoming.get(block_id, {}).get(port)
    network = make_room(network, block_id)
    network, new_id = add(network, layer, target.x, target.y)
    if wire:
        return insert_on_wire(network, wire, new_id), new_id
    return connect(network, Wire(new_id, block_id, port)), new_id


def append_after(network: Network, block_id: str, layer: Layer) -> tuple[Network, str]:
    """Put a new block behind another and wire it where it takes an input."""
    before = network.blocks[block_id]
    network, new_id = add(network, layer, before.x + CARD_WIDTH + GAP, before.y)
    port = network.free_port(new_id)
    if port and not before.layer.ends:
        network = connect(network, Wire(block_id, new_id, port))
    return network, new_id


def make_room(network: Network, block_id: str) -> Network:
    """Shift a block, and all that follows from it to the right, by one card."""
    moved = {block_id, *downstream(network, block_id)}
    edge = network.blocks[block_id].x
    shift = CARD_WIDTH + GAP
    blocks = [network.blocks[i] for i in moved if network.blocks[i].x >= edge]
    return move(network, {b.id: (b.x + shift, b.y) for b in blocks})


def fragment(network: Network, ids: Iterable[str], note_ids: Iterable[str] = ()) -> Network:
    """The part of a network that consists of these blocks, the wires between them, and these notes."""
    chosen, noted = set(ids), set(note_ids)
    blocks = {i: b for i, b in network.blocks.items() if i in chosen}
    wires = tuple(w for w in network.wires if w.source in chosen and w.target in chosen)
    return Network(blocks, wires, {i: n for i, n in network.notes.items() if i in noted})


def paste(network: Network, part: Network, dx: float, dy: float) -> tuple[Network, tuple[str, ...]]:
    """Add a copy of `part`, shifted, with ids of its own. Returns the network and the ids of the new blocks."""
    names = _fresh_names(network, part.blocks)
    copies = {names[b.id]: replace(b, id=names[b.id], x=near(b.x + dx), y=near(b.y + dy)) for b in part.blocks.values()}
    network = _with_blocks(network, copies)
    wires = tuple(Wire(names[w.source], names[w.target], w.port) for w in part.wires)
    network = replace(network, wires=network.wires + wires)
    return notes.paste(network, part.notes.values(), dx, dy), tuple(names.values())


def _fresh_names(network: Network, ids: Iterable[str]) -> dict[str, str]:
    """For each id the first one of its stem that neither the network nor another of them gets."""
    numbers: dict[str, Iterator[int]] = {}
    names: dict[str, str] = {}
    for block_id in ids:
        base = stem(block_id)
        free = numbers.setdefault(base, count(1))
        names[block_id] = next(name for n in free if (name := f"{base}_{n}") not in network.blocks)
    return names


def downstream(network: Network, block_id: str) -> set[str]:
    """Ids of all blocks that a block feeds, directly or through others; without itself unless in a circle."""
    return _reach(block_id, lambda i: [w.target for w in network.outgoing.get(i, ())])


def upstream(network: Network, block_id: str) -> set[str]:
    """Ids of all blocks that feed a block, directly or through others."""
    return _reach(block_id, lambda i: [w.source for w in network.incoming.get(i, {}).values()])


def _reach(start: str, neighbours: Callable[[str], list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for neighbour in neighbours(waiting.pop()):
            if neighbour not in found:
                found.add(neighbour)
                waiting.append(neighbour)
    return found


def _with_blocks(network: Network, changed: Mapping[str, Block]) -> Network:
    return network.with_blocks({**network.blocks, **changed})


def _short(title: str) -> str:
    return plain_text.line(title).strip()[:LONGEST_TITLE].strip()


def _free_port(network: Network, block_id: str) -> str:
    port = network.free_port(block_id)
    if port is None:
        raise ValueError(f"{block_id} has no free input")
    return port


def _remove_one(network: Network, block_id: str) -> Network:
    arriving = list(network.incoming.get(block_id, {}).values())
    leaving = network.outgoing.get(block_id, ())
    kept = tuple(w for w in network.wires if block_id not in (w.source, w.target))
    blocks = {i: b for i, b in network.blocks.items() if i != block_id}
    network = replace(network, blocks=blocks, wires=kept)
    if len(arriving) == 1:
        for wire in leaving:
            healed = Wire(arriving[0].source, wire.target, wire.port)
            if refusal(network, healed) is None:
                network = connect(network, healed)
    return network
