"""What of a network is switched off while it is looked at: a map, a block's whole result, or what a wire brings.

That is a way of looking, no part of the document: training goes on with everything.
"""

from __future__ import annotations

from msgspec import Struct


class Mute(Struct, frozen=True, order=True):
    """Of `block` (named as where groups are expanded) the map `channel`, -1 for all of them, is 0 for what follows.

    With a `port` (0 or more, in the order of the block's ports) it is instead what arrives there that is 0.
    """

    block: str
    channel: int = -1
    port: int = -1


Mutes = frozenset[Mute]
NONE: Mutes = frozenset()


def channels(mutes: Mutes, block: str) -> frozenset[int] | None:
    """Which maps of a block are off; None for all of them."""
    found = {m.channel for m in mutes if m.block == block and m.port < 0}
    return None if -1 in found else frozenset(found)


def ports(mutes: Mutes, block: str) -> frozenset[int]:
    """At which ports of a block nothing arrives."""
    return frozenset(m.port for m in mutes if m.block == block and m.port >= 0)


def without_result(mutes: Mutes, block: str) -> Mutes:
    """The same, but the block's own result is whole."""
    return frozenset(m for m in mutes if m.block != block or m.port >= 0)
