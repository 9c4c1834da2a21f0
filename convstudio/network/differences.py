"""What differs between documents, setting by setting, in words: for runs that are compared, and for edits in a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct, inspect

from convstudio.network.document import Block, Document, Network
from convstudio.network.group import Group
from convstudio.network.numbers import grouped

NAMED = 3
"""So many differences are told of an edit; of more, only how many there are."""
DATA = {"name": "Data set", "validation_share": "Validation share", "seed": "Seed of the split"}


class Difference(NamedTuple):
    """A setting that is not the same in all documents, and its value in each; None where there is no such thing."""

    what: str
    values: tuple[str | None, ...]


def differences(documents: Sequence[Document]) -> tuple[Difference, ...]:
    """All settings that differ: of training, data, blocks, and the wires. Places, titles and notes are none."""
    found = [*_fields(DATA, [d.data for d in documents]), *_fields(None, [d.training for d in documents])]
    return (*found, *_networks([d.network for d in documents], ""))


def edit_words(was: Document, now: Document) -> str:
    """What an edit changed, in a line: 'Learning rate 0.003 → 0.001'."""
    found = differences((was, now))
    told = [_told(difference) for difference in found[:NAMED]]
    more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
    return ", ".join([*told, *more])


def only_rate(was: Document, now: Document) -> bool:
    """Whether nothing but the learning rate is another one."""
    return [found.what for found in differences((was, now))] == [_titles(type(was.training))["learning_rate"]]


def _told(difference: Difference) -> str:
    before, after = difference.values
    if before is None:
        return f"{difference.what} added"
    if after is None:
        return f"{difference.what} removed"
    return difference.what if difference.what.endswith("Wires") else f"{difference.what} {before} → {after}"


def _fields(titles: dict[str, str] | None, values: Sequence[Struct], before: str = "") -> list[Difference]:
    """The fields of structs of one type that differ."""
    titles = titles or _titles(type(values[0]))
    rows = [Difference(before + title, tuple(_text(getattr(v, n)) for v in values)) for n, title in titles.items()]
    return [row for row in rows if len(set(row.values)) > 1]


def _networks(networks: Sequence[Network], before: str) -> list[Difference]:
    ids = dict.fromkeys(i for network in networks for i in network.blocks)
    found = [row for i in ids for row in _blocks([network.blocks.get(i) for network in networks], before + i)]
    wires = [frozenset(network.wires) for network in networks]
    if len(set(wires)) > 1:
        found.append(Difference(before + "Wires", tuple(str(len(w)) for w in wires)))
    return found


def _blocks(blocks: Sequence[Block | None], name: str) -> list[Difference]:
    """The block of one id: whether it is there, of which kind, and how it is set."""
    layers = [block.layer for block in blocks if block]
    if len(layers) < len(blocks) or len({type(layer) for layer in layers}) > 1:
        return [Difference(name, tuple(block.layer.heading() if block else None for block in blocks))]
    groups = [layer for layer in layers if isinstance(layer, Group)]
    if not groups:
        return [*_frozen(blocks, name), *_by_hand(blocks, name), *_fields(None, layers, f"{name} · ")]
    repeats = tuple(str(group.repeat) for group in groups)
    inner = _networks([group.network for group in groups], f"{name}.")
    return ([Difference(f"{name} · Repeats", repeats)] if len(set(repeats)) > 1 else []) + inner


def _frozen(blocks: Sequence[Block | None], name: str) -> list[Difference]:
    """Whether training leaves the weights of a block as they are."""
    values = tuple(_text(block.frozen) for block in blocks if block)
    return [Difference(f"{name} · Frozen", values)] if len(set(values)) > 1 else []


def _by_hand(blocks: Sequence[Block | None], name: str) -> list[Difference]:
    """Which masks were made by hand before training: how many numbers, where they are not the same."""
    made = [block.by_hand for block in blocks if block]
    if len(set(made)) == 1:
        return []
    counts = (sum(masks.count for masks in by_hand) for by_hand in made)
    values = tuple(f"{grouped(number)} numbers" if number else "none" for number in counts)
    return [Difference(f"{name} · Masks by hand", values)]


@cache
def _titles(kind: type[Struct]) -> dict[str, str]:
    """The names of a struct's fields for people."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return {field.name: _title(field) for field in info.fields}


def _title(field: inspect.Field) -> str:
    kind = field.type
    while isinstance(kind, inspect.Metadata):
        if title := (kind.extra_json_schema or {}).get("title"):
            return str(title)
        kind = kind.type
    return field.name.replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return " × ".join(_text(v) for v in value)
    return str(value) or "–"
