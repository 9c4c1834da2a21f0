"""The level that a window looks at: the document's own network, or the one in a group that is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from convstudio.network import grouping
from convstudio.network.document import Block, Network
from convstudio.network.expansion import prefix
from convstudio.network.facts import Analysis
from convstudio.network.group import Group
from convstudio.network.grouping import Path
from convstudio.network.sight import Sight


@dataclass(frozen=True)
class Level:
    """What can be seen and edited at a path; of a repeated group that is its first copy."""

    path: Path
    network: Network
    analysis: Analysis
    before: str
    """What the ids of the blocks here begin with for the worker."""
    outer: Sight
    """The receptive fields of the whole document."""

    @cached_property
    def sight(self) -> Sight:
        """The receptive fields of the blocks here."""
        found = self.outer
        for block_id in self.path:
            found = found.inside(block_id)
        return found


def level(network: Network, whole: Analysis, path: Path, outer: Sight | None = None) -> Level:
    """The level at a path; `outer` is what is seen in the whole, where that is known.

    KeyError or ValueError when there is no such group.
    """
    analysis, inner = whole, network
    for block_id in path:
        inner, analysis = grouping.group_at(inner, block_id).network, analysis.blocks[block_id].inside[0]
    return Level(path, inner, analysis, prefix(network, path), outer or Sight(whole))


def nearest(network: Network, path: Path) -> Path:
    """As much of a path as still leads to a group."""
    while not grouping.exists(network, path):
        path = path[:-1]
    return path


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


def everything(network: Network, before: str = "") -> Iterator[tuple[str, Block]]:
    """All blocks, those in the first copies of groups included, with the ids that the worker names them by."""
    for block_id, block in network.blocks.items():
        yield before + block_id, block
        if isinstance(block.layer, Group):
            yield from everything(block.layer.network, before + block.layer.prefix(block_id))


def way(flat_id: str) -> str:
    """The groups that lead to a block that the worker names, and its id: 'group_1 › conv_1'."""
    return " › ".join(part for part in flat_id.split(".") if not part.isdigit())


def headings(network: Network, path: Path) -> tuple[str, ...]:
    """The groups on the way to a level, by their headings."""
    return tuple(grouping.inside(network, path[:n]).blocks[i].heading for n, i in enumerate(path))
