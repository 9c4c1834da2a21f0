"""What a person does with saved groups: save one, rename it, delete it. Adding one is like adding any block."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu

from convstudio.network import grouping
from convstudio.network.document import LONGEST_TITLE
from convstudio.network.file import FileError
from convstudio.network.group import Group
from convstudio.ui.palette.saved_groups import Saved
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class GroupSaving(QObject):
    """Binds the palette's section of saved groups, and the action that fills it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        self.saved = bench.windows.saved_groups
        self._found: tuple[Saved, ...] = ()
        self._told: set[str] = set()
        bench.actions.connect("save_group", self.save)
        bench.palette.saved_menu_requested.connect(self._ask)
        self.saved.changed.connect(self.follow)
        bench.added_also.append(lambda: self._found)
        self._store.changed.connect(self._offer)
        self._store.selection_changed.connect(self._offer)
        self.follow()
        self._offer()

    def follow(self) -> None:
        """Show what is saved; say of each broken file once that it is left out."""
        self._found, faults = self.saved.read()
        self._bench.palette.show_saved(self._found)
        for words in faults:
            if words not in self._told:
                self._told.add(words)
                self._bench.notices.warn(tr("A saved block was left out.") + f" {words}")

    def save(self) -> None:
        """Keep the selected group for other networks."""
        (group_id,) = self._store.selection
        block = self._store.network.blocks[group_id]
        if self._tried(partial(self.saved.save, block.heading, grouping.group_at(self._store.network, group_id))):
            self._bench.notices.info(f"“{block.heading}” {tr('is in the palette now, under Your blocks.')}")

    def _offer(self) -> None:
        chosen, blocks = self._store.selection, self._store.network.blocks
        one = len(chosen) == 1 and isinstance(blocks[chosen[0]].layer, Group)
        self._bench.actions["save_group"].setEnabled(one)

    def _ask(self, saved: Saved, at: QPoint) -> None:
        """Rename or delete; the program's own groups stay as they are."""
        menu = QMenu(self._bench.palette)
        menu.addAction(tr("Rename…"), partial(self.rename, saved)).setEnabled(saved.own)
        menu.addAction(tr("Delete"), partial(self.delete, saved)).setEnabled(saved.own)
        menu.popup(at)

    def rename(self, saved: Saved) -> None:
        title, sure = QInputDialog.getText(self._bench.window, tr("Rename the block"), tr("Title"), text=saved.title)
        if sure and title.strip():
            self._tried(partial(self.saved.rename, saved, title.strip()[:LONGEST_TITLE]))

    def delete(self, saved: Saved) -> None:
        """Delete it; the notice can bring it back."""
        if self._tried(partial(self.saved.delete, saved)):
            back = (tr("Bring it back"), partial(self._tried, partial(self.saved.save, saved.title, saved.group)))
            self._bench.notices.info(f"“{saved.title}” {tr('was deleted.')}", "", (back,))

    def _tried(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except FileError as error:
            self._bench.notices.error(str(error))
            return False
        return True
