"""Where a note is held, how it is resized, and what lies in a frame, in canvas units; no painting."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt

from convstudio.network import edits, notes
from convstudio.network.document import Network, Note
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.note_text import head_height

REACH = 7.0
"""How far from an edge a press still means the edge."""
SMALLEST = {"note": (60.0, 30.0), "frame": (80.0, 60.0)}
ROOM = 24.0
"""Space that a new frame leaves around the blocks it is made for."""

HEAD_ROOM = 6.0
"""Between a frame's text and the blocks below it."""

Sides = tuple[float, float, float, float]
"""x, y, width and height."""
Grip = tuple[int, int]
"""Which edges are held: -1 left or top, 1 right or bottom, 0 neither. (0, 0) holds the whole."""
MOVE: Grip = (0, 0)
CURSORS: dict[Grip, Qt.CursorShape] = {
    MOVE: Qt.CursorShape.PointingHandCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
}
"""What the mouse says of a grip."""


def area(note: Note) -> QRectF:
    return QRectF(note.x, note.y, note.width, note.height)


def sides(area: QRectF) -> Sides:
    """x, y, width, height: as the edits of notes take it."""
    return area.x(), area.y(), area.width(), area.height()


def head(note: Note) -> QRectF:
    """The part of a note that its text takes."""
    return QRectF(note.x, note.y, note.width, min(note.height, head_height(note)))


def smallest(note: Note, width: float) -> tuple[float, float]:
    """The least width and height that a hand can give a note; its text stays readable at `width`."""
    least_width, least_height = SMALLEST[note.kind]
    return least_width, max(least_height, head_height(note, max(width, least_width)))


def grip_at(note: Note, point: QPointF) -> Grip | None:
    """What a press at a point holds: an edge, a corner, the whole, or nothing. The inside of a frame is canvas."""
    outer = area(note).adjusted(-REACH, -REACH, REACH, REACH)
    if not outer.contains(point):
        return None
    inner = area(note).adjusted(REACH, REACH, -REACH, -REACH)
    grip = (_side(point.x(), inner.left(), inner.right()), _side(point.y(), inner.top(), inner.bottom()))
    if grip == MOVE and note.kind == "frame" and not head(note).contains(point):
        return None
    return grip


def _side(at: float, low: float, high: float) -> int:
    return -1 if at < low else 1 if at > high else 0


def resized(note: Note, grip: Grip, point: QPointF) -> QRectF:
    """The note's area when its held edges are pulled to a point, on the grid and not too small."""
    x, y = geometry.on_grid(point.x()), geometry.on_grid(point.y())
    left, right = (x if grip[0] == -1 else note.x), (x if grip[0] == 1 else note.x + note.width)
    least = smallest(note, right - left)
    right = max(right, left + least[0]) if grip[0] != -1 else right
    left = min(left, right - least[0]) if grip[0] == -1 else left
    top, bottom = (y if grip[1] == -1 else note.y), (y if grip[1] == 1 else note.y + note.height)
    least = smallest(note, right - left)
    bottom = max(bottom, top + least[1]) if grip[1] != -1 else bottom
    top = min(top, bottom - least[1]) if grip[1] == -1 else top
    return QRectF(left, top, right - left, bottom - top)


def roomy(network: Network, note: Note) -> QRectF:
    """The area of a note made high enough for its text; a frame grows upwards where the text would lie on blocks."""
    room, needed = area(note), head_height(note)
    if note.kind == "frame" and not (found := around(network, *inside(network, note))).isEmpty():
        above = found.top() - HEAD_ROOM - needed
        room.setTop(min(note.y, above // geometry.GRID * geometry.GRID))
    room.setHeight(max(room.height(), needed))
    return room


def inside(network: Network, frame: Note) -> tuple[list[str], list[str]]:
    """Ids of the blocks and of the notes whose middle lies in a frame, without the frame itself."""
    room = area(frame)
    blocks = [
        b.id for b in network.blocks.values() if room.contains(QPointF(b.x, b.y) + _middle(*geometry.size(b.layer)))
    ]
    others = (n for n in network.notes.values() if n.id != frame.id)
    return blocks, [n.id for n in others if room.contains(area(n).center())]


def carried(network: Network, ids: Iterable[str], note_ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Blocks and notes that move when these are moved: what lies in a frame goes with it."""
    blocks, noted = dict.fromkeys(ids), dict.fromkeys(note_ids)
    for note_id in tuple(noted):
        if network.notes[note_id].kind == "frame":
            found = inside(network, network.notes[note_id])
            blocks |= dict.fromkeys(found[0])
            noted |= dict.fromkeys(found[1])
    return list(blocks), list(noted)


def refitted(before: Network, after: Network) -> Network:
    """`after`, with each frame still around the blocks that lay in it `before`, its margins as wide as they were."""
    for frame in (n for n in before.notes.values() if n.kind == "frame" and n.id in after.notes):
        ids, note_ids = inside(before, frame)
        kept = [i for i in ids if i in after.blocks]
        old, new = around(before, kept), around(after, kept)
        if kept and old != new:
            room = new.adjusted(*_margins(old, area(frame)))
            after = notes.reshape(after, frame.id, sides(room))
            plain = [i for i in note_ids if i in after.notes and before.notes[i].kind == "note"]
            after = edits.shift(after, (), plain, room.x() - frame.x, room.y() - frame.y)
    return after


def _margins(inner: QRectF, outer: QRectF) -> tuple[float, float, float, float]:
    return (
        outer.left() - inner.left(),
        outer.top() - inner.top(),
        outer.right() - inner.right(),
        outer.bottom() - inner.bottom(),
    )


def around(network: Network, ids: Iterable[str], note_ids: Iterable[str] = ()) -> QRectF:
    """The rectangle around blocks and notes; empty when there are none."""
    found = QRectF()
    for block in (network.blocks[i] for i in ids):
        found |= QRectF(block.x, block.y, *geometry.size(block.layer))
    for note_id in note_ids:
        found |= area(network.notes[note_id])
    return found


def free_corner(network: Network, size: tuple[float, float], near: QPointF) -> QPointF:
    """Where a new note covers nothing: at the middle `near`, or below it."""
    taken = [QRectF(b.x, b.y, *geometry.size(b.layer)) for b in network.blocks.values()]
    taken += [area(n) for n in network.notes.values()]
    room = QRectF(near.x() - size[0] / 2, near.y() - size[1] / 2, *size).adjusted(-10, -10, 10, 10)
    while any(t.intersects(room) for t in taken):
        room.translate(0, 4 * geometry.GRID)
    return room.topLeft() + QPointF(10, 10)


def _middle(width: float, height: float) -> QPointF:
    return QPointF(width / 2, height / 2)
