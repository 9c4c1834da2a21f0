"""The receptive field of the unit under the mouse, framed on the picture of the watched sample."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.network.sight import Fields
from convstudio.network.terms import Place
from convstudio.ui.lens.field_sight import field_box, seen
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.store import DocumentStore


class FieldHover(QObject):
    """Shows the field of a unit, by its block's name in the worker, and takes it away again."""

    def __init__(self, store: DocumentStore, panel: SamplePanel) -> None:
        super().__init__(panel)
        self._store, self._panel = store, panel
        store.changed.connect(self.leave)

    def show(self, block: str, channel: int, place: Place) -> None:
        """Frame what a unit can see; units of a vector have no place, and those of every channel see the same."""
        spans = seen(self._fields(block), place)
        self._panel.show_field(field_box(spans), flat=len(spans) == 1)

    def leave(self) -> None:
        """The mouse is on no unit any more."""
        self._panel.show_field(())

    def _fields(self, block: str) -> Fields:
        """Of a block that is edited now; nothing of others."""
        store = self._store
        here = next((i for i in store.network.blocks if store.full_id(i) == block), None)
        return store.sight.of(here) if here is not None else ()
