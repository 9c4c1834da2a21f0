"""The problems of blocks and of their wiring in words, each with the edits that would surely mend it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Literal

from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Misfit, Remedy
from convstudio.network.problem import (
    ChangeLayer,
    ConnectWire,
    Fix,
    InsertBefore,
    MoveBehind,
    Problem,
    RemoveBlock,
    RemoveWire,
    ReplaceBlock,
)
from convstudio.network.shape import Shape

Facts = Mapping[str, BlockFacts]
Around = tuple[Network, Facts]
"""The network that a block is in, and what is known of what feeds it."""


def unconnected(network: Network, loose: tuple[str, ...], block_id: str, used: bool) -> Problem:
    """A block whose input is missing; the fix is the last of the `loose` ends that may be wired to it."""
    block = network.blocks[block_id]
    port = network.free_port(block_id) or block.layer.ports[0]
    wires = (Wire(source, block_id, port) for source in reversed(loose))
    good = (wire for wire in wires if edits.refusal(network, wire) is None)
    fixes: list[Fix] = [ConnectWire(f"Connect {network.blocks[w.source].heading}", w) for w in islice(good, 1)]
    words = f"Nothing arrives at {block.heading}. Draw a wire to its left side."
    there = len(network.incoming.get(block_id, ()))
    if block.layer.merging:
        words = (
            f"Nothing arrives at {block.heading}: it joins at least {len(block.layer.ports)} inputs, and {there} of "
            "them has a wire. Draw another to its left side."
        )
    if there == 1:
        fixes.append(RemoveBlock(f"Remove {block.heading}", block_id))
    return Problem(severity(used), "Not connected", words, (block_id,), tuple(fixes))


def misfit(block: Block, ports: tuple[str, ...], found: Misfit, used: bool, around: Around | None = None) -> Problem:
    """A layer that cannot take what arrives."""
    fixes = [_remedy(block, ports, remedy) for remedy in found.remedies]
    words = found.words
    if around:
        network, facts = around
        wires = network.incoming.get(block.id, {})
        sources = [wires[port].source for port in ports if port in wires]
        words += " Before it: " + ", ".join(_came(network, facts, i, len(sources) > 1) for i in sources) + "."
        fixes = fixes or _move_flatten(network, facts, block)
    return Problem(severity(used), found.title, words, (block.id,), tuple(fixes))


def obstacle(block: Block, used: bool) -> tuple[Problem, ...]:
    """A block that cannot be computed whatever arrives, such as one that an import could not read."""
    if not (words := block.layer.obstacle()):
        return ()
    fix = RemoveBlock(f"Remove {block.heading}", block.id)
    return (Problem(severity(used), "Cannot be computed here", words, (block.id,), (fix,)),)


def _remedy(block: Block, ports: tuple[str, ...], remedy: Remedy) -> Fix:
    if remedy.layer is None:
        return RemoveBlock(remedy.label, block.id)
    if remedy.before:
        return InsertBefore(remedy.label, block.id, ports[remedy.port], remedy.layer)
    if type(remedy.layer) is not type(block.layer):
        return ReplaceBlock(remedy.label, block.id, remedy.layer)
    return ChangeLayer(remedy.label, block.id, remedy.layer)


def _came(network: Network, facts: Facts, block_id: str, with_shape: bool) -> str:
    """'Max pool 2×2 (max_pool_2)', and with the shape that it hands over."""
    name = f"{network.blocks[block_id].heading} ({block_id}"
    return f"{name}, {facts[block_id].output})" if with_shape else f"{name})"


def _move_flatten(network: Network, facts: Facts, block: Block) -> list[Fix]:
    """A block that needs maps and gets a row: what laid them out, without weights, may belong behind it."""
    others = [block.id]
    at = _fed_alone(network, block.id)
    while at and len(facts[at].inputs) == 1:
        came = facts[at].inputs[0]
        if came.rank and not facts[at].parameters and _computes(network, others, came):
            return [MoveBehind(f"Put {network.blocks[at].heading} behind it", at, tuple(others))]
        if came.rank or facts[at].output != came:
            return []
        others.insert(0, at)
        at = _fed_alone(network, at)
    return []


def _fed_alone(network: Network, block_id: str) -> str | None:
    """The block that feeds this one and nothing else, where it is the only one that does."""
    wires = list(network.incoming.get(block_id, {}).values())
    return wires[0].source if len(wires) == 1 and len(network.outgoing[wires[0].source]) == 1 else None


def _computes(network: Network, chain: list[str], came: Shape) -> bool:
    """Whether these blocks, one behind the other, can take what comes, perhaps after another fix."""
    for block_id in chain:
        found = network.blocks[block_id].layer.output((came,))
        if isinstance(found, Misfit) and not found.remedies:
            return False
        came = came if isinstance(found, Misfit) else found
    return True


def circle(network: Network, ids: tuple[str, ...]) -> Problem:
    """Blocks that feed each other; `ids` are all that a circle keeps from being computed."""
    ring = _ring(network, ids)
    names = " → ".join([*ring, ring[0]])
    pairs = set(zip(ring, (*ring[1:], ring[0]), strict=True))
    closing = max((w for w in network.wires if (w.source, w.target) in pairs), key=lambda w: _backwards(network, w))
    fix = RemoveWire(f"Remove the wire {closing.source} → {closing.target}", closing)
    words = f"{names} feed each other, so none can be computed first. Remove one of these wires."
    return Problem("error", "The blocks go round in a circle", words, ring, (fix,))


def _backwards(network: Network, wire: Wire) -> float:
    """How far a wire leads back to the left on the canvas: of a circle, most likely the one drawn by mistake."""
    return network.blocks[wire.source].x - network.blocks[wire.target].x


def _ring(network: Network, ids: tuple[str, ...]) -> tuple[str, ...]:
    """One circle among `ids`, each of which is fed by another of them: walk back until a block comes again."""
    circular = set(ids)
    path = {ids[0]: 0}
    while True:
        sources = (w.source for w in network.incoming[next(reversed(path))].values())
        before = next(i for i in sources if i in circular)
        if before in path:
            return tuple(reversed(list(path)[path[before] :]))
        path[before] = len(path)


def dead_ends(network: Network, facts: Facts) -> list[Problem]:
    """Blocks that work but lead nowhere, when there is an Output to lead to."""
    if not any(b.layer.ends for b in network.blocks.values()):
        return []
    found = [i for i in network.blocks if facts[i].output and i not in network.leading and i not in network.outgoing]
    return [
        Problem(
            "warning",
            "Leads nowhere",
            f"The result of {network.blocks[i].heading} is not used: it takes no part in training and export.",
            (i,),
            (_remove_branch(network, i),),
        )
        for i in found
    ]


def _remove_branch(network: Network, end: str) -> RemoveBlock:
    """Remove a dead end with all that feeds nothing else."""
    gone = [end]
    for block_id in gone:
        for wire in network.incoming.get(block_id, {}).values():
            targets = network.outgoing[wire.source]
            if wire.source not in gone and all(w.target in gone for w in targets):
                gone.append(wire.source)
    label = "Remove it" if len(gone) == 1 else f"Remove these {len(gone)} blocks"
    return RemoveBlock(label, end, tuple(gone[1:]))


def severity(used: bool) -> Literal["error", "warning"]:
    """What does not lead to the Output does not keep the rest from training."""
    return "error" if used else "warning"
