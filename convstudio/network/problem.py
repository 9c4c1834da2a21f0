"""What is wrong with a network, in words, and the edits that would mend it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.network import edits, grouping
from convstudio.network.document import Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.replacing import replace_block, swap


class ChangeLayer(Struct, frozen=True):
    """Give a block other settings."""

    label: str
    block: str
    layer: Layer

    def apply(self, network: Network) -> Network:
        return edits.change(network, self.block, self.layer)


class ChangeLayers(Struct, frozen=True):
    """Give several blocks other settings."""

    label: str
    layers: tuple[tuple[str, Layer], ...]

    def apply(self, network: Network) -> Network:
        return edits.change_all(network, dict(self.layers))


class ReplaceBlock(Struct, frozen=True):
    """Put a block of another kind in a block's place."""

    label: str
    block: str
    layer: Layer

    def apply(self, network: Network) -> Network:
        return replace_block(network, self.block, self.layer)[0]


class MoveBehind(Struct, frozen=True):
    """Let a block of a chain change places with those behind it, one after the other."""

    label: str
    block: str
    others: tuple[str, ...]

    def apply(self, network: Network) -> Network:
        for other in self.others:
            network = swap(network, self.block, other)
        return network


class InsertBefore(Struct, frozen=True):
    """Put a new block in front of a port, and perhaps more `before` it, in the order in which they compute."""

    label: str
    block: str
    port: str
    layer: Layer
    before: tuple[Layer, ...] = ()

    def apply(self, network: Network) -> Network:
        block_id, port = self.block, self.port
        for layer in (self.layer, *reversed(self.before)):
            network, block_id = edits.insert_before(network, block_id, port, layer)
            port = next(iter(layer.ports), port)
        return network


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
    """Take a block away, and perhaps others with it; what fed them feeds what they fed."""

    label: str
    block: str
    others: tuple[str, ...] = ()

    def apply(self, network: Network) -> Network:
        return edits.remove(network, (self.block, *self.others))


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


Fix = (
    ChangeLayer
    | ChangeLayers
    | ReplaceBlock
    | MoveBehind
    | InsertBefore
    | AppendAfter
    | ConnectWire
    | RemoveBlock
    | RemoveWire
    | MendInside
)


class Problem(Struct, frozen=True):
    """A fault of the network. An error keeps it from being trained; a warning does not; advice is only a hint.

    `blocks` are the ids that wear it; none when the network as a whole is meant. Where a group wears what is wrong
    inside it, `inside` are the blocks meant there, by paths as the worker names them: 'group_1.conv_1'.
    """

    severity: Literal["error", "warning", "advice"]
    title: str
    words: str
    blocks: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """The blocks that are meant, wherever they are."""
        return self.inside or self.blocks
