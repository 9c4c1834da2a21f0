"""What menus and keys do with frozen blocks: freeze the weights of what is selected, or let them learn again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.network import freezing
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench


class Freezing(QObject):
    """Binds the action of one window; it has a tick where all that is selected is frozen."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._store, self._action = bench.store, bench.actions["freeze"]
        bench.actions.connect("freeze", self.toggle)
        bench.actions["reset_weights"].setEnabled(False)  # until there is a worker that has weights
        bench.inspector.block.freeze_box.asked.connect(lambda frozen: freeze_selected(self._store, frozen))
        self._store.changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Offer it where the selection has weights."""
        chosen = weighing(self._store)
        self._action.setEnabled(bool(chosen))
        self._action.setChecked(bool(chosen) and all_frozen(self._store, chosen))

    def toggle(self) -> None:
        freeze_selected(self._store, not all_frozen(self._store, weighing(self._store)))
        self.follow()


def weighing(store: DocumentStore) -> tuple[str, ...]:
    """The selected blocks that have weights, or hold blocks that have."""
    return tuple(i for i in store.selection if freezing.weighs(store.network.blocks[i].layer))


def all_frozen(store: DocumentStore, ids: tuple[str, ...]) -> bool:
    return all(freezing.is_frozen(store.network.blocks[i]) for i in ids)


def freeze_selected(store: DocumentStore, frozen: bool) -> None:
    """Freeze the selected blocks, or let them learn again, as one step."""
    if ids := weighing(store):
        what = ids[0] if len(ids) == 1 else count(len(ids), "block", "blocks")
        label = tr("Freeze") if frozen else tr("Let learn again:")
        store.edit(f"{label} {what}", freezing.freeze(store.network, ids, frozen))
