"""Paints notes and frames: a coloured sheet with text, and a coloured area with a title. Knows no items."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from convstudio.network.document import Note
from convstudio.ui.canvas import note_text as text
from convstudio.ui.canvas.painter import DETAIL
from convstudio.ui.theme import theme

RADIUS = {"note": 6.0, "frame": 10.0}
SIGN = 7.0
"""Pixels that a corner of a selected note is marked with."""
FAR_TITLE = 11.0
"""Pixels that the title of a frame keeps when seen from afar, while it fits between the frame's edge and its blocks."""


def paint_note(painter: QPainter, note: Note, *, selected: bool, hovered: bool, scale: float) -> None:
    """Paint a note in its own coordinates. `scale` is device pixels per canvas unit."""
    area = QRectF(0, 0, note.width, note.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(_fill(note))
    painter.setPen(_border(note, selected, hovered))
    painter.drawRoundedRect(area, RADIUS[note.kind], RADIUS[note.kind])
    if scale >= DETAIL:
        _paint_text(painter, note, area)
    elif note.kind == "frame":
        _paint_far_title(painter, note, area, scale)
    else:
        _paint_far_lines(painter, note)
    if selected and scale >= DETAIL:
        _paint_signs(painter, area, scale)


def _ink(note: Note, alpha: int = 255) -> QColor:
    colour = QColor(theme.colour(f"note_{note.colour}"))
    colour.setAlpha(alpha)
    return colour


def _fill(note: Note) -> QColor:
    if note.kind == "frame":
        return _ink(note, 22 if theme.dark else 16)
    ground, ink, share = theme.colour("panel"), _ink(note), 0.12 if theme.dark else 0.08
    pairs = zip((ground.red(), ground.green(), ground.blue()), (ink.red(), ink.green(), ink.blue()), strict=True)
    return QColor(*(round(g + (i - g) * share) for g, i in pairs))


def _border(note: Note, selected: bool, hovered: bool) -> QPen:
    if selected:
        return QPen(theme.colour("accent"), 1.8)
    return QPen(_ink(note, 220 if hovered else 105), 1.2)


def _paint_text(p: QPainter, note: Note, area: QRectF) -> None:
    title, body = text.lines(note, note.width)
    room = area.adjusted(text.PADDING, text.PADDING, -text.PADDING, -text.PADDING)
    p.setFont(text.text_font(bold=True))
    p.setPen(_ink(note))
    _paint_lines(p, title, room)
    room.setTop(room.top() + len(title) * text.line_height() + (text.GAP if title else 0.0))
    p.setFont(text.text_font())
    p.setPen(theme.colour("dim" if note.kind == "frame" else "text"))
    _paint_lines(p, body, room)


def _paint_lines(p: QPainter, lines: tuple[str, ...], room: QRectF) -> None:
    """As many lines as fit; dots at the last say that there are more."""
    step = text.line_height()
    first = QRectF(room.left(), room.top(), room.width(), step)
    shown = list(lines[: max(0, int((room.height() + 1) // step))])
    if shown and len(lines) > len(shown):
        shown[-1] = QFontMetricsF(p.font()).elidedText(shown[-1] + " …", Qt.TextElideMode.ElideRight, room.width())
    for number, line in enumerate(shown):
        p.drawText(first.translated(0, number * step), Qt.AlignmentFlag.AlignVCenter, line)


def _paint_far_title(p: QPainter, note: Note, area: QRectF, scale: float) -> None:
    font = text.text_font(bold=True)
    pixels = min(FAR_TITLE / scale, 44.0, area.height() / 2)
    font.setPixelSize(max(1, round(pixels)))
    room = area.adjusted(text.PADDING, text.PADDING / 2, -text.PADDING, 0)
    words = QFontMetricsF(font).elidedText(text.title_and_body(note)[0], Qt.TextElideMode.ElideRight, room.width())
    p.setFont(font)
    p.setPen(_ink(note))
    p.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)


def _paint_far_lines(p: QPainter, note: Note) -> None:
    """Bars where the lines of text are, which is all that can be seen of them."""
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(_ink(note, 90))
    step = text.line_height()
    room = QRectF(0, 0, note.width, note.height).adjusted(text.PADDING, text.PADDING, -text.PADDING, -text.PADDING)
    lines = text.lines(note, note.width)[1]
    for number, line in enumerate(lines[: max(0, int(room.height() // step))]):
        width = min(room.width(), text.width(line))
        p.drawRect(QRectF(room.left(), room.top() + number * step + step * 0.3, width, step * 0.4))


def _paint_signs(p: QPainter, area: QRectF, scale: float) -> None:
    """Small squares at the corners, as large on the screen at every scale."""
    size = SIGN / scale
    p.setPen(QPen(theme.colour("accent"), 1.4 / scale))
    p.setBrush(theme.colour("panel"))
    for corner in (area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()):
        p.drawRect(QRectF(corner - QPointF(size / 2, size / 2), corner + QPointF(size / 2, size / 2)))
