"""The keys of the canvas: arrows move, Alt and arrows go to the next block, Tab walks along wires, then over notes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from convstudio.network import edits
from convstudio.ui.canvas import geometry, walking
from convstudio.ui.canvas.note_geometry import carried
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Keyboard:
    """Turns keys into moves of the blocks and of the selection."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        store, arrow = self._store, ARROWS.get(Qt.Key(event.key()))
        if arrow and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return self._jump(arrow)
        if arrow and (store.selection or store.selected_notes):
            self._nudge(arrow, 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return True
        if event.key() == Qt.Key.Key_Escape:
            anything = store.selection or store.selected_wire or store.selected_notes
            store.select(()) if anything else store.leave()
            return True
        return False

    def walk(self, forward: bool) -> bool:
        """Select the next block along the wires, or the one before, then notes; False where there is none."""
        store, network = self._store, self._store.network
        if store.selected_notes and not store.selection:
            return self._walk_notes(forward)
        wire = store.selected_wire
        goal: str | None
        if wire:
            goal = wire.target if forward else wire.source
        elif store.selection:
            here = store.selection[-1 if forward else 0]
            goal = walking.following(network, here) if forward else walking.preceding(network, here)
        else:
            if not forward and network.notes:
                return self._walk_notes(forward)
            goal = walking.first(network) if forward else walking.last(network)
        if goal:
            store.select((goal,))
        return goal is not None or (forward and self._walk_notes(forward))

    def _walk_notes(self, forward: bool) -> bool:
        """Notes and frames come behind the last block, each once, those above first."""
        store, chosen = self._store, self._store.selected_notes
        here = chosen[-1 if forward else 0] if chosen else None
        if note := walking.note_beside(store.network, here, forward):
            store.select((), notes=(note,))
            return True
        block = None if forward else walking.last(store.network)
        if block:
            store.select((block,))
        return block is not None

    def _jump(self, direction: tuple[int, int]) -> bool:
        store = self._store
        here = store.selection[-1] if store.selection else None
        goal = walking.nearest(store.network, here, direction) if here else walking.first(store.network)
        if goal:
            store.select((goal,))
        return True

    def _nudge(self, direction: tuple[int, int], steps: int) -> None:
        store, step = self._store, geometry.GRID * steps
        moved = carried(store.network, store.selection, store.selected_notes)
        network = edits.shift(store.network, *moved, direction[0] * step, direction[1] * step)
        store.edit(tr("Move"), network, merge=f"nudge {moved}")
