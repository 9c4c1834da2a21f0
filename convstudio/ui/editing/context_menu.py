"""The menus of the right button: what can be done with the block, wire, note or place under the cursor."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

LINE = "-"
EDITS = ("cut", "copy", "duplicate", "delete")
REACH = ("select_upstream", "select_downstream", "select_connected", "select_kind")
GROUPS = ("group", "ungroup", "save_group")
WEIGHTS = ("freeze", "reset_weights")
ALIGN = ("align_left", "align_centre", "align_right", "align_top", "align_middle", "align_bottom")
SPREAD = ("distribute_across", "distribute_down")

MENUS: dict[str, tuple[str, ...]] = {
    "block": (
        "open_group",
        "connect",
        "add_block",
        "rename",
        "lens",
        "mute",
        "mask_lab",
        "swap",
        LINE,
        *EDITS,
        LINE,
        *GROUPS,
        LINE,
        *WEIGHTS,
        LINE,
        *REACH,
        LINE,
        "frame",
        "zoom_selection",
    ),
    "blocks": (
        "mute",
        "swap",
        LINE,
        *EDITS,
        LINE,
        *GROUPS,
        LINE,
        *WEIGHTS,
        LINE,
        "tidy",
        *ALIGN,
        LINE,
        *SPREAD,
        LINE,
        *REACH,
        LINE,
        "frame",
        "zoom_selection",
    ),
    "wire": ("add_block", "mute", "delete", LINE, "zoom_selection"),
    "note": ("rename", LINE, *EDITS, LINE, "zoom_selection"),
    "canvas": ("level_up", "paste", "add_note", LINE, "select_all", "find_block", "tidy", LINE, "fit", "zoom_actual"),
}
"""The actions of each menu, by name; what cannot be done now is left out."""

WORDS = {
    ("block", "add_block"): "Add a block after it…",
    ("wire", "add_block"): "Insert a block…",
    ("block", "rename"): "Rename",
    ("note", "rename"): "Write",
}
"""What an action does there, where that says more than its words."""


class ContextMenu(QObject):
    """Opens the menu that the canvas asks for. Actions that others gave the canvas itself come last."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self.menu: QMenu | None = None
        bench.canvas.menu_requested.connect(self.open)

    def open(self, kind: str, point: QPointF, place: QPoint) -> None:
        """Show the menu for what lies at a point of the canvas, at a place of the screen."""
        if self.menu:
            self.menu.deleteLater()
        several = kind == "block" and len(self._bench.store.selection) > 1
        self.menu = self._filled("blocks" if several else kind, point)
        self.menu.popup(place)

    def _filled(self, kind: str, point: QPointF) -> QMenu:
        menu = QMenu(self._bench.window)
        if kind == "canvas":
            adding = menu.addAction(tr("Add a block here…"))
            adding.triggered.connect(lambda: self._bench.canvas.search_requested.emit(point))
        for name in MENUS[kind]:
            if name == LINE:
                menu.addSeparator()
            elif self._bench.actions[name].isEnabled():
                menu.addAction(self._worded(menu, kind, self._bench.actions[name]))
        if kind != "canvas":
            menu.addSeparator()
            menu.addActions(self._others())
        return menu

    def _worded(self, menu: QMenu, kind: str, action: QAction) -> QAction:
        """The action, or one that does the same and says what that is here."""
        words = WORDS.get((kind, action.objectName()))
        if words is None:
            return action
        named = QAction(tr(words), menu)
        named.triggered.connect(action.trigger)
        return named

    def _others(self) -> list[QAction]:
        known = set(self._bench.actions)
        return [a for a in self._bench.canvas.actions() if a not in known and a.isVisible()]
