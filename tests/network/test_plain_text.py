"""What text a document may hold: whatever is typed or pasted, the document can be saved and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstudio.blocks import Input, ReLU, catalogue
from convstudio.network import edits, file, grouping, notes
from convstudio.network.document import Document, Network
from convstudio.network.plain_text import line, paragraphs

ODD = "a\ud83d\x07\x1bb\u2028c\u2029d\r\ne\rf\x00😀\tg"


def test_a_note_keeps_its_lines_and_a_title_is_one_line() -> None:
    assert paragraphs(ODD) == "ab\nc\nd\ne\nf😀\tg"
    assert line(ODD) == "ab c d e f😀 g"


@pytest.mark.parametrize("text", ["Größe ≤ 3 × 7", "👩‍🔬 שלום 模型", "a\u00a0b", "\ufeff\u200d"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert line(text) == paragraphs(text) == text


@given(st.text(st.characters()))
def test_whatever_is_written_can_be_saved(text: str) -> None:
    network, first = edits.add(Network(), Input(), 0, 0, text)
    network, second = edits.append_after(network, first, ReLU())
    network, group = grouping.group(network, [second], text)
    network, _ = notes.add(edits.rename(network, first, text), text, (0, 0, 100, 50))
    data = file.dump(Document(network)).encode()
    assert file.parse(data, catalogue()).network == network
    assert "\n" not in network.blocks[group].title
