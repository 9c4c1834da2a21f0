"""From a network with groups to the same network without: every block of every copy, under an id of its own.

The ids are paths, 'group_1.conv_1' or, in a group that is repeated, 'group_1.0.conv_1'; so the keys of a state_dict
come out as those of nested modules. Each block outside keeps its id: a group's is that of its result.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from msgspec import structs

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

    def __init__(self) -> None:
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
        for number, copy in enumerate(facts.inside):
            inner = before + group.prefix(block.id, number)
            self.pour(group.network, copy, inner)
            for port, entry in group.network.entries.items():
                if port in feeding and inner + entry in self.blocks:
                    self.wires.append(Wire(feeding[port], inner + entry))
            feeding = dict.fromkeys(group.ports, f"{inner}{copy.output}")
        result = [Wire(source, here) for source in feeding.values() if facts.output]
        self._add(here, replace(block, layer=Passage()), _result(facts), result[:1])


def _result(facts: BlockFacts) -> BlockFacts:
    """What remains of a group's facts when its blocks stand for themselves."""
    inputs = (facts.output,) if facts.output else ()
    return structs.replace(facts, inputs=inputs, parameters=0, multiply_adds=0, inside=(), passes=True)
