"""What the blocks of a network see of its input: their receptive fields, worked out when one is first asked for.

They follow from shapes and windows, which `resolve` finds, and are kept apart from them: an edit of a mask changes the
fields of all blocks behind it, but hardly ever their shapes, and copies of a group differ in nothing but their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from convstudio.network import receptive_field
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Entry, Group
from convstudio.network.receptive_field import Field

Fields = tuple[Field, ...]
"""One along each axis of the network's input; () where it cannot be told."""


class Sight:
    """The receptive fields of one network, or of one copy of a network in a group."""

    def __init__(self, analysis: Analysis, arriving: Mapping[str, Fields] | None = None) -> None:
        """`arriving`: of a network in a group, the fields at its Entries by their ids."""
        self._network, self.analysis, self._arriving = analysis.network, analysis, arriving or {}
        self._inside: dict[str, list[Sight]] = {}

    def of(self, block_id: str) -> Fields:
        """The field of a block's result; () also where there is no result yet. KeyError when there is no such block."""
        return self._fields[block_id] if self.analysis.blocks[block_id].output else ()

    def inside(self, block_id: str, copy: int = 0) -> Sight:
        """What is seen in one copy of a group. IndexError when so many copies cannot be computed."""
        if block_id not in self._inside:
            self._inside[block_id] = self._copies(block_id, self._sources(block_id))
        return self._inside[block_id][copy]

    @cached_property
    def _fields(self) -> dict[str, Fields]:
        """Of all blocks with a result; most hand on the field that comes, which is told before anything else."""
        found: dict[str, Fields] = {}
        incoming = self._network.incoming
        for block_id in self.analysis.order:
            facts, wires = self.analysis.blocks[block_id], incoming.get(block_id, {})
            if facts.output is None:
                continue
            plain = facts.windows is not None and not facts.inside and receptive_field.plain(facts.windows)
            if plain and len(wires) == 1:
                found[block_id] = found[next(iter(wires.values())).source]
            else:
                found[block_id] = self._through(block_id, facts, [found[i] for i in self._network.sources(block_id)])
        return found

    def _through(self, block_id: str, facts: BlockFacts, came: list[Fields]) -> Fields:
        if isinstance(self._network.blocks[block_id].layer, Entry):
            return self._arriving.get(block_id, ())
        if facts.inside:
            copies = self._inside[block_id] = self._copies(block_id, came)
            return copies[-1].of(facts.inside[-1].output or "")
        return _behind(came, facts)

    def _sources(self, block_id: str) -> list[Fields]:
        return [self.of(source) for source in self._network.sources(block_id)]

    def _copies(self, block_id: str, came: list[Fields]) -> list[Sight]:
        """Each copy gets what the one before hands on."""
        group, made = self._network.blocks[block_id].layer, list[Sight]()
        assert isinstance(group, Group)
        for analysis in self.analysis.blocks[block_id].inside:
            made.append(Sight(analysis, dict(zip(group.network.entries.values(), came, strict=False))))
            came = [made[-1].of(analysis.output)] if analysis.output else []
        return made


def _behind(came: list[Fields], facts: BlockFacts) -> Fields:
    """The field behind a block, from those of all that feeds it."""
    assert facts.output is not None
    if not came:
        return receptive_field.of_input(facts.output)
    meeting = came[0]
    if len(came) > 1:
        if any(len(fields) != len(meeting) for fields in came):
            return ()
        meeting = receptive_field.merged(came, facts.inputs, facts.output)
    return receptive_field.through(meeting, facts.windows, facts.inputs[0])
