"""What menus and keys do with notes: add one, frame the selection, give a colour, and write in place."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from convstudio.network import notes
from convstudio.network.document import Colour, Network, NoteKind
from convstudio.ui.canvas import geometry, note_geometry
from convstudio.ui.canvas.note_text import line_height
from convstudio.ui.canvas.writing import new_key, new_label
from convstudio.ui.editing.note_colours import COLOURS, drop, name
from convstudio.ui.text import tr
from convstudio.ui.theme import theme
from convstudio.ui.workbench import Workbench

NOTE_SIZE = (200.0, 40.0)
FRAME_SIZE = (400.0, 240.0)


class Noting(QObject):
    """Binds the actions on notes of one window."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store, self._canvas = bench, bench.store, bench.canvas
        bench.actions.connect("add_note", self.add_note)
        bench.actions.connect("frame", self.frame)
        bench.actions.connect("rename", self.rename)
        bench.actions.connect("select_inside", self.select_inside)
        self._menu = QMenu(tr("Colour"), bench.window)
        self._group = QActionGroup(self)
        self._colours = {colour: self._colour_action(colour) for colour in COLOURS}
        bench.canvas.addAction(self._menu.menuAction())
        bench.inspector.block.notes.write_requested.connect(self.rename)
        self._store.changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.follow()

    def follow(self) -> None:
        """Offer what can be done with what is selected."""
        chosen, blocks = self._store.selected_notes, self._store.selection
        self._menu.menuAction().setVisible(bool(chosen))
        self._bench.actions["rename"].setEnabled(len(chosen) + len(blocks) == 1)
        frames = any(self._store.network.notes[i].kind == "frame" for i in chosen)
        self._bench.actions["select_inside"].setEnabled(frames)
        used = {self._store.network.notes[i].colour for i in chosen}
        for colour, action in self._colours.items():
            action.setChecked(used == {colour})

    def add_note(self) -> None:
        """Put a note where the mouse is, or in the middle of what is seen, and let the person write.

        Where blocks lie it is put below them: under a block it could be neither read nor taken hold of.
        """
        pointed, (width, height) = self._canvas.pointed_at(), NOTE_SIZE
        middle = pointed + QPointF(width / 2, height / 2) if pointed else self._canvas.visible_centre()
        at = note_geometry.free_corner(self._store.network, NOTE_SIZE, middle)
        self._make("note", QRectF(geometry.on_grid(at.x()), geometry.on_grid(at.y()), *NOTE_SIZE), "", "none")

    def frame(self) -> None:
        """Put a frame behind what is selected, or an empty one in the middle, and let the person give it a title."""
        ids, note_ids = self._store.selection, self._store.selected_notes
        chosen = note_geometry.around(self._store.network, ids, note_ids)
        self._make("frame", _frame_area(chosen, self._canvas.visible_centre()), tr("Title"), "violet")

    def rename(self) -> None:
        """Write the title of the selected block, or the text of the selected note."""
        if len(self._store.selection) == 1:
            self._canvas.show_block(self._store.selection[0])
            self._canvas.writing.rename(self._store.selection[0])
        elif len(self._store.selected_notes) == 1:
            self._write(self._store.selected_notes[0])

    def select_inside(self) -> None:
        """Add to the selection what lies in the selected frames."""
        chosen = note_geometry.carried(self._store.network, self._store.selection, self._store.selected_notes)
        self._store.select(chosen[0], notes=chosen[1])

    def _make(self, kind: NoteKind, area: QRectF, text: str, colour: Colour) -> None:
        before = self._store.network
        network, note_id = notes.add(before, text, note_geometry.sides(area), kind, colour)
        note = network.notes[note_id]
        self._store.seal()
        self._store.edit(new_label(note), network, new_key(note))
        self._store.select((), notes=(note_id,))
        self._write(note_id, before)

    def _write(self, note_id: str, before: Network | None = None) -> None:
        self._canvas.show_area(note_geometry.head(self._store.network.notes[note_id]))
        self._canvas.writing.write(note_id, before)

    def _colour_action(self, colour: Colour) -> QAction:
        action = self._menu.addAction(name(colour))
        action.setCheckable(True)
        action.setActionGroup(self._group)
        action.triggered.connect(lambda _=False: self._recolour(colour))
        return action

    def _recolour(self, colour: Colour) -> None:
        chosen = self._store.selected_notes
        self._store.edit(tr("Colour the note"), notes.recolour(self._store.network, chosen, colour))
        self.follow()

    def _paint_icons(self) -> None:
        for colour, action in self._colours.items():
            action.setIcon(drop(colour))


def _frame_area(chosen: QRectF, middle: QPointF) -> QRectF:
    """Around what is selected, with room for a title above it; around the middle when nothing is."""
    if chosen.isEmpty():
        chosen = QRectF(middle.x() - FRAME_SIZE[0] / 2, middle.y() - FRAME_SIZE[1] / 2, *FRAME_SIZE)
    else:
        room = note_geometry.ROOM
        chosen = chosen.adjusted(-room, -room - 2 * line_height(), room, room)
    left, top = geometry.on_grid(chosen.left()), geometry.on_grid(chosen.top())
    return QRectF(left, top, geometry.on_grid(chosen.right()) - left, geometry.on_grid(chosen.bottom()) - top)
