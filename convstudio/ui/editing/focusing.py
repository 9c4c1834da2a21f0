"""Ways of the focus by keys: Enter goes from the canvas to the settings, Escape from there back to the canvas."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from convstudio.ui.forms.form import Form
from convstudio.ui.workbench import Workbench


class Focusing(QObject):
    """Ties the canvas to the inspector's fields, and the commands that look around to the canvas."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        bench.canvas.settings_requested.connect(self.go_to_settings)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), bench.inspector)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(bench.canvas.setFocus)
        bench.actions.connect("connect", bench.canvas.connect_by_keys)
        bench.actions.connect("zoom_selection", bench.canvas.show_selection)
        self._store.changed.connect(self._follow)
        self._store.selection_changed.connect(self._follow)
        self._follow()

    def go_to_settings(self) -> None:
        """The first field of the selected block, or its title where it has no settings."""
        if not self._store.selection:
            return
        self._bench.docks["inspector"].show()
        tab = self._bench.inspector.block
        self._bench.inspector.setCurrentWidget(tab)
        if field := next(_fields(tab), None):
            field.setFocus(Qt.FocusReason.TabFocusReason)
            tab.ensureWidgetVisible(field)

    def _follow(self) -> None:
        """Say which of the actions can be done now."""
        store, actions = self._store, self._bench.actions
        blocks = [store.network.blocks[i] for i in store.selection]
        actions["connect"].setEnabled(len(blocks) == 1 and not blocks[0].layer.ends)
        anything = store.selection or store.selected_wire or store.selected_notes
        actions["zoom_selection"].setEnabled(bool(anything))


def _fields(tab: QWidget) -> Iterator[QWidget]:
    """Where something can be entered: settings in their order, then the title."""
    forms = [form for form in tab.findChildren(Form) if form.isVisible()]
    for widget in (w for form in forms for w in form.findChildren(QWidget)):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
    yield from (line for line in tab.findChildren(QLineEdit) if line.isVisible())
