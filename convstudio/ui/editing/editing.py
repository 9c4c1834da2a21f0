"""What menus and keys do to the selection: delete, copy, paste, duplicate, copy as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPointF, Signal

from convstudio.network import edits, grouping, notes
from convstudio.network.document import Network
from convstudio.network.group import MAX_BLOCKS
from convstudio.ui.canvas.geometry import on_grid
from convstudio.ui.canvas.note_geometry import around
from convstudio.ui.canvas.photograph import photograph
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.editing import clipboard
from convstudio.ui.notices.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import blocks_and_notes, grouped, tr

SHIFT = 40.0
"""How far a copy lies from its original, in canvas units."""


class Editing(QObject):
    """Edits of the selection, and what goes over the clipboard."""

    image_pasted = Signal(object)
    """The path of an image file that was copied in a file manager."""
    picture_pasted = Signal(object)
    """A picture (QImage) that was copied in another program."""

    def __init__(self, store: DocumentStore, notices: Notices, canvas: CanvasView) -> None:
        super().__init__(store)
        self._store, self._notices, self._canvas = store, notices, canvas

    def delete(self) -> None:
        """Remove the selected blocks and notes, healing the chain, or the selected wire."""
        store = self._store
        if store.selected_wire:
            wire = store.selected_wire
            store.edit(
                tr("Remove the wire") + f" {wire.source} → {wire.target}", edits.disconnect(store.network, [wire])
            )
        elif store.selection or store.selected_notes:
            label = tr("Delete") + " " + blocks_and_notes(len(store.selection), len(store.selected_notes))
            network = edits.remove(store.network, store.selection)
            store.edit(label, notes.remove(network, store.selected_notes))

    def copy(self) -> None:
        """Put the selected blocks and notes, and the wires between the blocks, on the clipboard."""
        if part := self._selected_part():
            clipboard.put_part(part)

    def copy_picture(self) -> None:
        """Put a picture of what is selected, or of the whole canvas, on the clipboard."""
        if taken := photograph(self._canvas.content_scene):
            picture = taken.image()
            clipboard.put_picture(picture)
            words = tr("A picture is on the clipboard:") + f" {picture.width()} × {picture.height()} " + tr("pixels.")
            self._notices.info(words)

    def cut(self) -> None:
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add what the clipboard holds, where the mouse is; says so when that is no part of a network.

        An image becomes the sample.
        """
        if image := clipboard.taken_image():
            (self.image_pasted if isinstance(image, Path) else self.picture_pasted).emit(image)
            return
        try:
            part = clipboard.taken_part()
        except clipboard.ClipboardError as error:
            self._notices.warn(tr("The clipboard holds no part of a network:") + f" {error}")
            return
        if len(self._store.network.blocks) + len(part.blocks) > MAX_BLOCKS:
            self._notices.warn(tr("Too many blocks: a network has at most") + f" {grouped(MAX_BLOCKS)}.")
            return
        if words := grouping.too_deep(part.depth, len(self._store.level)):
            self._notices.warn(tr(words))
            return
        self._add(tr("Paste"), part, self._canvas.pointed_at())

    def duplicate(self) -> None:
        """Copy what is selected without the clipboard."""
        if part := self._selected_part():
            self._add(tr("Duplicate"), part)

    def _selected_part(self) -> Network | None:
        ids, note_ids = self._store.selection, self._store.selected_notes
        return edits.fragment(self._store.network, ids, note_ids) if ids or note_ids else None

    def _add(self, label: str, part: Network, at: QPointF | None = None) -> None:
        before, shift = self._store.network, self._shift(part, at)
        while _covers(before, part, shift):
            shift += QPointF(SHIFT, SHIFT)
        network, new_ids = edits.paste(before, part, shift.x(), shift.y())
        new_notes = [i for i in network.notes if i not in before.notes]
        self._store.edit(f"{label} {blocks_and_notes(len(new_ids), len(new_notes))}", network)
        self._store.select(new_ids, notes=new_notes)

    def _shift(self, part: Network, at: QPointF | None) -> QPointF:
        """How far a copy lies from where it was: at a point, or a little aside, or else where it can be seen."""
        room, near = around(part, part.blocks, part.notes), QPointF(SHIFT, SHIFT)
        if at is None and not self._canvas.seen().intersects(room.translated(near)):
            at = self._canvas.visible_centre()
        if at is None:
            return near
        away = at - room.center()
        return QPointF(on_grid(away.x()), on_grid(away.y()))


def _covers(network: Network, part: Network, shift: QPointF) -> bool:
    """Whether a shifted copy would lie exactly on what is there already, where nobody would see it."""
    taken = _places(network)
    return any((x + shift.x(), y + shift.y()) in taken for x, y in _places(part))


def _places(network: Network) -> set[tuple[float, float]]:
    return {(b.x, b.y) for b in network.blocks.values()} | {(n.x, n.y) for n in network.notes.values()}
