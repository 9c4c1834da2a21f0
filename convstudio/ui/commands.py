"""What each action of a window does: ties the action table to the widgets and the document."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from convstudio import __version__
from convstudio.ui.actions import ActionBook
from convstudio.ui.editing.editing import Editing
from convstudio.ui.finder import Entry
from convstudio.ui.text import tr
from convstudio.ui.theme import theme
from convstudio.ui.workbench import Workbench

ZOOM_STEP = 1.25
ON_SELECTION = ("cut", "copy", "duplicate")


class Commands(QObject):
    """Binds the actions of one window that need no worker."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self._store = bench.store
        self._editing = Editing(bench.store, bench.notices, bench.canvas)
        self._editing.image_pasted.connect(bench.files.image_given)
        self._editing.picture_pasted.connect(bench.files.picture_given)
        self._bind_editing(bench.actions)
        self._bind_view(bench.actions)
        self._store.state_changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        theme.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Say in each action what it would do now, and whether it can."""
        actions, history = self._bench.actions, self._store.history
        for name, label in (("undo", history.undo_label), ("redo", history.redo_label)):
            words = tr("Undo") if name == "undo" else tr("Redo")
            actions[name].setText(f"{words}: {label}" if label else words)
            actions[name].setEnabled(label is not None)
        for name in ON_SELECTION:
            actions[name].setEnabled(bool(self._store.selection or self._store.selected_notes))
        anything = self._store.selection or self._store.selected_wire or self._store.selected_notes
        actions["delete"].setEnabled(bool(anything))
        actions["dark"].setChecked(theme.dark)

    def _bind_editing(self, actions: ActionBook) -> None:
        actions.connect("undo", self._store.undo)
        actions.connect("redo", self._store.redo)
        for name in ("cut", "copy", "copy_picture", "paste", "duplicate", "delete"):
            actions.connect(name, getattr(self._editing, name))
        actions.connect("commands", self._search_commands)
        actions.connect("about", self._about)

    def _bind_view(self, actions: ActionBook) -> None:
        canvas = self._bench.canvas
        actions.connect("fit", canvas.show_all)
        actions.connect("zoom_in", lambda: canvas.zoom_by(ZOOM_STEP))
        actions.connect("zoom_out", lambda: canvas.zoom_by(1 / ZOOM_STEP))
        actions.connect("zoom_actual", lambda: canvas.zoom_by(1 / canvas.scale_factor))
        actions["dark"].triggered.connect(self._choose_colours)
        for name, dock in self._bench.docks.items():
            action = actions[f"show_{name}"]
            action.toggled.connect(dock.setVisible)
            action.setChecked(not dock.isHidden())
            dock.visibilityChanged.connect(lambda _seen, a=action, d=dock: a.setChecked(not d.isHidden()))
        actions["move_panels"].toggled.connect(lambda free: self._bench.lock_docks(not free))

    def _choose_colours(self, dark: bool) -> None:
        """From now on, also after the next start, the person's choice instead of the desktop's."""
        theme.choose(dark)
        self._bench.window.settings.setValue("own_colours", True)

    def _search_commands(self) -> None:
        entries = [
            Entry(action.text(), action.objectName(), action.shortcut().toString(), action.trigger)
            for action in self._bench.actions
            if action.isEnabled() and action.objectName() != "commands"
        ]
        entries += [entry for more in self._bench.found_also for entry in more()]
        self._bench.ask(tr("What would you like to do?"), entries)

    def _about(self) -> None:
        QMessageBox.about(
            self._bench.window,
            tr("About ConvStudio"),
            f"<h3>ConvStudio {__version__}</h3><p>"
            + tr("Build, train and look inside convolutional networks.")
            + "</p><p>"
            + tr("MIT licence. Uses Qt and PySide6 under the LGPL-3.0, pyqtgraph (MIT) and PyTorch (BSD).")
            + "</p>",
        )
