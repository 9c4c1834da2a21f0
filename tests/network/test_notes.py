"""Notes and frames as part of a network: an edit of them changes nothing else, and stays within the file's limits."""

from __future__ import annotations

import pytest

from convstudio.blocks import Input, Output, catalogue
from convstudio.network import edits, file, notes
from convstudio.network.document import FARTHEST, LONGEST_TEXT, Document, Network
from convstudio.network.resolve import resolve


@pytest.fixture
def noted() -> Network:
    """An Input wired to an Output, a note and a frame."""
    network, first = edits.add(Network(), Input(), 0, 0)
    network, _ = edits.append_after(network, first, Output())
    network, _ = notes.add(network, "Hello", (1, 2, 90, 40))
    return notes.add(network, "Title\nwords", (-50, -50, 500, 300), "frame", "violet")[0]


def test_a_note_has_what_it_was_made_with(noted: Network) -> None:
    note, frame = noted.notes.values()
    assert (note.id, note.text, note.x, note.y, note.width, note.height) == ("note_1", "Hello", 1.0, 2.0, 90.0, 40.0)
    assert (note.kind, note.colour, frame.kind, frame.colour) == ("note", "none", "frame", "violet")


def test_an_edit_of_notes_leaves_blocks_wires_and_facts_alone(noted: Network) -> None:
    for changed in (
        notes.rewrite(noted, "note_1", "Other"),
        notes.move(noted, {"note_1": (7, 8)}),
        notes.reshape(noted, "note_2", (0, 0, 70, 70)),
        notes.recolour(noted, ["note_1", "note_2"], "green"),
        notes.turn_into(noted, ["note_1"], "frame"),
        notes.remove(noted, ["note_2"]),
    ):
        assert changed != noted
        assert changed.blocks is noted.blocks
        assert changed.wires is noted.wires
        assert resolve(changed, catalogue()) == resolve(noted, catalogue())


def test_ids_are_the_first_free_number(noted: Network) -> None:
    network = notes.remove(noted, ["note_1"])
    network, again = notes.add(network, "", (0, 0, 90, 40))
    assert again == "note_1"
    assert notes.add(network, "", (0, 0, 90, 40))[1] == "note_3"


@pytest.mark.parametrize("area", [(1e300, -1e300, 1e300, -5), (float("-inf"), float("inf"), 0, float("inf"))])
def test_what_is_too_far_or_too_large_ends_at_the_edge(noted: Network, area: tuple[float, ...]) -> None:
    network = notes.reshape(noted, "note_1", area)
    network = notes.rewrite(network, "note_1", "a" * (LONGEST_TEXT + 5))
    network = notes.paste(network, [network.notes["note_1"]], 1e300, -1e300)
    assert file.parse(file.dump(Document(network)), catalogue()).network == network
    assert abs(network.notes["note_1"].x) == FARTHEST
    assert len(network.notes["note_1"].text) == LONGEST_TEXT


def test_a_note_that_is_not_there_is_an_error(noted: Network) -> None:
    for ask in (
        lambda: notes.rewrite(noted, "note_9", ""),
        lambda: notes.move(noted, {"note_9": (0, 0)}),
        lambda: notes.remove(noted, ["note_9"]),
        lambda: notes.recolour(noted, ["note_9"], "blue"),
    ):
        with pytest.raises(KeyError):
            ask()


def test_many_pasted_notes_all_have_their_own_ids(noted: Network) -> None:
    network = notes.paste(noted, list(noted.notes.values()) * 20, 10, 10)
    assert len(network.notes) == 42
    assert all(i == n.id for i, n in network.notes.items())
