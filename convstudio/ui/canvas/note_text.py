"""How the text of a note is set: its font, its title, how it breaks into lines, and how far down it reaches."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from convstudio.network.document import Note

PADDING = 10.0
TEXT_SIZE = 8.5
GAP = 3.0
"""Between a frame's title and the text below it."""


def text_font(*, bold: bool = False) -> QFont:
    font = QFont()
    font.setPointSizeF(TEXT_SIZE)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def line_height() -> float:
    return QFontMetricsF(text_font()).height()


def width(line: str) -> float:
    return QFontMetricsF(text_font()).horizontalAdvance(line)


def title_and_body(note: Note) -> tuple[str, str]:
    """A frame's first line is its title; a plain note has none."""
    if note.kind == "note":
        return "", note.text
    title, _, body = note.text.partition("\n")
    return title, body


@lru_cache(maxsize=1024)
def wrapped(text: str, width: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text where there is room for `width` canvas units."""
    if not text:
        return ()
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return tuple(
        line for paragraph in text.split("\n") for line in _broken(paragraph, width, option, text_font(bold=bold))
    )


def _broken(paragraph: str, width: float, option: QTextOption, font: QFont) -> list[str]:
    layout = QTextLayout(paragraph, font)
    layout.setTextOption(option)
    units = paragraph.encode("utf-16-le")  # Qt counts these, two bytes each
    lines = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(units[2 * line.textStart() : 2 * (line.textStart() + line.textLength())].decode("utf-16-le"))
    layout.endLayout()
    return lines or [""]


def lines(note: Note, note_width: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the title, and those of the text below it, at a width of the note."""
    title, body = title_and_body(note)
    room = max(20.0, note_width - 2 * PADDING)
    return wrapped(title, room, bold=True), wrapped(body, room)


def head_height(note: Note, note_width: float | None = None) -> float:
    """How far down the title and the text reach at a width of the note, padding included."""
    title, body = lines(note, note_width or note.width)
    gap = GAP if title and body else 0.0
    return 2 * PADDING + gap + line_height() * max(1, len(title) + len(body))
