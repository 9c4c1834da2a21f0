"""What was known of each block before an edit: facts whose causes are still the very same values are recalled.

A network is a value and an edit shares with the network before it all that it does not change, so that comparing
identities tells what may have changed. After an edit of one block in a thousand, the facts of nearly all are recalled.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import BlockFacts

MOST = 50_000
"""Blocks that are remembered before all are forgotten."""
Causes = tuple[Block, bool, Mapping[str, Wire], tuple[BlockFacts, ...]]
"""What facts follow from: the block, whether it is used, the wires that arrive, and the facts of their sources."""


def recalled(network: Network, facts: Mapping[str, BlockFacts], block_id: str, used: bool) -> BlockFacts | None:
    """The facts of a block, when their causes are as before."""
    known, arriving = _known.get(block_id), network.incoming.get(block_id)
    if known and arriving and _same(known[0], network.blocks[block_id], used, arriving, facts):
        return known[1]
    return None


def remembered(
    network: Network, facts: Mapping[str, BlockFacts], block_id: str, used: bool, found: BlockFacts
) -> BlockFacts:
    """The facts found of a block, kept for the next time.

    Only blocks that take inputs, have all of them, and are without problems are remembered: a problem may speak of
    other blocks as well. Facts that come out as before are the same object as before, so that what follows from them
    is recalled in its turn.
    """
    arriving = network.incoming.get(block_id)
    if not arriving:
        return found
    known = _known.get(block_id)
    if known and known[1] == found:
        found = known[1]
    if found.output and not found.problems:
        if len(_known) >= MOST:
            _known.clear()
        sources = tuple([facts[w.source] for w in arriving.values()])
        _known[block_id] = (network.blocks[block_id], used, arriving, sources), found
    return found


def _same(
    causes: Causes, block: Block, used: bool, arriving: Mapping[str, Wire], facts: Mapping[str, BlockFacts]
) -> bool:
    """Whether the causes of a block's facts are these; a plain loop, because every edit asks for every block."""
    if causes[0] is not block or causes[1] != used or (causes[2] is not arriving and causes[2] != arriving):
        return False
    for wire, source in zip(arriving.values(), causes[3], strict=True):  # noqa: SIM110 - all() takes twice as long
        if facts.get(wire.source) is not source:
            return False
    return True


def carried_over(network: Network, used: frozenset[str]) -> tuple[dict[str, BlockFacts], set[str]]:
    """The facts of the network before, and which of them have to be looked at: none is carried over other wires."""
    order = network.order[0]
    if _last is None or _last.network.incoming is not network.incoming or _last.network.order is not network.order:
        return {}, set(order)
    before, blocks = _last.network.blocks, network.blocks
    changed = {i for i in order if blocks[i] is not before[i]}
    return dict(_last.facts), changed | (_last.used ^ used) | _last.troubled


def carry_over(network: Network, used: frozenset[str], facts: Mapping[str, BlockFacts]) -> None:
    """Keep the facts of a whole network, without circles, for the next one."""
    global _last
    _last = _Whole(network, used, dict(facts), frozenset([i for i, found in facts.items() if found.problems]))


class _Whole(Struct, frozen=True):
    """A network and its facts. What is said of those that are `troubled` may speak of other blocks as well."""

    network: Network
    used: frozenset[str]
    facts: Mapping[str, BlockFacts]
    troubled: frozenset[str]


_last: _Whole | None = None
_known: dict[str, tuple[Causes, BlockFacts]] = {}
"""By block id: the last facts, and their causes."""
