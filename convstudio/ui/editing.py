"""What menus and keys do to the selection: delete, copy, paste, duplicate."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from convstudio.blocks import catalogue
from convstudio.network import edits, file, notes
from convstudio.network.document import Document, Network
from convstudio.ui.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import blocks_and_notes, tr

SHIFT = 40.0
"""How far a copy lies from its original, in canvas units."""


class Editing(QObject):
    """Edits of the selection. The clipboard carries a part of a network as the text of a project file."""

    def __init__(self, store: DocumentStore, notices: Notices) -> None:
        super().__init__(store)
        self._store = store
        self._notices = notices

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
            QGuiApplication.clipboard().setText(file.dump(Document(part)))

    def cut(self) -> None:
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add what the clipboard holds; says so when that is no part of a network."""
        text = QGuiApplication.clipboard().text()
        try:
            part = file.parse(text, catalogue()).network
        except file.FileError as error:
            self._notices.warn(tr("The clipboard holds no part of a network:") + f" {error}")
            return
        self._add(tr("Paste"), part)

    def duplicate(self) -> None:
        """Copy what is selected without the clipboard."""
        if part := self._selected_part():
            self._add(tr("Duplicate"), part)

    def _selected_part(self) -> Network | None:
        ids, note_ids = self._store.selection, self._store.selected_notes
        return edits.fragment(self._store.network, ids, note_ids) if ids or note_ids else None

    def _add(self, label: str, part: Network) -> None:
        shift = SHIFT
        while _covers(self._store.network, part, shift):
            shift += SHIFT
        before = self._store.network
        network, new_ids = edits.paste(before, part, shift, shift)
        new_notes = [i for i in network.notes if i not in before.notes]
        self._store.edit(f"{label} {blocks_and_notes(len(new_ids), len(new_notes))}", network)
        self._store.select(new_ids, notes=new_notes)


def _covers(network: Network, part: Network, shift: float) -> bool:
    """Whether a shifted copy would lie exactly on what is there already, where nobody would see it."""
    taken = _places(network)
    return any((x + shift, y + shift) in taken for x, y in _places(part))


def _places(network: Network) -> set[tuple[float, float]]:
    return {(b.x, b.y) for b in network.blocks.values()} | {(n.x, n.y) for n in network.notes.values()}
