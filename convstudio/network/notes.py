"""Every edit of the notes and frames of a network: pure functions from a network to a new network.

They raise KeyError for a note that is not there. What is too long or too far away is cut to what a file can hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from msgspec import structs

from convstudio.network import plain_text
from convstudio.network.document import FARTHEST, LONGEST_TEXT, Colour, Network, Note, NoteKind, near

STEM = "note"


def add(
    network: Network,
    text: str,
    area: tuple[float, float, float, float],
    kind: NoteKind = "note",
    colour: Colour = "none",
) -> tuple[Network, str]:
    """Put a note or a frame on the canvas; `area` is x, y, width, height. Returns the network and the note's id."""
    note = Note(id=next(_fresh_ids(network)), text="", x=0.0, y=0.0, kind=kind, colour=colour)
    network = _with_notes(network, {note.id: note})
    return reshape(rewrite(network, note.id, text), note.id, area), note.id


def rewrite(network: Network, note_id: str, text: str) -> Network:
    """Give a note another text; what no file can hold is left out."""
    return _with(network, note_id, text=plain_text.paragraphs(text).rstrip()[:LONGEST_TEXT])


def reshape(network: Network, note_id: str, area: tuple[float, float, float, float]) -> Network:
    """Give a note another place and size: x, y, width, height."""
    x, y, width, height = (float(n) for n in area)
    return _with(network, note_id, x=near(x), y=near(y), width=_extent(width), height=_extent(height))


def recolour(network: Network, note_ids: Iterable[str], colour: Colour) -> Network:
    """Give notes another colour."""
    return _with_notes(network, {i: structs.replace(network.notes[i], colour=colour) for i in note_ids})


def turn_into(network: Network, note_ids: Iterable[str], kind: NoteKind) -> Network:
    """Make notes plain notes, or frames."""
    return _with_notes(network, {i: structs.replace(network.notes[i], kind=kind) for i in note_ids})


def move(network: Network, places: Mapping[str, tuple[float, float]]) -> Network:
    """Put notes at new places, in canvas units."""
    moved = {i: structs.replace(network.notes[i], x=near(float(x)), y=near(float(y))) for i, (x, y) in places.items()}
    return _with_notes(network, moved)


def remove(network: Network, note_ids: Iterable[str]) -> Network:
    """Take notes away; what lies in a frame stays."""
    gone = set(note_ids)
    if unknown := gone - network.notes.keys():
        raise KeyError(*unknown)
    return replace(network, notes={i: n for i, n in network.notes.items() if i not in gone})


def paste(network: Network, copied: Iterable[Note], dx: float, dy: float) -> Network:
    """Add copies of notes, shifted, with ids of their own."""
    copies = {
        new_id: structs.replace(note, id=new_id, x=near(note.x + dx), y=near(note.y + dy))
        for new_id, note in zip(_fresh_ids(network), copied, strict=False)
    }
    return _with_notes(network, copies)


def _fresh_ids(network: Network) -> Iterator[str]:
    """Ids that no note has, one after the other."""
    return (i for i in (f"{STEM}_{n}" for n in count(1)) if i not in network.notes)


def _with(network: Network, note_id: str, **fields: Any) -> Network:
    return _with_notes(network, {note_id: structs.replace(network.notes[note_id], **fields)})


def _with_notes(network: Network, changed: Mapping[str, Note]) -> Network:
    return replace(network, notes={**network.notes, **changed}) if changed else network


def _extent(length: float) -> float:
    return max(1.0, min(FARTHEST, length))
