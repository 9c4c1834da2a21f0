"""Your own blocks: binds the dialog of plugins to the shelf, and the palettes to what is in use."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.plugins.loading import PluginError
from convstudio.plugins.shelf import Shelf
from convstudio.ui.palette.plugins_dialog import PluginsDialog
from convstudio.ui.workbench import Workbench

EXAMPLE = "soft_threshold.py"


class OwnBlocks(QObject):
    """Opens the dialog of one window, and tells at its start which plugins cannot be used."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._shelf = bench, bench.windows.shelf
        self.dialog: PluginsDialog | None = None
        bench.actions["own_blocks"].setEnabled(self._shelf is not None)
        bench.actions.connect("own_blocks", self.open)
        for complaint in bench.windows.take_complaints():
            bench.notices.warn(complaint)

    def open(self) -> None:
        """Show the dialog, with the folder as it is now."""
        if self._shelf and self.dialog is None:
            self.dialog = PluginsDialog(self._bench.window)
            self.dialog.looked_at.connect(self._show_text)
            self.dialog.agreed.connect(self._agree)
            self.dialog.forgotten.connect(self._forget)
            self.dialog.example_requested.connect(self._add_example)
            self.dialog.folder_requested.connect(self._open_folder)
            self.dialog.refresh_requested.connect(lambda: self._refresh())
        self._refresh()
        if self.dialog:
            self.dialog.open()

    def _refresh(self, chosen: str = "") -> None:
        if self._shelf and self.dialog:
            self.dialog.show_plugins(self._shelf.plugins(), chosen)

    def _show_text(self, name: str) -> None:
        if self._shelf and self.dialog:
            try:
                self.dialog.show_text(self._shelf.text(name))
            except PluginError as error:
                self.dialog.show_text(str(error))

    def _agree(self, name: str) -> None:
        self._change(lambda shelf: shelf.agree(name))
        for bench in self._bench.windows.benches:
            bench.palette.set_kinds(catalogue())

    def _forget(self, name: str) -> None:
        self._change(lambda shelf: shelf.forget(name))

    def _add_example(self) -> None:
        """The example in the folder and chosen; one that is there, changed perhaps, stays as it is."""
        self._change(lambda shelf: shelf.add(asset("plugins", EXAMPLE)))
        self._refresh(EXAMPLE)

    def _change(self, change: Callable[[Shelf], object]) -> None:
        if self._shelf is None:
            return
        try:
            change(self._shelf)
        except (PluginError, OSError) as error:
            self._bench.notices.warn(str(error))
        self._refresh()

    def _open_folder(self) -> None:
        if self._shelf:
            self._shelf.folder.mkdir(parents=True, exist_ok=True)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shelf.folder)))
