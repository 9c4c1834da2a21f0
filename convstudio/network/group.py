"""The group: a block whose content is a network, and the blocks where that network begins and ends."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.network.document import Block, Network, Wire
from convstudio.network.layer import Layer

MAX_REPEAT = 1000
MAX_DEPTH = 8
"""So many groups may lie one in another."""
MAX_BLOCKS = 10_000
"""So many blocks a network may have, copies in groups included."""


class Entry(Layer, frozen=True, kw_only=True):
    """Where what arrives at one port of a group comes in; its id says which: entry_2 is the group's port in_2."""

    kind: ClassVar[str] = "entry"
    title: ClassVar[str] = "Entry"
    section: ClassVar[str] = "Data"
    colour: ClassVar[str] = "data"
    glyph: ClassVar[str] = "I"
    stem: ClassVar[str] = "entry"
    about: ClassVar[str] = "Where a group takes in what arrives at it. With a second Entry the group has two inputs."
    ports: ClassVar[tuple[str, ...]] = ()
    inner: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True


class Exit(Layer, frozen=True, kw_only=True):
    """Where the result of a group goes out."""

    kind: ClassVar[str] = "exit"
    title: ClassVar[str] = "Exit"
    section: ClassVar[str] = "Data"
    colour: ClassVar[str] = "data"
    glyph: ClassVar[str] = "O"
    stem: ClassVar[str] = "exit"
    about: ClassVar[str] = "What a group hands on: the result of the block that is wired to it. A group has one Exit."
    ends: ClassVar[bool] = True
    inner: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True


class Passage(Layer, frozen=True, kw_only=True):
    """What Entries, Exits and whole groups become where groups are expanded: it hands its input on."""

    kind: ClassVar[str] = "passage"
    title: ClassVar[str] = "Passage"
    section: ClassVar[str] = ""
    colour: ClassVar[str] = "data"
    glyph: ClassVar[str] = "P"
    stem: ClassVar[str] = "passage"
    about: ClassVar[str] = "Hands on what arrives."
    keeps_width: ClassVar[bool] = True
    linear: ClassVar[bool] = True


EMPTY = Network(
    {"entry_1": Block("entry_1", Entry()), "exit_1": Block("exit_1", Exit(), x=400.0)}, (Wire("entry_1", "exit_1"),)
)
"""The content of a new group: what arrives goes out."""


class Group(Layer, frozen=True, kw_only=True):
    """`repeat` copies of `network` in a row, each with weights of its own."""

    kind: ClassVar[str] = "group"
    title: ClassVar[str] = "Group"
    section: ClassVar[str] = "Groups"
    colour: ClassVar[str] = "group"
    glyph: ClassVar[str] = "G"
    stem: ClassVar[str] = "group"
    about: ClassVar[str] = (
        "Holds blocks of its own: double-click it to look inside. Repeated, its copies follow one another, each with "
        "weights of its own. In the exported source it is a class named after its title."
    )

    network: Annotated[Network, Meta(title="Blocks", description="What the group consists of.")] = EMPTY
    repeat: Annotated[
        int,
        Meta(ge=1, le=MAX_REPEAT, title="Repeat", description="So many copies in a row, each with its own weights."),
    ] = 1

    @property
    def ports(self) -> tuple[str, ...]:  # type: ignore[override]
        """One for each Entry; without any there is still one to draw a wire to."""
        return tuple(self.network.entries) or ("in",)

    def count(self) -> int:
        return 1 + self.repeat * self.network.count

    def depth(self) -> int:
        return 1 + self.network.depth

    def needs(self, port: str) -> bool:
        return self.network.entries.get(port) in self.network.leading

    def prefix(self, block_id: str, copy: int = 0) -> str:
        """What the ids of the blocks of a copy begin with where groups are expanded: 'group_1.' or 'group_1.0.'."""
        return f"{block_id}." if self.repeat == 1 else f"{block_id}.{copy}."


def repetition(layer: Layer) -> str:
    """' × 3' for a group of three copies; '' where there is only one."""
    return f" × {layer.repeat}" if isinstance(layer, Group) and layer.repeat > 1 else ""


def offered(kind: type[Layer], within: bool) -> bool:
    """Whether a person may add a block of this kind inside a group or (not `within`) outside; one without a section
    of the palette comes from elsewhere.
    """
    return bool(kind.section) and not misplaced(kind, within)


def misplaced(layer: Layer | type[Layer], within: bool) -> bool:
    """Whether a block, or a kind, has no place inside a group or (not `within`) outside."""
    return (layer.ends or not layer.ports) and not layer.inner if within else layer.inner
