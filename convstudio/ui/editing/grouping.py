"""What menus and keys do with groups: make one, dissolve one, look inside, come out again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.network import grouping
from convstudio.network.group import Group
from convstudio.ui.editing.breadcrumbs import Breadcrumbs
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench


class Grouping(QObject):
    """Binds the actions on groups of one window."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        self.breadcrumbs = Breadcrumbs(bench.store, bench.canvas)
        actions = bench.actions
        actions.connect("group", self.group)
        actions.connect("ungroup", self.ungroup)
        actions.connect("open_group", self.open)
        actions.connect("level_up", self._store.leave)
        actions.connect("next_copy", partial(self._turn, 1))
        actions.connect("previous_copy", partial(self._turn, -1))
        self._store.changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Offer what can be done with what is selected, here."""
        actions, chosen = self._bench.actions, self._store.selection
        blocks = self._store.network.blocks
        groups = [i for i in chosen if isinstance(blocks[i].layer, Group)]
        actions["group"].setEnabled(bool(chosen))
        actions["ungroup"].setEnabled(bool(groups))
        actions["open_group"].setEnabled(len(chosen) == len(groups) == 1)
        actions["level_up"].setEnabled(bool(self._store.level))
        for name in ("next_copy", "previous_copy"):
            actions[name].setEnabled(max(self._store.place.many, default=1) > 1)
        self._bench.palette.set_within(bool(self._store.level))

    def group(self) -> None:
        """Make one block of those that are selected and let the person name it, or say why that cannot be."""
        store, chosen = self._store, self._store.selection
        if reason := grouping.refusal(store.network, chosen, len(store.level)):
            self._bench.notices.warn(reason)
            return
        network, group_id = grouping.group(store.network, chosen, level=len(store.level))
        store.edit(tr("Group") + " " + count(len(chosen), "block", "blocks"), network)
        store.select((group_id,))
        self._bench.canvas.show_block(group_id)
        self._bench.canvas.writing.rename(group_id)

    def ungroup(self) -> None:
        """Put the blocks of the selected groups in their place."""
        store, network = self._store, self._store.network
        new_ids: list[str] = []
        groups = [i for i in store.selection if isinstance(network.blocks[i].layer, Group)]
        for group_id in groups:
            network, ids = grouping.ungroup(network, group_id)
            new_ids += ids
        store.edit(tr("Ungroup"), network)
        store.select(new_ids)

    def _turn(self, by: int) -> None:
        """Look at the next copy, or the one before, of the innermost repeated group; round and round."""
        self._store.choose_copies(turned(self._store.place.copies, self._store.place.many, by))

    def open(self) -> None:
        """Look into the selected group."""
        self._bench.canvas.open_group(self._store.selection[0])
        self._bench.canvas.setFocus()


def turned(copies: tuple[int, ...], many: tuple[int, ...], by: int) -> tuple[int, ...]:
    """The copies after a step: the innermost repeated group turns first, and at its end carries to the one outside."""
    found = list(copies)
    for n in reversed(range(len(many))):
        found[n] = (copies[n] + by) % many[n]
        if 0 <= copies[n] + by < many[n]:
            break
    return tuple(found)
