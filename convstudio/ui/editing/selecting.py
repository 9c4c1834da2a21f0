"""What the menu Select does: takes in what leads here, what follows, what is alike; finds a block by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon

from convstudio.network import edits
from convstudio.network.document import Block, Network, Note
from convstudio.network.expansion import prefix
from convstudio.ui.canvas.note_geometry import head
from convstudio.ui.editing.note_colours import drop
from convstudio.ui.finder import Entry
from convstudio.ui.level import everything, way
from convstudio.ui.palette.palette import badge
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

SHOWN = 60
"""Letters of a note's first line that the search shows."""


def connected(network: Network, block_id: str) -> set[str]:
    """All that wires join with a block, in whatever direction."""
    found: set[str] = set()
    waiting = {block_id}
    while waiting:
        here = waiting.pop()
        found.add(here)
        near = {w.target for w in network.outgoing.get(here, ())}
        near |= {w.source for w in network.incoming.get(here, {}).values()}
        waiting |= near - found
    return found


def alike(network: Network, block_id: str) -> set[str]:
    """All blocks of the same kind."""
    kind = network.blocks[block_id].layer.kind
    return {i for i, b in network.blocks.items() if b.layer.kind == kind}


REACHES: dict[str, Callable[[Network, str], set[str]]] = {
    "select_upstream": edits.upstream,
    "select_downstream": edits.downstream,
    "select_connected": connected,
    "select_kind": alike,
}
"""By action: which blocks belong to a selected one."""


class Selecting(QObject):
    """Binds the actions of the menu Select."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        actions = bench.actions
        actions.connect("select_all", self._all)
        actions.connect("invert_selection", self._invert)
        actions.connect("find_block", self._find)
        for name, reach in REACHES.items():
            actions.connect(name, partial(self._grow, reach))
        self._store.changed.connect(self._follow)
        self._store.selection_changed.connect(self._follow)
        self._follow()

    def _grow(self, reach: Callable[[Network, str], set[str]]) -> None:
        chosen = self._store.selection
        more = set().union(*(reach(self._store.network, i) for i in chosen))
        self._store.select((*chosen, *(i for i in self._store.network.blocks if i in more)))

    def _all(self) -> None:
        self._store.select(self._store.network.blocks, notes=self._store.network.notes)

    def _invert(self) -> None:
        network, chosen, noted = self._store.network, set(self._store.selection), set(self._store.selected_notes)
        others = (i for i in network.blocks if i not in chosen)
        self._store.select(others, notes=[i for i in network.notes if i not in noted])

    def _find(self) -> None:
        """Blocks of the open level come first, then those in groups and outside; where the level is, their notes."""
        store = self._store
        found, before = everything(store.document.network), prefix(store.document.network, store.level)
        blocks = [(i, b, i == before + b.id) for i, b in found if i == before + b.id or not b.layer.inner]
        entries = [self._block_entry(i, b) for i, b, here in sorted(blocks, key=lambda found: not found[2])]
        entries += [_note_entry(note, partial(self._show_note, note)) for note in self._store.network.notes.values()]
        self._bench.ask(tr("Find which block or note?"), entries)

    def _block_entry(self, flat_id: str, block: Block) -> Entry:
        also = f"{flat_id} {tr(block.layer.title)} {block.layer.kind}"
        go, icon = partial(self._bench.reveal, flat_id), QIcon(badge(type(block.layer)))
        return Entry(block.heading, also, way(flat_id), go, icon)

    def _show_note(self, note: Note) -> None:
        self._store.select((), notes=(note.id,))
        self._bench.canvas.show_area(head(note))

    def _follow(self) -> None:
        """Say which of the actions can be done now."""
        actions = self._bench.actions
        for name in REACHES:
            actions[name].setEnabled(bool(self._store.selection))
        for name in ("select_all", "invert_selection", "find_block"):
            actions[name].setEnabled(bool(self._store.network.blocks or self._store.network.notes))


def _note_entry(note: Note, run: Callable[[], None]) -> Entry:
    """A note is found by any of its words and named by the first line that has some."""
    first = next((line for line in note.text.splitlines() if line.strip()), note.id)
    return Entry(first[:SHOWN], note.text, tr("frame") if note.kind == "frame" else tr("note"), run, drop(note.colour))
