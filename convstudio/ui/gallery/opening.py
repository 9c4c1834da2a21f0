"""What "New from template" does: ties the action to the gallery, and the gallery to the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

if TYPE_CHECKING:
    from convstudio.ui.gallery.choices import Choice
    from convstudio.ui.gallery.gallery import Gallery


class TemplateOpening(QObject):
    """The gallery of one window, made when it is first asked for."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self.gallery: Gallery | None = None
        bench.actions.connect("templates", self.ask)

    def ask(self) -> None:
        """Show the gallery."""
        from convstudio.ui.gallery.gallery import Gallery

        if self.gallery is None:
            self.gallery = Gallery(self._bench.window)
            self.gallery.chosen.connect(self.begin)
        self.gallery.ask(self._bench.store.document.data.name)

    def begin(self, choice: Choice) -> None:
        """Open a template as a new document, which is not saved anywhere yet."""
        self._bench.files.begin(choice.document(), tr(choice.template.title))
