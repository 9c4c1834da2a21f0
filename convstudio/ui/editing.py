"""What menus and keys do to the selection: delete, copy, paste, duplicate."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from convstudio.blocks import catalogue
from convstudio.network import edits, file
from convstudio.network.document import Document, Network
from convstudio.ui.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, tr

SHIFT = 40.0
"""How far a copy lies from its original, in canvas units."""


class Editing(QObject):
    """Edits of the selection. The clipboard carries a part of a network as the text of a project file."""

    def __init__(self, store: DocumentStore, notices: Notices) -> None:
        super().__init__(store)
        self._store = store
        self._notices = notices

    def delete(self) -> None:
        """Remove the selected blocks, healing the chain, or the selected wire."""
        store = self._store
        if store.selected_wire:
            wire = store.selected_wire
            store.edit(
                tr("Remove the wire") + f" {wire.source} → {wire.target}", edits.disconnect(store.network, [wire])
            )
        elif store.selection:
            label = tr("Delete") + " " + count(len(store.selection), "block", "blocks")
            store.edit(label, edits.remove(store.network, store.selection))

    def copy(self) -> None:
        """Put the selected blocks and the wires between them on the clipboard."""
        if self._store.selection:
            part = edits.fragment(self._store.network, self._store.selection)
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
        """Copy the selected blocks without the clipboard."""
        if self._store.selection:
            self._add(tr("Duplicate"), edits.fragment(self._store.network, self._store.selection))

    def _add(self, label: str, part: Network) -> None:
        shift = SHIFT
        while _covers(self._store.network, part, shift):
            shift += SHIFT
        network, new_ids = edits.paste(self._store.network, part, shift, shift)
        self._store.edit(f"{label} {count(len(new_ids), 'block', 'blocks')}", network)
        self._store.select(new_ids)


def _covers(network: Network, part: Network, shift: float) -> bool:
    """Whether a shifted copy would lie exactly on blocks that are there already, where nobody would see it."""
    taken = {(b.x, b.y) for b in network.blocks.values()}
    return any((b.x + shift, b.y + shift) in taken for b in part.blocks.values())
