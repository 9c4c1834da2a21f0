"""The part of the Block tab that shows the selected notes and makes what is chosen there an edit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from convstudio.network import notes
from convstudio.network.document import Colour, NoteKind
from convstudio.ui.canvas.note_geometry import carried
from convstudio.ui.inspector.note_card import NoteCard
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


class NoteSection(QWidget):
    """Follows the store; hidden while no note is selected."""

    write_requested = Signal()

    def __init__(self, store: DocumentStore) -> None:
        super().__init__()
        self._store = store
        self.card = NoteCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        self.card.colour_chosen.connect(self._recolour)
        self.card.kind_chosen.connect(self._turn)
        self.card.write_requested.connect(self.write_requested)
        store.changed.connect(self.follow)
        store.selection_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the notes that are selected now."""
        network, chosen = self._store.network, self._store.selected_notes
        self.setVisible(bool(chosen))
        if chosen:
            inside = carried(network, (), chosen)[0]
            facts = self._store.analysis.blocks
            self.card.show_notes([network.notes[i] for i in chosen], [facts[i] for i in inside])

    def _recolour(self, colour: Colour) -> None:
        network = notes.recolour(self._store.network, self._store.selected_notes, colour)
        self._store.edit(tr("Colour the note"), network)
        self.follow()

    def _turn(self, kind: NoteKind) -> None:
        network = notes.turn_into(self._store.network, self._store.selected_notes, kind)
        self._store.edit(tr("Make it a frame") if kind == "frame" else tr("Make it a note"), network)
        self.follow()
