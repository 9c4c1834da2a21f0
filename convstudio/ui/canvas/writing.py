"""Writing in place: the text of a note, or the title of a block, is edited where it stands; ending it is one edit."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsView

from convstudio.network import edits, notes
from convstudio.network.document import LONGEST_TEXT, LONGEST_TITLE, Network, Note
from convstudio.ui.canvas import geometry, note_geometry
from convstudio.ui.canvas.note_text import text_font
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.text_field import TextField
from convstudio.ui.text import tr

SMALLEST_SCALE = 0.75
"""When the canvas is seen from farther away, what is being written stays as large as at this scale."""
LEAST = (112, 26)
"""Pixels of a field that has less room on the canvas."""


class Writing(QObject):
    """At most one field lies over the canvas. It goes with the block or note that it was opened for."""

    placed = Signal(QRect)
    """The field takes this part of the view now."""
    ended = Signal()

    def __init__(self, view: QGraphicsView, scene: CanvasScene) -> None:
        super().__init__(view)
        self._view, self._scene, self._store = view, scene, scene.store
        self._field: TextField | None = None
        self._block: str | None = None
        self._note: Note | None = None
        self._before: Network | None = None
        self._store.changed.connect(self._follow)

    @property
    def field(self) -> TextField | None:
        """The field that is open."""
        return self._field

    def begin_at(self, point: QPointF) -> bool:
        """Open a field for the title or note under a point; False when there is none."""
        item = self._scene.block_at(point)
        if item:
            heading = _heading(item.look.size).translated(item.pos())
            return heading.contains(point) and self.rename(item.block_id)
        hit = self._scene.notes.at(point) if self._scene.wire_at(point) is None else None
        return hit is not None and self.write(hit.note.id)

    def rename(self, block_id: str) -> bool:
        """Let the person type another title for a block."""
        self.finish()
        self._block = block_id
        heading = self._store.network.blocks[block_id].heading
        return self._open(heading, LONGEST_TITLE, tr("Title of the block"), one_line=True)

    def write(self, note_id: str, before: Network | None = None) -> bool:
        """Let the person write a note. `before` is the network without it, when it was made for this just now."""
        self.finish()
        self._note, self._before = self._store.network.notes[note_id], before
        return self._open(self._note.text, LONGEST_TEXT, tr("Text of the note"), one_line=False)

    def finish(self, counts: bool = True) -> None:
        """End what is being written; nothing happens when nothing is."""
        if self._field:
            self._field.finish(counts)

    def settle(self) -> None:
        """Stay over the block or note, wherever it is seen."""
        if self._field:
            scale = max(SMALLEST_SCALE, self._view.transform().m11())
            self._field.setFont(_scaled(text_font(bold=self._block is not None), scale))
            room = self.room()
            self._field.move(self._view.mapFromScene(room.topLeft()))
            across = self._view.transform().m11() if self._titled else scale
            width, height = max(room.width() * across, LEAST[0]), max(room.height() * scale, LEAST[1])
            self._field.take_room(width, height, self._view.height())
            self.placed.emit(self._field.geometry())

    @property
    def _titled(self) -> bool:
        """The head of a frame is written, which is as wide as the frame is seen."""
        return self._note is not None and self._note.kind == "frame"

    def room(self) -> QRectF:
        """Where on the canvas the title or the text stands."""
        if self._block:
            item = self._scene.blocks[self._block]
            return _heading(item.look.size).translated(item.pos())
        assert self._note
        return note_geometry.head(self._note) if self._note.kind == "frame" else note_geometry.area(self._note)

    def _open(self, text: str, longest: int, name: str, *, one_line: bool) -> bool:
        self._field = TextField(self._view, text, longest, name, one_line=one_line)
        self._field.ended.connect(self._end)
        self._field.textChanged.connect(self.settle)
        self.settle()
        self._field.show()
        self._field.setFocus()
        return True

    def _end(self, counts: bool) -> None:
        text, block_id, note, before = self._close()
        if block_id and counts:
            self._give_title(block_id, text)
        elif note and before:
            self._give_first_text(note, text if counts else note.text, before)
        elif note and counts:
            self._store.edit(tr("Write the note"), self._with_text(note, text))
        self.ended.emit()

    def _close(self) -> tuple[str, str | None, Note | None, Network | None]:
        """Take the field away; what it held and was opened for."""
        field, block_id, note, before = self._field, self._block, self._note, self._before
        assert field
        self._field = self._block = self._note = self._before = None
        text, had_focus = field.text(), field.hasFocus()
        field.blockSignals(True)
        field.hide()
        field.deleteLater()
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        return text, block_id, note, before

    def _give_title(self, block_id: str, title: str) -> None:
        store = self._store
        if title != store.network.blocks[block_id].heading:
            store.edit(tr("Rename") + f" {block_id}", edits.rename(store.network, block_id, title))

    def _give_first_text(self, note: Note, text: str, before: Network) -> None:
        """A new note and its text are one step; a new plain note without text is none."""
        empty = note.kind == "note" and not text.strip()
        self._store.edit(new_label(note), before if empty else self._with_text(note, text), new_key(note))
        self._store.seal()

    def _with_text(self, note: Note, text: str) -> Network:
        """The network with a text in a note, which is made high enough for it."""
        network = notes.rewrite(self._store.network, note.id, text)
        area = note_geometry.roomy(network, network.notes[note.id])
        return notes.reshape(network, note.id, note_geometry.sides(area))

    def _follow(self) -> None:
        """What is written does not outlive its block or note, nor another edit of them."""
        network = self._store.network
        gone = self._block is not None and self._block not in network.blocks
        if gone or (self._note is not None and network.notes.get(self._note.id) != self._note):
            self._close()
            self.ended.emit()
        else:
            self.settle()


def _heading(size: tuple[float, float]) -> QRectF:
    """Where the title of a block stands, in the block's own coordinates."""
    width, height = size
    if height <= geometry.PILL_HEIGHT:
        return QRectF(24, 2, width - 28, height - 4)
    return QRectF(28, 4, width - 34, geometry.HEADER - 8)


def new_label(note: Note) -> str:
    return tr("Add a frame") if note.kind == "frame" else tr("Add a note")


def new_key(note: Note) -> str:
    """Merges the making of a note with the writing of its first text into one step."""
    return f"new {note.id}"


def _scaled(font: QFont, scale: float) -> QFont:
    font.setPointSizeF(font.pointSizeF() * scale)
    return font
