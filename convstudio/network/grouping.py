"""Edits of groups: making one of blocks, dissolving one, and editing the network inside one.

Like all edits they are pure. They raise KeyError or ValueError for what a caller must not ask: ask `refusal` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from convstudio.network import by_hand, edits, notes
from convstudio.network.document import Block, Network, Wire
from convstudio.network.edits import CARD_WIDTH, GAP
from convstudio.network.group import MAX_DEPTH, Entry, Exit, Group

Path = tuple[str, ...]
"""Ids of the groups that lead to a network, from the outside in; () is the document's own network."""


def inside(network: Network, path: Path) -> Network:
    """The network in the group at `path`. KeyError or ValueError when there is none."""
    for block_id in path:
        network = group_at(network, block_id).network
    return network


def put(network: Network, path: Path, inner: Network) -> Network:
    """The network with `inner` in the group at `path`; wires to ports that are no more are taken away."""
    if not path:
        return inner
    here, *rest = path
    group = group_at(network, here)
    changed = structs.replace(group, network=put(group.network, tuple(rest), inner))
    network = edits.change(network, here, changed)
    return edits.disconnect(network, [w for w in network.wires if w.target == here and w.port not in changed.ports])


def exists(network: Network, path: Path) -> bool:
    """Whether there is a group at `path`."""
    try:
        inside(network, path)
    except (KeyError, ValueError):
        return False
    return True


def group_at(network: Network, block_id: str) -> Group:
    """The group with this id. KeyError without such a block, ValueError when it is no group."""
    layer = network.blocks[block_id].layer
    if not isinstance(layer, Group):
        raise ValueError(f"{block_id} is no group")
    return layer


def refusal(network: Network, ids: Iterable[str], level: int = 0) -> str | None:
    """Why these blocks cannot become a group, in words; `level` says in how many groups they lie already."""
    chosen = set(ids)
    if not chosen:
        return "Select the blocks that are to become a group."
    fixed = [b.heading for i, b in network.blocks.items() if i in chosen and (b.layer.ends or not b.layer.ports)]
    if fixed:
        return f"{_listed(fixed)} cannot be in a group: leave out where the network begins and ends."
    if words := too_deep(edits.fragment(network, chosen).depth, level + 1):
        return words
    return _between(network, chosen) or _many_results(network, chosen)


def too_deep(depth: int, level: int) -> str | None:
    """Why blocks that hold groups `depth` deep cannot lie in `level` groups: such a document could not be saved."""
    if level + depth > MAX_DEPTH:
        return f"Groups can lie {MAX_DEPTH} deep in one another, not deeper."
    return None


def group(network: Network, ids: Iterable[str], title: str = "", level: int = 0) -> tuple[Network, str]:
    """Make a group of blocks. Returns the network and the group's id. ValueError when it is refused.

    Wires that cross its border lead to Entries, one for each block outside that feeds it and one for each input that
    nothing feeds yet, and from the Exit.
    """
    chosen = set(ids)
    if reason := refusal(network, chosen, level):
        raise ValueError(reason)
    part = edits.fragment(network, chosen)
    arriving = [w for w in network.wires if w.target in chosen and w.source not in chosen]
    leaving = [w for w in network.wires if w.source in chosen and w.target not in chosen]
    ends = _ends(network, chosen)
    inner, outer_wires = _with_entries(network, part, arriving)
    inner = _with_exit(inner, ends[0])
    rest = edits.fragment(network, network.blocks.keys() - chosen, network.notes)
    group_id = edits.fresh_id(network, Group.stem)
    made = replace(rest, blocks={**rest.blocks, group_id: Block(group_id, Group(network=inner))})
    made = edits.rename(edits.move(made, {group_id: _centre(part)}), group_id, title)
    wires = [Wire(source, group_id, port) for source, port in outer_wires]
    wires += [Wire(group_id, w.target, w.port) for w in leaving]
    return replace(made, wires=(*made.wires, *wires)), group_id


def ungroup(network: Network, group_id: str) -> tuple[Network, tuple[str, ...]]:
    """Put the blocks of a group in its place, every copy of them. Returns the network and the blocks' ids.

    They keep their ids where these are free, and their places around the group's; what follows makes room.
    """
    block, layer = network.blocks[group_id], group_at(network, group_id)
    part = _content(layer.network)
    x, y = _centre(part)
    feeding = {port: w.source for port, w in network.incoming.get(group_id, {}).items()}
    leaving = network.outgoing.get(group_id, ())
    outer = edits.fragment(network, network.blocks.keys() - {group_id}, network.notes)
    outer = notes.paste(outer, layer.network.notes.values(), block.x - x, block.y - y)
    step = _width(part) + GAP
    new_ids: tuple[str, ...] = ()
    result: str | None = None
    for copy in range(layer.repeat):
        inner = by_hand.of_copy(layer.network, copy) if layer.repeat > 1 else layer.network
        outer, result, ids = _poured(outer, inner, feeding, (block.x - x + copy * step, block.y - y))
        new_ids += ids
        feeding = dict.fromkeys(layer.ports, result) if result else {}
    if result:
        outer = replace(outer, wires=(*outer.wires, *(Wire(result, w.target, w.port) for w in leaving)))
    return _with_room(outer, new_ids, {w.target for w in leaving}), new_ids


def _between(network: Network, chosen: set[str]) -> str | None:
    """A path that leaves the chosen blocks and comes back would be a circle around the group."""
    after = set().union(*(edits.downstream(network, i) for i in chosen)) - chosen
    before = set().union(*(edits.upstream(network, i) for i in chosen)) - chosen
    between = [b.heading for i, b in network.blocks.items() if i in after & before]
    if not between:
        return None
    return f"{_listed(between)} would get its input from the group and feed it as well. Select it too."


def _many_results(network: Network, chosen: set[str]) -> str | None:
    ends = _ends(network, chosen)
    if not ends:
        return "These blocks go round in a circle: none of them gives a result."
    if len(ends) == 1:
        return None
    names = _listed([network.blocks[i].heading for i in ends])
    return f"A group hands on one result, and {names} would each hand on one. Select what joins them as well."


def _ends(network: Network, chosen: set[str]) -> list[str]:
    """The chosen blocks that feed others; where none does, those that feed nothing."""
    feeds = {i: {w.target for w in network.outgoing.get(i, ())} for i in network.blocks if i in chosen}
    return [i for i, targets in feeds.items() if targets - chosen] or [i for i, targets in feeds.items() if not targets]


def _with_entries(network: Network, part: Network, arriving: list[Wire]) -> tuple[Network, list[tuple[str, str]]]:
    """`part` with Entries, and what is to be wired to the group: (block outside, port)."""
    inner, outside = part, []
    for source in dict.fromkeys(w.source for w in arriving):
        inner, port = _with_entry(inner, [w for w in arriving if w.source == source])
        outside.append((source, port))
    for block_id, block in part.blocks.items():
        for port in block.layer.ports:
            if port not in network.incoming.get(block_id, {}):
                inner, _ = _with_entry(inner, [Wire("", block_id, port)])
    return inner, outside


def _with_entry(inner: Network, wires: list[Wire]) -> tuple[Network, str]:
    """With one more Entry that feeds what `wires` feed. Returns also the port that it stands for."""
    target = inner.blocks[wires[0].target]
    made, entry = edits.add(inner, Entry(), min(b.x for b in inner.blocks.values()), target.y)
    if not inner.entries:
        made = edits.move(made, {entry: (made.blocks[entry].x - CARD_WIDTH - GAP, target.y)})
    else:
        x, lowest = min(b.x for b in inner.blocks.values()), max(inner.blocks[i].y for i in inner.entries.values())
        made = edits.move(made, {entry: (x, max(target.y, lowest + 2 * GAP))})
    made = replace(made, wires=(*made.wires, *(Wire(entry, w.target, w.port) for w in wires)))
    return made, next(port for port, i in made.entries.items() if i == entry)


def _with_exit(inner: Network, end: str) -> Network:
    right = max(b.x for b in inner.blocks.values())
    made, exit_id = edits.add(inner, Exit(), right + CARD_WIDTH + GAP, inner.blocks[end].y)
    return replace(made, wires=(*made.wires, Wire(end, exit_id)))


def _content(network: Network) -> Network:
    """The blocks of a group without its Entries and Exits."""
    return edits.fragment(network, [i for i, b in network.blocks.items() if not b.layer.inner])


def _poured(
    outer: Network, inner: Network, feeding: dict[str, str], by: tuple[float, float]
) -> tuple[Network, str | None, tuple[str, ...]]:
    """`outer` with a copy of `inner`'s blocks, fed by `feeding`; also the block whose result the Exit hands on."""
    content = _content(inner)
    names = {}
    for block_id, block in content.blocks.items():
        names[block_id] = block_id if block_id not in outer.blocks else edits.fresh_id(outer, edits.stem(block_id))
        moved = replace(block, id=names[block_id])
        outer = replace(outer, blocks={**outer.blocks, moved.id: moved})
        outer = edits.move(outer, {moved.id: (block.x + by[0], block.y + by[1])})
    for port, entry in inner.entries.items():
        if port in feeding:
            names[entry] = feeding[port]
    wires = [Wire(names[w.source], names[w.target], w.port) for w in inner.wires if _known(w, names)]
    exits = [w.source for w in inner.wires if isinstance(inner.blocks[w.target].layer, Exit)]
    result = names.get(exits[0]) if len(exits) == 1 else None
    return replace(outer, wires=(*outer.wires, *wires)), result, tuple(names[i] for i in content.blocks)


def _known(wire: Wire, names: dict[str, str]) -> bool:
    return wire.source in names and wire.target in names


def _with_room(network: Network, ids: tuple[str, ...], targets: set[str]) -> Network:
    """Shift what follows to the right where the blocks `ids` would lie upon it."""
    followers = targets.union(*(edits.downstream(network, i) for i in targets)) - set(ids)
    if not followers or not ids:
        return network
    if not any(_overlap(network.blocks[i], network.blocks[other]) for i in followers for other in ids):
        return network
    right = max(network.blocks[i].x for i in ids) + CARD_WIDTH + GAP
    shift = right - min(network.blocks[i].x for i in followers)
    return edits.move(network, {i: (network.blocks[i].x + shift, network.blocks[i].y) for i in followers})


def _overlap(one: Block, other: Block) -> bool:
    left, right = (one, other) if one.x <= other.x else (other, one)
    upper, lower = (one, other) if one.y <= other.y else (other, one)
    return right.x - left.x < _size(left)[0] and lower.y - upper.y < _size(upper)[1]


def _size(block: Block) -> tuple[float, float]:
    """About as large as it is drawn."""
    return (CARD_WIDTH / 2, 28.0) if block.layer.pill else (CARD_WIDTH, 140.0)


def _centre(part: Network) -> tuple[float, float]:
    if not part.blocks:
        return 0.0, 0.0
    xs, ys = [b.x for b in part.blocks.values()], [b.y for b in part.blocks.values()]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _width(part: Network) -> float:
    xs = [b.x for b in part.blocks.values()]
    return max(xs) - min(xs) + CARD_WIDTH if xs else 0.0


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
