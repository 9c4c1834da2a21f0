"""What is wrong with a network, in words, and the edits that would mend it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.network import edits, grouping
from convstudio.network.document import Network, Wire
from convstudio.network.layer import Layer


class ChangeLayer(Struct, frozen=True):
    """Give a block other settings."""

    label: str
    block: str
    layer: Layer

    def apply(self, network: Network) -> Network:
        return edits.change(network, self.block, self.layer)


class InsertBefore(Struct, frozen=True):
    """Put a new block in front of a port."""

    label: str
    block: str
    port: str
    layer: Layer

    def apply(self, network: Network) -> Network:
        return edits.insert_before(network, self.block, self.port, self.layer)[0]


class AppendAfter(Struct, frozen=True):
    """Put a new block behind another."""

    label: str
    block: str
    layer: Layer

    def apply(self, network: Network) -> Network:
        return edits.append_after(network, self.block, self.layer)[0]


class ConnectWire(Struct, frozen=True):
    """Draw a missing wire."""

    label: str
    wire: Wire

    def apply(self, network: Network) -> Network:
        return edits.connect(network, self.wire)


class RemoveBlock(Struct, frozen=True):
    """Take a block away."""

    label: str
    block: str

    def apply(self, network: Network) -> Network:
        return edits.remove(network, [self.block])


class RemoveWire(Struct, frozen=True):
    """Take a wire away."""

    label: str
    wire: Wire

    def apply(self, network: Network) -> Network:
        return edits.disconnect(network, [self.wire])


class MendInside(Struct, frozen=True):
    """Mend the network inside a group."""

    label: str
    block: str
    fix: Fix

    def apply(self, network: Network) -> Network:
        return grouping.put(network, (self.block,), self.fix.apply(grouping.inside(network, (self.block,))))


Fix = ChangeLayer | InsertBefore | AppendAfter | ConnectWire | RemoveBlock | RemoveWire | MendInside


class Problem(Struct, frozen=True):
    """A fault of the network. An error keeps it from being trained; a warning does not.

    `blocks` are the ids that wear it; none when the network as a whole is meant.
    """

    severity: Literal["error", "warning"]
    title: str
    words: str
    blocks: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
