"""Any view of the window as a picture: by its right button, or the Menu key, as a file or on the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenu, QWidget

from convstudio.ui.editing import clipboard
from convstudio.ui.finder import Entry
from convstudio.ui.saving import painted
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

FORMS = {"png": "Save as a picture (PNG)…", "svg": "Save as a drawing (SVG)…", "pdf": "Save as a document (PDF)…"}


class ViewSaving(QObject):
    """Offers that for one view, whose size on the screen is that of the picture."""

    def __init__(self, view: QWidget, name: str, title: str, files: PictureFiles) -> None:
        """`name` is added to the project's in the name of a file; `title` is what people call the view."""
        super().__init__(view)
        self._view, self._name, self._title, self._files = view, name, title, files
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open)

    def menu(self) -> QMenu:
        """What can be done with the view."""
        menu = QMenu(self._view)
        menu.addAction(tr("Copy as a picture"), self.copy)
        menu.addSeparator()
        for kind, words in FORMS.items():
            menu.addAction(tr(words), partial(self.save, kind))
        return menu

    def entries(self) -> Sequence[Entry]:
        """The same for the search of commands, while the view can be seen."""
        if not self._view.isVisible():
            return ()
        words = tr("Save the view as a picture…")
        return (Entry(f"{self._title}: {words}", f"view picture {self._name}", "", partial(self.save, "png")),)

    def save(self, kind: str) -> None:
        """Ask for a file of this kind, and write what is seen now."""
        data = painted.FORMS[kind](self._view.size(), self._paint)
        self._files.save(self._title, f"-{self._name}", kind, lambda: data)

    def copy(self) -> None:
        """Put what is seen now on the clipboard."""
        clipboard.put_picture(painted.image(self._view.size(), self._paint))

    def _paint(self, painter: QPainter) -> None:
        painter.fillRect(self._view.rect(), theme.colour("panel"))
        self._view.render(painter, QPoint())

    def _open(self, at: QPoint) -> None:
        self.menu().popup(self._view.mapToGlobal(at))


def savable(views: Sequence[tuple[QWidget, str, str]], files: PictureFiles) -> Callable[[], list[Entry]]:
    """Let all these views be saved; gives what the search of commands offers of them."""
    made = [ViewSaving(view, name, title, files) for view, name, title in views]
    return lambda: [entry for saving in made for entry in saving.entries()]
