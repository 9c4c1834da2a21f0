"""A network as plain data and back: blocks and wires as a project file has them, groups inside one another."""

from __future__ import annotations

import re
from itertools import count
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from convstudio.network.document import Block, Network, Note, NoteId, Place, Title, Wire, accepts
from convstudio.network.freezing import weighs
from convstudio.network.group import MAX_BLOCKS, MAX_DEPTH, Entry, Group
from convstudio.network.hand_form import HandFormError, MaskForm, made, mask_forms
from convstudio.network.handmade import MOST, Made
from convstudio.network.layer import Catalogue, Layer
from convstudio.network.numbers import grouped

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_[0-9]+\Z", max_length=64)]
ENTRY_ID = re.compile(r"entry_[1-9][0-9]{0,3}")
"""An Entry's number says which port of its group it stands for."""


class FormError(Exception):
    """What is wrong with a network as plain data, and where: one sentence for people."""


class BlockForm(Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: Id
    kind: Annotated[str, Meta(max_length=64)]
    at: tuple[Place, Place]
    settings: dict[str, Any] = {}
    title: Title = ""
    plugin: Annotated[str, Meta(max_length=200)] = ""
    """The file that the kind comes from, unless it is built in."""
    frozen: bool = False
    masks: list[MaskForm] = []
    """Made by hand."""


class WireForm(Struct, forbid_unknown_fields=True, omit_defaults=True, rename={"source": "from", "target": "to"}):
    source: Id
    target: Id
    port: Annotated[str, Meta(pattern=r"^in(_[1-9][0-9]{0,3})?\Z")] = "in"


class NoteForm(Note, frozen=True, kw_only=True):
    """A note as it is written; without an id it gets one."""

    id: NoteId | None = None  # type: ignore[assignment]


Blocks = Annotated[list[BlockForm], Meta(max_length=MAX_BLOCKS)]
Wires = Annotated[list[WireForm], Meta(max_length=10 * MAX_BLOCKS)]


Notes = Annotated[list[NoteForm], Meta(max_length=MAX_BLOCKS)]


class NetworkForm(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The network in a group."""

    blocks: Blocks
    wires: Wires = []
    notes: Notes = []


def form(network: Network) -> NetworkForm:
    """A network as plain data, in a stable order."""
    blocks = [
        BlockForm(
            b.id,
            b.layer.kind,
            (float(b.x), float(b.y)),
            settings(b.layer),
            b.title,
            b.layer.origin,
            b.frozen,
            mask_forms(b.by_hand),
        )
        for b in network.blocks.values()
    ]
    wires = [WireForm(w.source, w.target, w.port) for w in network.wires]
    return NetworkForm(blocks, wires, [NoteForm(**structs.asdict(note)) for note in network.notes.values()])


def settings(layer: Layer) -> dict[str, Any]:
    """The settings of a block as plain data; a group's network comes last."""
    if isinstance(layer, Group):
        return {"repeat": layer.repeat, "network": msgspec.to_builtins(form(layer.network))}
    made: dict[str, Any] = msgspec.to_builtins(layer)
    return made


def network(read: NetworkForm, catalogue: Catalogue) -> Network:
    """The network that plain data describe. FormError says what is wrong and where."""
    return _Reader(catalogue).network(read, "", 0)


class _Reader:
    """Reads networks inside one another, and counts their blocks and the numbers that were made by hand."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._count = 0
        self._numbers = 0

    def network(self, read: NetworkForm, where: str, level: int) -> Network:
        self._count += len(read.blocks)
        if self._count > MAX_BLOCKS:
            raise FormError(f"it has more than {grouped(MAX_BLOCKS)} blocks.")
        if level > MAX_DEPTH:
            raise FormError(f"{where}groups lie more than {MAX_DEPTH} deep in one another.")
        blocks: dict[str, Block] = {}
        for number, block in enumerate(read.blocks):
            if block.id in blocks:
                raise FormError(f"{where}two blocks have the id {block.id}; ids must be unique.")
            place = f"{where}block {number + 1} ({block.id})"
            layer = self._layer(block, place, level)
            _check_frozen(block, layer, place)
            by_hand = self._by_hand(block, layer, place)
            blocks[block.id] = Block(block.id, layer, block.title, *block.at, block.frozen, by_hand)
        wires = tuple(Wire(w.source, w.target, w.port) for w in read.wires)
        made = Network(blocks, wires, _notes(read.notes, where))
        _check_wires(made, where)
        return made

    def _by_hand(self, block: BlockForm, layer: Layer, where: str) -> Made:
        if block.masks and (isinstance(layer, Group) or (not layer.origin and not weighs(layer))):
            raise FormError(f"{where} has no masks that could be made by hand.")
        self._numbers += sum(len(mask.numbers) for mask in block.masks)
        if self._numbers > MOST:
            raise FormError(f"{where}: more than {grouped(MOST)} numbers were made by hand.")
        try:
            return made(block.masks)
        except HandFormError as error:
            raise FormError(f"{where}: {error}") from error

    def _layer(self, block: BlockForm, where: str, level: int) -> Layer:
        kind = self._catalogue.get(block.kind)
        if kind is None:
            known = "A newer ConvStudio or a plugin may know it."
            if block.plugin:
                known = f"It comes from the plugin {block.plugin!r}, which is not in use here (File, Your own blocks)."
            raise FormError(f"{where} is of the unknown kind “{block.kind}”. {known}")
        if issubclass(kind, Entry) and not ENTRY_ID.fullmatch(block.id):
            raise FormError(f"{where}: an Entry must be called entry_1, entry_2 and so on.")
        given = block.settings
        try:
            if issubclass(kind, Group) and "network" in given:
                inner = msgspec.convert({"network": given["network"]}, _GroupSettings).network
                given = {**given, "network": self.network(inner, f"{where}, inside: ", level + 1)}
            return msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            raise FormError(words(error, where)) from error


class _GroupSettings(Struct):
    network: NetworkForm


def _notes(written: list[NoteForm], where: str) -> dict[str, Note]:
    """Notes by id; those without an id get the first free ones."""
    found: dict[str, Note] = {}
    taken = {n.id for n in written}
    free = (i for i in (f"note_{n}" for n in count(1)) if i not in taken)
    for note in written:
        note_id = note.id or next(free)
        if note_id in found:
            raise FormError(f"{where}two notes have the id {note_id}; ids must be unique.")
        found[note_id] = Note(**{**structs.asdict(note), "id": note_id})
    return found


def _check_frozen(block: BlockForm, layer: Layer, where: str) -> None:
    """What a plugin declares may have had weights when the file was written."""
    if block.frozen and isinstance(layer, Group):
        raise FormError(f"{where}: a group is frozen by freezing the blocks in it.")
    if block.frozen and not layer.origin and not weighs(layer):
        raise FormError(f"{where} has no weights that could be frozen.")


def _check_wires(network: Network, where: str) -> None:
    taken: set[tuple[str, str]] = set()
    for wire in network.wires:
        line = f"{where}the wire {wire.source} → {wire.target}"
        for end in (wire.source, wire.target):
            if end not in network.blocks:
                raise FormError(f"{line} names {end}, which is no block.")
        if not accepts(network.blocks[wire.target].layer, wire.port):
            raise FormError(f"{line} ends at “{wire.port}”, which is no input there.")
        if network.blocks[wire.source].layer.ends:
            raise FormError(f"{line} starts at an {network.blocks[wire.source].layer.title}.")
        if (wire.target, wire.port) in taken:
            raise FormError(f"{where}two wires end at the same input of {wire.target}.")
        taken.add((wire.target, wire.port))


def words(error: msgspec.ValidationError, where: str) -> str:
    """What msgspec found, as a sentence that says where."""
    detail, _, path = str(error).partition(" - at ")
    place = path.strip("`").removeprefix("$").lstrip(".")
    return f"{where}{', ' + place if place else ''}: {detail.lower()}."
