"""What blocks and wires show of the network's work: the choices of the View menu, remembered for the next start."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from convstudio.ui.link.view_book import ViewBook
from convstudio.ui.thumbnails import Shown, Thumbnails
from convstudio.ui.wire_activity import WireActivity
from convstudio.ui.workbench import Workbench

ON_BLOCKS, ON_WIRES = "on_blocks", "wire_activity"
CHOICES: dict[str, Shown] = {"blocks_maps": "maps", "blocks_masks": "masks", "blocks_nothing": "nothing"}
"""What each action lets the blocks show."""


class Showing(QObject):
    """Binds the actions, of which one is on for the blocks."""

    def __init__(self, bench: Workbench, book: ViewBook, thumbnails: Thumbnails) -> None:
        super().__init__(bench)
        self._settings, self._thumbnails = bench.window.settings, thumbnails
        self.activity = WireActivity(bench.scene, book, self)
        self._group = QActionGroup(self)
        for name in CHOICES:
            self._group.addAction(bench.actions[name])
            bench.actions.connect(name, partial(self._choose, name))
        remembered = str(self._settings.value(ON_BLOCKS, "blocks_maps"))
        name = remembered if remembered in CHOICES else "blocks_maps"
        bench.actions[name].setChecked(True)
        thumbnails.show_only(CHOICES[name])
        wires = bench.actions["wire_activity"]
        wires.setChecked(bool(self._settings.value(ON_WIRES, False, type=bool)))
        wires.toggled.connect(self._shade)
        self.activity.set_on(wires.isChecked())

    def _choose(self, name: str) -> None:
        self._settings.setValue(ON_BLOCKS, name)
        self._thumbnails.show_only(CHOICES[name])

    def _shade(self, on: bool) -> None:
        self._settings.setValue(ON_WIRES, on)
        self.activity.set_on(on)
