"""What the menu Arrange does: tidy, line up, spread; each one undoable step."""

from __future__ import annotations

from functools import partial
from typing import get_args

from PySide6.QtCore import QObject

from convstudio.network import edits
from convstudio.network.arrange import Axis, Box, Edge, align, distribute
from convstudio.network.layout import tidy
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.note_geometry import refitted
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench

LEAST = {"align": 2, "distribute": 3}
"""How many blocks must be selected."""


class Arranging(QObject):
    """Binds the actions of the menu Arrange to the selected blocks; tidying without a selection means all."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        actions = bench.actions
        actions.connect("tidy", self.tidy)
        for edge in get_args(Edge):
            actions.connect(f"align_{edge}", partial(self._align, edge))
        for axis in get_args(Axis):
            actions.connect(f"distribute_{axis}", partial(self._distribute, axis))
        self._store.changed.connect(self._follow)
        self._store.selection_changed.connect(self._follow)
        self._follow()

    def tidy(self) -> None:
        """Lay the selected blocks out anew, or all of them where none or one is selected."""
        store, network = self._store, self._store.network
        chosen = store.selection if len(store.selection) > 1 else tuple(network.blocks)
        sizes = {i: geometry.size(b.layer) for i, b in network.blocks.items()}
        places = tidy(network, sizes, chosen, self._bench.canvas.room())
        self._move(tr("Tidy") + " " + count(len(chosen), "block", "blocks"), places)
        if len(chosen) == len(network.blocks):
            self._bench.canvas.show_all()

    def _align(self, edge: Edge) -> None:
        self._move(self._bench.actions[f"align_{edge}"].text(), align(self._boxes(), edge))

    def _distribute(self, axis: Axis) -> None:
        self._move(self._bench.actions[f"distribute_{axis}"].text(), distribute(self._boxes(), axis))

    def _move(self, label: str, places: dict[str, tuple[float, float]]) -> None:
        before = self._store.network
        self._store.edit(label, refitted(before, edits.move(before, places)))

    def _boxes(self) -> dict[str, Box]:
        blocks = self._store.network.blocks
        return {i: (blocks[i].x, blocks[i].y, *geometry.size(blocks[i].layer)) for i in self._store.selection}

    def _follow(self) -> None:
        """Say which of the actions can be done now."""
        actions, chosen = self._bench.actions, len(self._store.selection)
        actions["tidy"].setEnabled(bool(self._store.network.blocks))
        for edge in get_args(Edge):
            actions[f"align_{edge}"].setEnabled(chosen >= LEAST["align"])
        for axis in get_args(Axis):
            actions[f"distribute_{axis}"].setEnabled(chosen >= LEAST["distribute"])
