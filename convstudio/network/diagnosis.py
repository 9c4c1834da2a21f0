"""The problems of a network in words, each with the edits that would surely mend it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Literal

from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis, BlockFacts, Sample
from convstudio.network.group import MAX_BLOCKS, Exit, Group, misplaced
from convstudio.network.layer import Layer, Misfit
from convstudio.network.problem import (
    AppendAfter,
    ChangeLayer,
    ConnectWire,
    Fix,
    InsertBefore,
    MendInside,
    Problem,
    RemoveBlock,
    RemoveWire,
)
from convstudio.network.task import TASKS

Facts = Mapping[str, BlockFacts]


def unconnected(network: Network, loose: tuple[str, ...], block_id: str, used: bool) -> Problem:
    """A block whose input is missing; the fix is the last of the `loose` ends that may be wired to it."""
    block = network.blocks[block_id]
    port = network.free_port(block_id) or block.layer.ports[0]
    fixes = (
        ConnectWire(f"Connect {network.blocks[source].heading}", Wire(source, block_id, port))
        for source in reversed(loose)
        if edits.refusal(network, Wire(source, block_id, port)) is None
    )
    words = f"Nothing arrives at {block.heading}. Draw a wire to its left side."
    return Problem(severity(used), "Not connected", words, (block_id,), tuple(islice(fixes, 1)))


def misfit(block: Block, ports: tuple[str, ...], found: Misfit, used: bool) -> Problem:
    """A layer that cannot take what arrives."""
    fixes: list[Fix] = [
        InsertBefore(r.label, block.id, ports[0], r.layer) if r.before else ChangeLayer(r.label, block.id, r.layer)
        for r in found.remedies
    ]
    return Problem(severity(used), found.title, found.words, (block.id,), tuple(fixes))


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
            f"With all copies there are more than {MAX_BLOCKS:,} blocks; {block.heading} stands for "
            f"{group.count():,} of them. Repeat it less often."
        )
        return Misfit("Too many blocks", words)
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
    group = block.layer
    assert isinstance(group, Group)
    for number, copy in enumerate(copies):
        where = f"Inside {block.heading}" + (f", copy {number + 1} of {group.repeat}" if number else "")
        for problem in copy.problems:
            found.setdefault((problem.title, problem.blocks), _outward(block, group, problem, where, number == 0))
    return tuple(found.values())


def _outward(block: Block, group: Group, problem: Problem, where: str, mendable: bool) -> Problem:
    names = ", ".join(f"{group.network.blocks[i].heading} ({i})" for i in problem.blocks[:1])
    words = f"{where}{', ' + names if names else ''}: {problem.words}"
    fixes = tuple(MendInside(f.label, block.id, f) for f in problem.fixes) if mendable else ()
    return Problem(problem.severity, problem.title, words, (block.id,), fixes)


def dead_ends(network: Network, facts: Facts) -> list[Problem]:
    """Blocks that work but lead nowhere, when there is an Output to lead to."""
    if not any(b.layer.ends for b in network.blocks.values()):
        return []
    return [
        Problem(
            "warning",
            "Leads nowhere",
            f"The result of {network.blocks[i].heading} is not used: it takes no part in training and export.",
            (i,),
            (RemoveBlock("Remove it", i),),
        )
        for i in network.blocks
        if facts[i].output and i not in network.leading and i not in network.outgoing
    ]


def unlike_data(network: Network, facts: Facts, start: str, end: str, sample: Sample) -> list[Problem]:
    """The Input must have the shape of a sample, the Output that of an answer."""
    found = (_input_unlike(network.blocks[start], sample), _output_unlike(network, facts, end, sample))
    return [p for p in found if p]


def _input_unlike(block: Block, sample: Sample) -> Problem | None:
    expected = block.layer.output(())
    if expected == sample.shape:
        return None
    words = f"{block.heading} expects {expected}; a sample of {sample.title} is {sample.shape}."
    changed = block.layer.with_shape(sample.shape)
    fixes = (ChangeLayer(f"Set to {sample.shape}", block.id, changed),) if changed else ()
    return Problem("error", "The input does not match the data", words, (block.id,), fixes)


def _output_unlike(network: Network, facts: Facts, block_id: str, sample: Sample) -> Problem | None:
    came = facts[block_id].output
    count = len(sample.classes)
    if came is None or came == sample.answer:
        return None
    maker = network.incoming[block_id]["in"].source
    if came.axes != sample.answer.axes:
        needed = f"the Output needs {sample.answer.words}, one a class"
        words = f"{sample.title} has {count} classes: {needed}. It gets {came.words}."
        return Problem("error", TASKS[sample.task].title, words, (block_id,))
    words = f"{sample.title} has {count} classes, but {network.blocks[maker].heading} hands over {came.words}."
    return Problem(
        "error",
        "The output does not match the classes",
        words,
        (block_id,),
        _set_width(network, maker, count),
    )


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
