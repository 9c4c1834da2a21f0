"""The problems of a network in words, each with the edits that would surely mend it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Literal

from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis, BlockFacts, Sample
from convstudio.network.group import MAX_BLOCKS, MAX_DEPTH, Exit, Group, misplaced
from convstudio.network.layer import Catalogue, Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.problem import (
    AppendAfter,
    ChangeLayer,
    ConnectWire,
    Fix,
    InsertBefore,
    MendInside,
    MoveBehind,
    Problem,
    RemoveBlock,
    RemoveWire,
    ReplaceBlock,
)
from convstudio.network.shape import Shape
from convstudio.network.task import TASKS

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


def ends_and_starts(
    network: Network, facts: Facts, order: tuple[str, ...], output: type[Layer] | None
) -> list[Problem]:
    """A network has one Input that leads to one Output."""
    ends = tuple(i for i, b in network.blocks.items() if b.layer.ends and not b.layer.inner)
    starts = tuple(
        i for i, b in network.blocks.items() if not b.layer.ports and not b.layer.inner and i in network.leading
    )
    if not network.blocks:
        return [Problem("error", "The canvas is empty", "Drag an Input from the palette, then what follows it.")]
    if strangers := _strangers(network, within=False):
        return strangers
    if not ends:
        return [_no_output(network, facts, order, output)]
    if len(ends) > 1:
        return [_several("Output", ends, network)]
    if len(starts) > 1:
        return [_several("Input", starts, network)]
    return []


def exits_and_entries(network: Network, order: tuple[str, ...], facts: Facts) -> list[Problem]:
    """The network of a group has at least one Entry, and one Exit."""
    exits = tuple(i for i, b in network.blocks.items() if isinstance(b.layer, Exit))
    if strangers := _strangers(network, within=True):
        return strangers
    if not network.entries:
        words = "A group needs to know where its input goes: drag an Entry from the palette, and wire it."
        return [Problem("error", "There is no Entry", words)]
    if not exits:
        loose = loose_ends(network, order)[-1:]
        fixes = tuple(AppendAfter("Add an Exit", i, Exit()) for i in loose)
        words = "A group needs to know which block gives its result: wire the last one to an Exit."
        return [Problem("error", "There is no Exit", words, loose, fixes)]
    return [_several("Exit", exits, network)] if len(exits) > 1 else []


def _strangers(network: Network, within: bool) -> list[Problem]:
    """Blocks that belong inside groups only, or outside only, and are where they cannot be."""
    where = "outside a group" if within else "inside a group"
    return [
        Problem(
            "error",
            f"{block.layer.title} belongs {where}",
            f"{block.heading} ({i}) has nothing to do here: remove it.",
            (i,),
            (RemoveBlock(f"Remove {i}", i),),
        )
        for i, block in network.blocks.items()
        if misplaced(block.layer, within)
    ]


def group_misfit(block: Block, expanding: bool) -> Misfit | None:
    """Why a group cannot be computed, whatever is inside; not `expanding`: the network has too many blocks."""
    group = block.layer
    assert isinstance(group, Group)
    if not expanding:
        words = (
            f"With all copies there are more than {grouped(MAX_BLOCKS)} blocks; {block.heading} stands for "
            f"{grouped(group.count())} of them. Repeat it less often."
        )
        return Misfit("Too many blocks", words)
    if group.depth() > MAX_DEPTH:
        words = f"In {block.heading}, groups lie {group.depth()} deep in one another; at most {MAX_DEPTH} can be saved."
        return Misfit("Groups lie too deep", words)
    entries = len(group.network.entries)
    if group.repeat > 1 and entries > 1:
        words = f"{block.heading} has {entries} inputs, and one copy of it hands one result to the next."
        return Misfit("Only a group with one input can be repeated", words)
    return None


def inside(block: Block, copies: tuple[Analysis, ...]) -> tuple[Problem, ...]:
    """The problems in a group, worn by the group: each names the block inside. What copies share is said once.

    Fixes are offered for the first copy only: what mends another may break that one.
    """
    found: dict[tuple[str, tuple[str, ...]], Problem] = {}
    for number, copy in enumerate(copies):
        for problem in copy.problems:
            found.setdefault((problem.title, problem.places), outward(block, problem, number))
    return tuple(found.values())


def outward(block: Block, problem: Problem, copy: int = 0) -> Problem:
    """What a group wears where something is to be said about a copy of its network."""
    group = block.layer
    assert isinstance(group, Group)
    where = f"Inside {block.heading}" + (f", copy {copy + 1} of {group.repeat}" if copy else "")
    names = ", ".join(f"{group.network.blocks[i].heading} ({i})" for i in problem.blocks[:1])
    words = f"{where}{', ' + names if names else ''}: {problem.words}"
    fixes = tuple(MendInside(f.label, block.id, f) for f in problem.fixes) if copy == 0 else ()
    places = tuple(group.prefix(block.id, copy) + i for i in problem.places)
    return Problem(problem.severity, problem.title, words, (block.id,), fixes, places)


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


def no_input(
    network: Network, facts: Facts, order: tuple[str, ...], catalogue: Catalogue, sample: Sample | None
) -> list[Problem]:
    """A network needs an Input; the fix puts one before the first block that lacks what it computes from."""
    kind = catalogue.get("input")
    if not network.blocks or kind is None or any(not b.layer.ports for b in network.blocks.values()):
        return []
    free = [i for i in order if facts[i].used and not network.incoming.get(i)]
    start = kind().with_shape(sample.shape) if sample else kind()
    fixes = (
        (InsertBefore("Add an Input", free[0], network.blocks[free[0]].layer.ports[0], start),)
        if free and start
        else ()
    )
    words = "Nothing says where samples enter: put an Input before the first block."
    return [Problem("error", "There is no Input", words, tuple(free[:1]), fixes)]


def unlike_data(
    network: Network, facts: Facts, ends: tuple[str, str], sample: Sample, catalogue: Catalogue
) -> list[Problem]:
    """The Input must have the shape of a sample, the Output that of an answer. `ends` are the ids of these two."""
    start, end = ends
    found = (_input_unlike(network.blocks[start], sample), _output_unlike(network, facts, end, sample, catalogue))
    return [p for p in found if p]


def _input_unlike(block: Block, sample: Sample) -> Problem | None:
    expected = block.layer.output(())
    if expected == sample.shape:
        return None
    words = f"{block.heading} expects {expected}; a sample of {sample.title} is {sample.shape}."
    changed = block.layer.with_shape(sample.shape)
    fixes = (ChangeLayer(f"Set to {sample.shape}", block.id, changed),) if changed else ()
    return Problem("error", "The input does not match the data", words, (block.id,), fixes)


def _output_unlike(
    network: Network, facts: Facts, block_id: str, sample: Sample, catalogue: Catalogue
) -> Problem | None:
    came = facts[block_id].output
    count = len(sample.classes)
    if came is None or came == sample.answer:
        return None
    maker = network.incoming[block_id]["in"].source
    if came.axes != sample.answer.axes:
        needed = f"the Output needs {sample.answer.words}, one a class"
        words = f"{sample.title} has {count} classes: {needed}. It gets {came.words}."
        return Problem(
            "error", TASKS[sample.task].title, words, (block_id,), _to_a_row(block_id, came, sample, catalogue)
        )
    words = f"{sample.title} has {count} classes, but {network.blocks[maker].heading} hands over {came.words}."
    return Problem(
        "error",
        "The output does not match the classes",
        words,
        (block_id,),
        _set_width(network, maker, count) or _decide(block_id, sample, catalogue),
    )


def _to_a_row(block_id: str, came: Shape, sample: Sample, catalogue: Catalogue) -> tuple[Fix, ...]:
    """From maps to one number a class: their means, weighed anew where there is not one map a class."""
    pool, count = catalogue.get("global_average_pool"), sample.answer.channels
    if pool is None or sample.answer.rank or not came.rank:
        return ()
    if came.channels == count:
        return (InsertBefore("Insert Global average", block_id, "in", pool()),)
    last = _deciding(count, 0, catalogue)
    words = "Insert Global average and Fully connected"
    return (InsertBefore(words, block_id, "in", last, (pool(),)),) if last else ()


def _deciding(count: int, rank: int, catalogue: Catalogue) -> Layer | None:
    """A last layer with one output a class, for the sample or for each pixel."""
    kind = catalogue.get("pointwise" if rank else "fully_connected")
    return kind().with_width(count) if kind else None


def _decide(block_id: str, sample: Sample, catalogue: Catalogue) -> tuple[Fix, ...]:
    """One more layer, which makes the right number of outputs."""
    count = sample.answer.channels
    last = _deciding(count, sample.answer.rank, catalogue)
    return (InsertBefore(f"Insert {last.title} with {count} outputs", block_id, "in", last),) if last else ()


def severity(used: bool) -> Literal["error", "warning"]:
    """What does not lead to the Output does not keep the rest from training."""
    return "error" if used else "warning"


def _set_width(network: Network, block_id: str, width: int) -> tuple[Fix, ...]:
    """Find, backwards through blocks that keep the width, the one that decides it."""
    while True:
        layer = network.blocks[block_id].layer
        if changed := layer.with_width(width):
            return (ChangeLayer(f"Give {network.blocks[block_id].heading} {width} outputs", block_id, changed),)
        before = network.incoming.get(block_id, {})
        if len(before) != 1 or not layer.keeps_width:
            return ()
        block_id = next(iter(before.values())).source


def _no_output(network: Network, facts: Facts, order: tuple[str, ...], output: type[Layer] | None) -> Problem:
    loose = [i for i in loose_ends(network, order) if facts[i].output]
    fixes = (AppendAfter("Add an Output", loose[-1], output()),) if loose and output else ()
    words = "Training needs to know which block gives the answer: wire the last one to an Output."
    return Problem("error", "There is no Output", words, tuple(loose[-1:]), fixes)


def _several(what: str, ids: tuple[str, ...], network: Network) -> Problem:
    words = f"{', '.join(ids)}: keep the one that counts and remove the others."
    title = f"There are {len(ids)} {what} blocks"
    return Problem("error", title, words, ids, tuple(RemoveBlock(f"Remove {i}", i) for i in ids[1:]))


def loose_ends(network: Network, order: tuple[str, ...]) -> tuple[str, ...]:
    """Blocks in order whose result nothing uses yet."""
    return tuple(i for i in order if i not in network.outgoing and not network.blocks[i].layer.ends)
