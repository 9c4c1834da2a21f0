"""How notes and frames are painted: text inside its note, any text at any size, contrast."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPainter

from convstudio.network import notes
from convstudio.network.document import Note
from convstudio.ui.canvas.note_painter import paint_note
from convstudio.ui.canvas.note_text import wrapped
from convstudio.ui.editing.note_colours import COLOURS
from convstudio.ui.theme import TOKENS, theme


@pytest.mark.parametrize("scale", [1.0, 0.2])
@pytest.mark.parametrize("kind", ["note", "frame"])
def test_text_stays_inside_its_note(kind, scale):
    note = Note(id="note_1", text="Ärger 漢字 😀 " * 80 + "x" * 400, x=0, y=0, width=120, height=60, kind=kind)
    picture = QImage(200, 120, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.scale(scale, scale)
    paint_note(painter, note, selected=False, hovered=False, scale=scale)
    painter.end()
    wide, high = int(120 * scale) + 2, int(60 * scale) + 2
    inked = [(x, y) for x in range(200) for y in range(120) if picture.pixelColor(x, y).alpha()]
    assert max(x for x, _ in inked) <= wide
    assert max(y for _, y in inked) <= high


def test_wrapped_lines_hold_the_whole_text():
    for text in ("😀" * 60, "one two three " * 9, "Ä\n\nÖ", "x" * 300):
        assert "".join(wrapped(text, 90.0)).replace(" ", "") == text.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("text", ["", "\n\n\n", "\x00\x01", "<b>bold</b>", "שלום", "a" * 20_000])
def test_any_text_and_size_is_painted(bench, hands, text):
    network = bench.store.network
    for kind in ("note", "frame"):
        for size in ((1, 1), (90, 40), (1e6, 1e6)):
            network, _ = notes.add(network, text, (-1e6 if size[0] > 1e5 else 0, 0, *size), kind, "teal")
    bench.store.edit("notes", network)
    for factor in (0.1, 0.3, 1.0, 4.0):
        bench.canvas.zoom_to(factor)
        assert not bench.canvas.grab().isNull()


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("scheme", [0, 1])
def test_titles_of_frames_pass_the_contrast_of_wcag_aa(colour, scheme):
    theme.set_dark(scheme == 0)
    note = Note(id="note_1", text="", x=0, y=0, width=90, height=90, kind="frame", colour=colour)
    picture = QImage(90, 90, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("canvas"))
    painter = QPainter(picture)
    paint_note(painter, note, selected=False, hovered=False, scale=1.0)
    painter.end()
    bright, dark = sorted(
        (_luminance(c) for c in (TOKENS[f"note_{colour}"][scheme], picture.pixelColor(45, 45).name())), reverse=True
    )
    assert (bright + 0.05) / (dark + 0.05) >= 4.5
    theme.set_dark(True)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
