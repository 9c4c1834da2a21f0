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
from convstudio.ui.text import tr


@dataclass(frozen=True)
class Level:
    """What can be seen and edited at a path; of each repeated group on the way it is one copy."""

    path: Path
    copies: tuple[int, ...]
    """The number of the copy of each group on the path."""
    many: tuple[int, ...]
    """How many copies each of them has."""
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
        for block_id, copy in zip(self.path, self.copies, strict=True):
            found = found.inside(block_id, copy)
        return found


def level(
    network: Network, whole: Analysis, path: Path, outer: Sight | None = None, copies: tuple[int, ...] = ()
) -> Level:
    """The level at a path; `outer` is what is seen in the whole, where that is known.

    `copies` names the copy of each group on the way, the first where it says nothing; of copies that are not there it
    is the last one. KeyError or ValueError when there is no such group.
    """
    analysis, inner, found, many = whole, network, list[int](), list[int]()
    for number, block_id in enumerate(path):
        inside = analysis.blocks[block_id].inside
        many.append(len(inside))
        found.append(min(copies[number] if number < len(copies) else 0, len(inside) - 1))
        inner, analysis = grouping.group_at(inner, block_id).network, inside[found[-1]]
    taken = tuple(found)
    return Level(path, taken, tuple(many), inner, analysis, prefix(network, path, taken), outer or Sight(whole))


def nearest(network: Network, path: Path) -> Path:
    """As much of a path as still leads to a group."""
    while not grouping.exists(network, path):
        path = path[:-1]
    return path


def copies(flat_id: str) -> tuple[int, ...]:
    """Which copy of each group on its way a block lies in that the worker names; 0 where a group is not repeated."""
    found: list[int] = []
    for part in flat_id.split(".")[:-1]:
        if part.isdigit():
            found[-1] = int(part)
        else:
            found.append(0)
    return tuple(found)


def everything(network: Network, before: str = "") -> Iterator[tuple[str, Block]]:
    """All blocks, those in the first copies of groups included, with the ids that the worker names them by."""
    for block_id, block in network.blocks.items():
        yield before + block_id, block
        if isinstance(block.layer, Group):
            yield from everything(block.layer.network, before + block.layer.prefix(block_id))


def way(flat_id: str) -> str:
    """The groups that lead to a block that the worker names, and its id: 'group_1 › conv_1'.

    Of a repeated group it says which copy: 'group_1 (copy 2) › conv_1'.
    """
    found: list[str] = []
    for part in flat_id.split("."):
        if part.isdigit():
            found[-1] += f" ({tr('copy')} {int(part) + 1})"
        else:
            found.append(part)
    return " › ".join(found)


def headings(network: Network, path: Path) -> tuple[str, ...]:
    """The groups on the way to a level, by their headings."""
    return tuple(grouping.inside(network, path[:n]).blocks[i].heading for n, i in enumerate(path))
