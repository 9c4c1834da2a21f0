"""From a network with groups to the same network without: every block of every copy, under an id of its own.

The ids are paths, 'group_1.conv_1' or, in a group that is repeated, 'group_1.0.conv_1'; so the keys of a state_dict
come out as those of nested modules. Each block outside keeps its id: a group's is that of its result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice, zip_longest

from msgspec import Struct, structs

from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Group, Passage
from convstudio.network.grouping import Path, group_at


def expanded(network: Network, analysis: Analysis) -> tuple[Network, Analysis]:
    """The network and its analysis with groups expanded as far as they could be computed; as they are without any.

    Blocks in circles, which have no place in the order, are left out where there are groups.
    """
    if not any(isinstance(b.layer, Group) for b in network.blocks.values()):
        return network, analysis
    flat = _Flat()
    flat.pour(network, analysis, "")
    order = tuple(flat.blocks)
    made = Network(flat.blocks, tuple(flat.wires))
    return made, Analysis(made, order, flat.facts, analysis.problems, analysis.input, analysis.output)


class LeftOut(Struct, frozen=True):
    """Copies of a group that were not made: so many, each like the one before them, of which these are the blocks."""

    count: int
    entry: str
    exit: str
    blocks: tuple[str, ...]
    """In the order of computation."""


def abridged(network: Network, analysis: Analysis) -> tuple[Network, Analysis, Mapping[str, LeftOut]]:
    """The same, of copies that are alike only the first two and the last; all kept ones under the ids they have there.

    What was left out is told by the Entry of the copy that follows it.
    """
    flat = _Flat(abridging=True)
    flat.pour(network, analysis, "")
    made = Network(flat.blocks, tuple(flat.wires))
    found = Analysis(made, tuple(flat.blocks), flat.facts, analysis.problems, analysis.input, analysis.output)
    return made, found, flat.left_out


def prefix(network: Network, path: Path, copies: tuple[int, ...] = ()) -> str:
    """What ids in the group at `path` begin with where groups are expanded; '' outside.

    `copies` are the numbers of the copies on the way, where these are not the first.
    """
    found = ""
    for block_id, copy in zip_longest(path, copies[: len(path)], fillvalue=0):
        group = group_at(network, str(block_id))
        found += group.prefix(str(block_id), int(copy))
        network = group.network
    return found


def located(network: Network, flat_id: str) -> tuple[Path, str] | None:
    """The path and the id of a block that the worker names, of any copy; None when it is not in the network."""
    path: Path = ()
    *groups, last = (part for part in flat_id.split(".") if not part.isdigit())
    for block_id in groups:
        block = network.blocks.get(block_id)
        if block is None or not isinstance(block.layer, Group):
            return None
        path, network = (*path, block_id), block.layer.network
    return (path, last) if last in network.blocks else None


class _Flat:
    """Collects blocks, wires and facts in the order of computation."""

    def __init__(self, *, abridging: bool = False) -> None:
        self._abridging = abridging
        self.left_out: dict[str, LeftOut] = {}
        self.blocks: dict[str, Block] = {}
        self.wires: list[Wire] = []
        self.facts: dict[str, BlockFacts] = {}

    def pour(self, network: Network, analysis: Analysis, before: str) -> None:
        """Add all blocks of a network; `before` is what their ids begin with."""
        for block_id in analysis.order:
            block, facts = network.blocks[block_id], analysis.blocks[block_id]
            arriving = network.incoming.get(block_id, {})
            wires = [Wire(before + w.source, before + block_id, port) for port, w in arriving.items()]
            if isinstance(block.layer, Group):
                self._group(block, block.layer, facts, before, wires)
            else:
                self._add(before + block_id, block, facts, wires)

    def _add(self, block_id: str, block: Block, facts: BlockFacts, wires: list[Wire]) -> None:
        if block.layer.inner:
            block = replace(block, layer=Passage())
        self.blocks[block_id] = replace(block, id=block_id)
        self.facts[block_id] = facts
        self.wires += wires

    def _group(self, block: Block, group: Group, facts: BlockFacts, before: str, wires: list[Wire]) -> None:
        feeding = {w.port: w.source for w in wires}
        here = before + block.id
        known = -1, LeftOut(0, "", "", ())
        for number in self._wanted(group, facts.inside):
            inner, copy, start = before + group.prefix(block.id, number), facts.inside[number], len(self.blocks)
            self.pour(group.network, copy, inner)
            for port, entry in group.network.entries.items():
                if port in feeding and inner + entry in self.blocks:
                    self.wires.append(Wire(feeding[port], inner + entry))
                if missing := number - known[0] - 1:
                    self.left_out[inner + entry] = structs.replace(known[1], count=missing)
            feeding = dict.fromkeys(group.ports, f"{inner}{copy.output}")
            made = tuple(islice(self.blocks, start, None))
            known = number, LeftOut(0, inner + next(iter(group.network.entries.values()), ""), feeding["in"], made)
        result = [Wire(source, here) for source in feeding.values() if facts.output]
        self._add(here, replace(block, layer=Passage()), _result(facts), result[:1])

    def _wanted(self, group: Group, copies: tuple[Analysis, ...]) -> list[int]:
        """The numbers of the copies to be made."""
        everyone = list(range(len(copies)))
        if not self._abridging or len(copies) < 4:
            return everyone
        came = [tuple(copy.blocks[entry].output for entry in group.network.entries.values()) for copy in copies]
        return [n for n in everyone if n in (0, 1, everyone[-1]) or not came[n] == came[n - 1] == came[n - 2]]


def _result(facts: BlockFacts) -> BlockFacts:
    """What remains of a group's facts when its blocks stand for themselves."""
    inputs = (facts.output,) if facts.output else ()
    return structs.replace(facts, inputs=inputs, parameters=0, multiply_adds=0, inside=(), passes=True)
