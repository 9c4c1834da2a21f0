"""What was known of each block before an edit: facts whose causes are still the very same values are recalled.

A network is a value and an edit shares with the network before it all that it does not change, so that comparing
identities tells what may have changed. After an edit of one block in a thousand, the facts of nearly all are recalled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_

from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import BlockFacts

MOST = 50_000
"""Blocks that are remembered before all are forgotten."""
Causes = tuple[Block, bool, Mapping[str, Wire], tuple[BlockFacts, ...]]
"""What facts follow from: the block, whether it is used, the wires that arrive, and the facts of their sources."""


def remembered(
    network: Network, facts: Mapping[str, BlockFacts], block_id: str, used: bool, work: Callable[[], BlockFacts]
) -> BlockFacts:
    """The facts of a block, recalled when their causes are as before, and otherwise by `work`.

    Only blocks that take inputs, have all of them, and are without problems are remembered: a problem may speak of
    other blocks as well. Facts that come out as before are the same object as before, so that what follows from them
    is recalled in its turn.
    """
    arriving = network.incoming.get(block_id)
    if not arriving or any(w.source not in facts for w in arriving.values()):
        return work()
    block, sources = network.blocks[block_id], tuple(facts[w.source] for w in arriving.values())
    known = _known.get(block_id)
    if known and _same(known[0], (block, used, arriving, sources)):
        return known[1]
    found = work()
    if known and known[1] == found:
        found = known[1]
    if found.output and not found.problems:
        if len(_known) >= MOST:
            _known.clear()
        _known[block_id] = (block, used, arriving, sources), found
    return found


def _same(one: Causes, other: Causes) -> bool:
    return (
        one[0] is other[0]
        and one[1] == other[1]
        and one[2] == other[2]
        and len(one[3]) == len(other[3])
        and all(map(is_, one[3], other[3]))
    )


_known: dict[str, tuple[Causes, BlockFacts]] = {}
"""By block id: the last facts, and their causes."""
