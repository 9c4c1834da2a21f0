"""The document: one immutable value that holds the network, the choice of data and the training settings."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta, Struct

from convstudio.network.handmade import Made
from convstudio.network.layer import Layer
from convstudio.network.training_settings import Seed, TrainingSettings

FARTHEST = 1e6
"""The canvas ends this far from its origin, in canvas units."""
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
Place = Annotated[float, Meta(ge=-FARTHEST, le=FARTHEST)]
Title = Annotated[str, Meta(max_length=LONGEST_TITLE)]
Extent = Annotated[float, Meta(ge=1, le=FARTHEST)]
NoteId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_[0-9]+\Z", max_length=64)]
NoteKind = Literal["note", "frame"]
Colour = Literal["none", "blue", "teal", "violet", "amber", "rose", "green"]
"""The name of a note's colour; what it looks like is the theme's matter."""


class Wire(Struct, frozen=True):
    """A connection from a block's output to an input port of another block."""

    source: str
    target: str
    port: str = "in"


@dataclass(frozen=True)
class Block:
    """One block on the canvas: what it does, its name for people ('' = the layer's own heading), and its place.

    Training leaves the weights of a `frozen` one as they are; groups never are, but the blocks in them. `by_hand` are
    masks that a person made before training: it starts with them.
    """

    id: str
    layer: Layer
    title: str = ""
    x: float = 0.0
    y: float = 0.0
    frozen: bool = False
    by_hand: Made = ()

    @property
    def heading(self) -> str:
        return self.title or self.layer.heading()


class Note(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A text on the canvas, or a frame: a coloured area behind blocks, whose first line is its title."""

    id: NoteId
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)]
    x: Place
    y: Place
    width: Extent = 240.0
    height: Extent = 80.0
    kind: NoteKind = "note"
    colour: Colour = "none"


@dataclass(frozen=True)
class Network:
    """Blocks by id, wires, and notes by id. Derived facts (shapes, order, problems) are not stored: see `resolve`.

    Notes say something about the blocks and never change what the network computes.
    """

    blocks: Mapping[str, Block] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    notes: Mapping[str, Note] = field(default_factory=dict)

    def with_blocks(self, blocks: Mapping[str, Block]) -> Network:
        """The same wires and notes with other blocks; what was found out about the wires stays known."""
        made = replace(self, blocks=blocks)
        kept = ["incoming", "outgoing"]
        if list(blocks) == list(self.blocks):
            kept += ["order", "leading"] if self._leads_alike(blocks) else ["order"]
        made.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return made

    def _leads_alike(self, blocks: Mapping[str, Block]) -> bool:
        """Whether the same wires lead to an end with these blocks, which have the ids of those here."""
        pairs = [(self.blocks[i].layer, b.layer, i) for i, b in blocks.items() if self.blocks[i] is not b]
        return all(
            old is new or (old.ends == new.ends and all(old.needs(p) == new.needs(p) for p in self.incoming.get(i, ())))
            for old, new, i in pairs
        )

    @cached_property
    def incoming(self) -> Mapping[str, Mapping[str, Wire]]:
        """Wires by target block and port."""
        found: dict[str, dict[str, Wire]] = {}
        for wire in self.wires:
            found.setdefault(wire.target, {})[wire.port] = wire
        return found

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Wire, ...]]:
        """Wires by source block."""
        found: dict[str, list[Wire]] = {}
        for wire in self.wires:
            found.setdefault(wire.source, []).append(wire)
        return {source: tuple(wires) for source, wires in found.items()}

    @cached_property
    def order(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids so that each comes after what feeds it, and those that a circle keeps out of that order."""
        waiting = {i: len(self.incoming.get(i, ())) for i in self.blocks}
        ready = deque(i for i, count in waiting.items() if count == 0)
        found: list[str] = []
        while ready:
            block_id = ready.popleft()
            found.append(block_id)
            for wire in self.outgoing.get(block_id, ()):
                waiting[wire.target] -= 1
                if waiting[wire.target] == 0:
                    ready.append(wire.target)
        return tuple(found), tuple(i for i, count in waiting.items() if count > 0)

    @cached_property
    def leading(self) -> frozenset[str]:
        """Ids of the blocks that lead to an end, and the ends."""
        waiting = [i for i, b in self.blocks.items() if b.layer.ends]
        found = set(waiting)
        while waiting:
            target = waiting.pop()
            needs = self.blocks[target].layer.needs
            sources = {w.source for port, w in self.incoming.get(target, {}).items() if needs(port)} - found
            found |= sources
            waiting += sources
        return frozenset(found)

    @cached_property
    def entries(self) -> Mapping[str, str]:
        """Of a network inside a group: the ids of its Entries by the group's ports that they stand for, in order."""
        ids = [i for i, b in self.blocks.items() if b.layer.inner and not b.layer.ports]
        return {port_name(n): i for n, i in sorted((entry_number(i), i) for i in ids)}

    @cached_property
    def count(self) -> int:
        """How many blocks there are, with those in groups and all copies of them."""
        return sum(b.layer.count() for b in self.blocks.values())

    @cached_property
    def depth(self) -> int:
        """How many groups lie one in another."""
        return max((b.layer.depth() for b in self.blocks.values()), default=0)

    @cached_property
    def _hash(self) -> int:
        return hash((frozenset(self.blocks.items()), self.wires))

    def __hash__(self) -> int:
        return self._hash

    def ports(self, block_id: str) -> tuple[str, ...]:
        """Input ports of a block; a merging block always shows one free port more."""
        layer = self.blocks[block_id].layer
        if not layer.merging:
            return layer.ports
        used = set(self.incoming.get(block_id, ()))
        count = max((port_number(p) for p in used), default=0)
        names = [port_name(n) for n in range(1, max(count, len(layer.ports)) + 1)]
        return tuple(names if any(n not in used for n in names) else [*names, port_name(count + 1)])

    def sources(self, block_id: str) -> tuple[str, ...]:
        """The ids of the blocks that feed this one, in the order of its ports."""
        wires = self.incoming.get(block_id, {})
        if len(wires) < 2:
            return tuple([w.source for w in wires.values()])
        return tuple([wires[port].source for port in self.ports(block_id) if port in wires])

    def free_port(self, block_id: str) -> str | None:
        """The first input port without a wire."""
        used = self.incoming.get(block_id, {})
        return next((p for p in self.ports(block_id) if p not in used), None)


def port_name(number: int) -> str:
    """Name of the `number`-th port of a merging block: in, in_2, in_3 …"""
    return "in" if number == 1 else f"in_{number}"


def port_number(name: str) -> int:
    return 1 if name == "in" else int(name.removeprefix("in_"))


def entry_number(block_id: str) -> int:
    """Which port of its group an Entry stands for: the number at the end of its id."""
    return int(block_id.rpartition("_")[2])


def accepts(layer: Layer, port: str) -> bool:
    """Whether a wire may end at `port`: one that the layer names, or any further one of a merging block."""
    further = layer.merging and re.fullmatch(r"in_[1-9][0-9]{0,3}", port) is not None
    return port in layer.ports or (further and port_number(port) > 1)


def near(coordinate: float) -> float:
    """The coordinate, or the edge of the canvas where it lies outside."""
    return max(-FARTHEST, min(FARTHEST, coordinate))


class DataChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which samples to train on, and how they are divided. The name '' chooses none: the network is only looked at."""

    name: Annotated[str, Meta(max_length=200, title="Data set")] = "digits"
    validation_share: Annotated[
        float,
        Meta(
            ge=0.01,
            le=0.9,
            title="Validation share",
            description="Part of the samples kept back to judge by.",
        ),
    ] = 0.2
    seed: Annotated[Seed, Meta(title="Split seed", description="Decides which samples are kept back.")] = 0

    @property
    def none(self) -> bool:
        """No data set is chosen."""
        return not self.name


@dataclass(frozen=True)
class Document:
    """All that a project file holds, and all that undo covers."""

    network: Network = field(default_factory=Network)
    data: DataChoice = field(default_factory=DataChoice)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def with_network(self, network: Network) -> Document:
        return replace(self, network=network)
