"""The order in which a person would write the blocks down: each branch as a whole, before the block where it ends."""

from __future__ import annotations

from convstudio.network.document import Network


def writing_order(network: Network, end: str) -> tuple[str, ...]:
    """Ids of `end` and all that leads to it, each after what feeds it, in the order of the ports.

    A walk from the end backwards (depth first); the network must hold no circle among these blocks.
    """
    found: dict[str, None] = {}
    waiting = [(end, False)]
    while waiting:
        block_id, fed = waiting.pop()
        if fed:
            found[block_id] = None
        elif block_id not in found:
            waiting.append((block_id, True))
            waiting += [(source, False) for source in reversed(sources(network, block_id)) if source not in found]
    return tuple(found)


def sources(network: Network, block_id: str) -> tuple[str, ...]:
    """Ids of the blocks that feed a block, in the order of its ports; not those that a group has no need of."""
    arriving = network.incoming.get(block_id, {})
    needs = network.blocks[block_id].layer.needs
    return tuple(arriving[port].source for port in network.ports(block_id) if port in arriving and needs(port))
