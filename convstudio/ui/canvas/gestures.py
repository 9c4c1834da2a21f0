"""Mouse gestures on the canvas: each is a small object that lives from press to release and ends in one edit."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from convstudio.network import edits, notes
from convstudio.network.document import Wire
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.copy_blocks import CopyBlocks
from convstudio.ui.canvas.draw_wire import draw_from
from convstudio.ui.canvas.gesture import Gesture, Hints
from convstudio.ui.canvas.guides import pulled
from convstudio.ui.canvas.items import BlockItem
from convstudio.ui.canvas.note_geometry import MOVE, carried
from convstudio.ui.canvas.note_gestures import ResizeNote
from convstudio.ui.canvas.note_layer import NoteHit
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.text import blocks_and_notes, tr

THRESHOLD = 3.0
"""Canvas units that a press must travel before it is a drag."""


ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
"""With one of these a click adds to the selection, or takes from it."""

Chosen = tuple[tuple[str, ...], tuple[str, ...]]
"""Ids of blocks, and of notes."""


class MoveBlocks:
    """Drag the selected blocks and notes; dropped on a wire, a single unconnected block is inserted into it.

    A frame takes what lies in it along, unless it is moved `bare`. A press that does not become a drag selects
    `alone`, the block or note that was pressed, and no other.
    """

    def __init__(
        self, scene: CanvasScene, hints: Hints, start: QPointF, alone: Chosen | None = None, *, bare: bool = False
    ) -> None:
        self._scene, self._hints, self._start, self._alone = scene, hints, start, alone
        network, chosen = scene.store.network, (scene.store.selection, scene.store.selected_notes)
        ids, note_ids = chosen if bare else carried(network, *chosen)
        self._origins = {i: (network.blocks[i].x, network.blocks[i].y) for i in ids}
        self._notes = {i: (network.notes[i].x, network.notes[i].y) for i in note_ids}
        self._moving = False
        self._guides: tuple[QLineF, ...] = ()
        self._wire: Wire | None = None

    def move(self, point: QPointF) -> None:
        self._moving = self._moving or (point - self._start).manhattanLength() > THRESHOLD
        if self._moving:
            self._guides = ()
            self._scene.shift(self._places(point))
            self._hints.show_guides(self._guides)
            self._scene.notes.shift(self._note_places(point))
            self._touch(self._insertable_wire(), point)

    def release(self, point: QPointF) -> None:
        wire = self._wire
        self._touch(None, point)
        store = self._scene.store
        if not self._moving:
            if self._alone:
                store.select(self._alone[0], notes=self._alone[1])
            return
        network = notes.move(edits.move(store.network, self._places(point)), self._note_places(point))
        label = tr("Move") + " " + blocks_and_notes(len(self._origins), len(self._notes))
        if wire:
            (block_id,) = self._origins
            network = edits.insert_on_wire(network, wire, block_id)
            label = tr("Insert") + f" {block_id}"
        store.edit(label, network)
        self._settle()

    def cancel(self) -> None:
        self._touch(None, self._start)
        self._settle()

    def _settle(self) -> None:
        self._hints.show_guides(())
        self._scene.settle(self._origins)
        self._scene.notes.follow(self._scene.store.network)

    def _note_places(self, point: QPointF) -> dict[str, tuple[float, float]]:
        delta = point - self._start
        dx, dy = geometry.on_grid(delta.x()), geometry.on_grid(delta.y())
        return {i: (x + dx, y + dy) for i, (x, y) in self._notes.items()}

    def _places(self, point: QPointF) -> dict[str, tuple[float, float]]:
        delta = point - self._start
        if self._notes:  # all go the same way, so that what lies in a frame stays where it is in it
            dx, dy = geometry.on_grid(delta.x()), geometry.on_grid(delta.y())
            return {i: (x + dx, y + dy) for i, (x, y) in self._origins.items()}
        blocks = self._scene.store.network.blocks
        raw = {i: (x + delta.x(), y + delta.y()) for i, (x, y) in self._origins.items()}
        if self._hints.free:
            return raw
        return self._in_line({i: geometry.snapped(blocks[i].layer, *place) for i, place in raw.items()})

    def _in_line(self, places: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        """Pulled into line with blocks near by."""
        items = self._scene.blocks
        moved = QRectF()
        for block_id, place in places.items():
            moved |= QRectF(QPointF(*place), items[block_id].body.size())
        pull = pulled(moved, (item.body for i, item in items.items() if i not in places))
        self._guides = pull.lines
        return {i: (x + pull.by.x(), y + pull.by.y()) for i, (x, y) in places.items()}

    def _insertable_wire(self) -> Wire | None:
        if len(self._origins) != 1 or self._notes:
            return None
        (block_id,) = self._origins
        network = self._scene.store.network
        block = network.blocks[block_id]
        connected = network.incoming.get(block_id) or network.outgoing.get(block_id)
        if connected or not block.layer.ports or block.layer.ends:
            return None
        item = self._scene.blocks[block_id]
        line = self._scene.wire_at(item.pos() + QPointF(item.look.size[0] / 2, item.look.size[1] / 2))
        return line.wire if line else None

    def _touch(self, wire: Wire | None, point: QPointF) -> None:
        self._scene.touch(wire)
        self._wire = wire
        if wire:
            self._hints.show_hint(tr("release to insert here"), "accent", point)
        else:
            self._hints.hide_hint()


class RubberBand:
    """Draw a rectangle; the blocks and notes it touches become the selection, added to `kept`."""

    def __init__(self, scene: CanvasScene, hints: Hints, start: QPointF, kept: Chosen) -> None:
        self._scene, self._hints, self._start, self._kept = scene, hints, start, kept
        self._before = scene.store.selection, scene.store.selected_notes

    def move(self, point: QPointF) -> None:
        area = QRectF(self._start, point).normalized()
        self._hints.show_band(area)
        touched = [
            i
            for i, item in self._scene.blocks.items()
            if area.intersects(QRectF(item.pos(), item.pos() + QPointF(*item.look.size)))
        ]
        noted = self._scene.notes.touched(area)
        self._scene.store.select((*self._kept[0], *touched), notes=(*self._kept[1], *noted))

    def release(self, point: QPointF) -> None:
        self._hints.show_band(None)

    def cancel(self) -> None:
        self._hints.show_band(None)
        self._scene.store.select(self._before[0], notes=self._before[1])


def begin(scene: CanvasScene, hints: Hints, point: QPointF, modifiers: Qt.KeyboardModifier) -> Gesture:
    """The gesture that a left press at `point` starts; it may change the selection at once."""
    item = scene.block_at(point)
    adding = bool(modifiers & ADDING)
    if item:
        gesture = _on_block(scene, hints, point, item, adding)
        copying = modifiers & Qt.KeyboardModifier.AltModifier and isinstance(gesture, MoveBlocks)
        return CopyBlocks(scene, hints, point) if copying else gesture
    if line := scene.wire_at(point):
        scene.store.select((), line.wire)
        return Nothing()
    if hit := scene.notes.at(point):
        return _on_note(scene, hints, point, hit, modifiers)
    kept: Chosen = (scene.store.selection, scene.store.selected_notes) if adding else ((), ())
    scene.store.select(kept[0], notes=kept[1])
    return RubberBand(scene, hints, point, kept)


class Nothing:
    """A press that leads to no drag."""

    def move(self, point: QPointF) -> None:
        """A click on a wire only selects it."""

    def release(self, point: QPointF) -> None:
        """The selection was made at the press."""

    def cancel(self) -> None:
        """There is nothing to take back."""


def _on_block(scene: CanvasScene, hints: Hints, point: QPointF, item: BlockItem, adding: bool) -> Gesture:
    if port := item.port_at(point):
        return draw_from(scene, hints, item, *port)
    chosen, noted = scene.store.selection, scene.store.selected_notes
    if adding:
        scene.store.select(_toggled(chosen, item.block_id), notes=noted)
    elif item.block_id not in chosen:
        scene.store.select((item.block_id,))
    return MoveBlocks(scene, hints, point, None if adding else ((item.block_id,), ()))


def _on_note(scene: CanvasScene, hints: Hints, point: QPointF, hit: NoteHit, modifiers: Qt.KeyboardModifier) -> Gesture:
    chosen, note_id = scene.store.selected_notes, hit.note.id
    adding = bool(modifiers & ADDING)
    if adding:
        scene.store.select(scene.store.selection, notes=_toggled(chosen, note_id))
    elif note_id not in chosen or hit.grip != MOVE:
        scene.store.select((), notes=(note_id,))
    if hit.grip != MOVE and not adding:
        return ResizeNote(scene, hit)
    bare = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    return MoveBlocks(scene, hints, point, None if adding else ((), (note_id,)), bare=bare)


def _toggled(chosen: tuple[str, ...], one: str) -> tuple[str, ...]:
    others = tuple(i for i in chosen if i != one)
    return others if one in chosen else (*chosen, one)
