"""The notes of a scene: one item for each note and frame of the document, below the wires and blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import structs
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from convstudio.network.document import FARTHEST, Network, Note
from convstudio.ui.canvas import note_geometry as geometry
from convstudio.ui.canvas.motion import FAR, Motion
from convstudio.ui.canvas.note_geometry import Grip
from convstudio.ui.canvas.note_painter import paint_note
from convstudio.ui.text import tr

MARGIN = 12.0
"""Room around the body for the marks at its corners."""


class NoteItem(QGraphicsItem):
    """The picture of one note."""

    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note
        self._chosen = False
        self._hovered = False
        self.set_note(note)

    @property
    def note(self) -> Note:
        """What is shown: the document's note, or what a gesture is about to make of it."""
        return self._note

    def set_note(self, note: Note) -> None:
        self.prepareGeometryChange()
        self._note = note
        self.setPos(note.x, note.y)
        self.setZValue(_depth(note))
        self.setToolTip(tr("Drag moves what lies inside too; with Alt the frame alone") if note.kind == "frame" else "")
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def set_hovered(self, hovered: bool) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._note.width, self._note.height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        paint_note(painter, self._note, selected=self._chosen, hovered=self._hovered, scale=scale)


class NoteHit(NamedTuple):
    """The note under a point, and what of it a press would hold."""

    note: Note
    grip: Grip


class NoteLayer:
    """Holds items by note id. The document is the truth; this is its picture."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._items: dict[str, NoteItem] = {}
        self._notes: Mapping[str, Note] = {}
        self._motion = Motion(self._draw, self._areas, scene)

    @property
    def items(self) -> Mapping[str, NoteItem]:
        return self._items

    def follow(self, network: Network) -> None:
        """Make the items those of the network; what has come to lie elsewhere glides there."""
        moved = {i: _sides(self._items[i].note) for i in self._motion.interrupt()}
        self._notes = network.notes
        for note_id in self._items.keys() - network.notes.keys():
            self._scene.removeItem(self._items.pop(note_id))
        for note_id, note in network.notes.items():
            item = self._items.get(note_id)
            if item is None:
                item = self._items[note_id] = NoteItem(note)
                self._scene.addItem(item)
            elif item.note is not note:
                if max(abs(a - b) for a, b in zip(_sides(item.note), _sides(note), strict=True)) > FAR:
                    moved[note_id] = _sides(item.note)
                item.set_note(note)
        self._motion.glide({i: place for i, place in moved.items() if i in self._items})

    def arrive(self) -> None:
        """Notes that are still gliding are there."""
        self._motion.finish()

    def forget(self) -> None:
        """Notes of another document do not come from where those of the last one were."""
        self._motion.interrupt()
        self.follow(Network())

    def choose(self, note_ids: Iterable[str]) -> None:
        """Show these as selected."""
        chosen = set(note_ids)
        for note_id, item in self._items.items():
            item.set_chosen(note_id in chosen)

    def hover(self, note_id: str | None) -> None:
        """Show this one as lying under the mouse, and no other."""
        for known, item in self._items.items():
            item.set_hovered(known == note_id)

    def shift(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Draw notes elsewhere for the moment; the document is not changed."""
        for note_id, (x, y) in places.items():
            item = self._items[note_id]
            item.set_note(structs.replace(item.note, x=x, y=y))

    def _areas(self, ids: Iterable[str]) -> dict[str, geometry.Sides]:
        return {i: _sides(self._notes[i]) for i in ids if i in self._notes}

    def _draw(self, areas: Mapping[str, geometry.Sides]) -> None:
        for note_id, (x, y, width, height) in areas.items():
            note = self._notes[note_id]
            here = structs.replace(note, x=x, y=y, width=width, height=height)
            self._items[note_id].set_note(note if here == note else here)

    def stretch(self, note_id: str, area: QRectF) -> None:
        """Draw a note larger or smaller for the moment."""
        item = self._items[note_id]
        x, y, width, height = geometry.sides(area)
        item.set_note(structs.replace(item.note, x=x, y=y, width=width, height=height))

    def at(self, point: QPointF) -> NoteHit | None:
        """The topmost note that a press at a point would hold."""
        near = QRectF(point, point).adjusted(-geometry.REACH, -geometry.REACH, geometry.REACH, geometry.REACH)
        found = (i.note for i in self._scene.items(near) if isinstance(i, NoteItem))
        return next((NoteHit(n, grip) for n in found if (grip := geometry.grip_at(n, point))), None)

    def touched(self, band: QRectF) -> list[str]:
        """Ids of the notes that a rubber band touches, and of the frames that lie in it as a whole."""
        return [
            note_id
            for note_id, item in self._items.items()
            if (band.contains(geometry.area(item.note)) or item.note.kind == "note")
            and band.intersects(geometry.area(item.note))
        ]

    def repaint(self) -> None:
        for item in self._items.values():
            item.update()


def _sides(note: Note) -> geometry.Sides:
    return note.x, note.y, note.width, note.height


def _depth(note: Note) -> float:
    """Frames lie below notes, and large frames below small ones, so that each can be reached."""
    return -1.0 if note.kind == "note" else -2.0 - note.width * note.height / FARTHEST**2
