"""Where a network begins and ends: the problems of its Input and Output, and whether they suit the data."""

from __future__ import annotations

from convstudio.network.diagnosis import Facts
from convstudio.network.document import Block, Network
from convstudio.network.facts import Sample
from convstudio.network.group import Exit, misplaced
from convstudio.network.layer import Catalogue, Layer
from convstudio.network.problem import AppendAfter, ChangeLayer, Fix, InsertBefore, Problem, RemoveBlock
from convstudio.network.shape import Shape
from convstudio.network.task import TASKS


def loose_ends(network: Network, order: tuple[str, ...]) -> tuple[str, ...]:
    """Blocks in order whose result nothing uses yet."""
    return tuple(i for i in order if i not in network.outgoing and not network.blocks[i].layer.ends)


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


def _no_output(network: Network, facts: Facts, order: tuple[str, ...], output: type[Layer] | None) -> Problem:
    loose = [i for i in loose_ends(network, order) if facts[i].output]
    fixes = (AppendAfter("Add an Output", loose[-1], output()),) if loose and output else ()
    words = "Training needs to know which block gives the answer: wire the last one to an Output."
    return Problem("error", "There is no Output", words, tuple(loose[-1:]), fixes)


def _several(what: str, ids: tuple[str, ...], network: Network) -> Problem:
    words = f"{', '.join(ids)}: keep the one that counts and remove the others."
    title = f"There are {len(ids)} {what} blocks"
    return Problem("error", title, words, ids, tuple(RemoveBlock(f"Remove {i}", i) for i in ids[1:]))


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


def _decide(block_id: str, sample: Sample, catalogue: Catalogue) -> tuple[Fix, ...]:
    """One more layer, which makes the right number of outputs."""
    count = sample.answer.channels
    last = _deciding(count, sample.answer.rank, catalogue)
    return (InsertBefore(f"Insert {last.title} with {count} outputs", block_id, "in", last),) if last else ()


def _deciding(count: int, rank: int, catalogue: Catalogue) -> Layer | None:
    """A last layer with one output a class, for the sample or for each pixel."""
    kind = catalogue.get("pointwise" if rank else "fully_connected")
    return kind().with_width(count) if kind else None


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
