"""The gallery: a dialog with a card for every template, a search, and the details of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from convstudio.templates import Template
from convstudio.ui.gallery.cards import TEMPLATE_ROLE, CardList, TemplateModel
from convstudio.ui.gallery.choices import Choice
from convstudio.ui.gallery.detail import TemplateDetail
from convstudio.ui.text import tr

LARGEST = QSize(1090, 690)
LEFT_TO_THE_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
"""Keys that move among the cards also while the search has the focus."""


class Gallery(QDialog):
    """Typing searches, arrow keys move among the cards, Enter opens; `chosen` carries the Choice."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New from template"))
        self._data = ""
        self.model = TemplateModel()
        self.field, self.cards, self.detail = QLineEdit(), CardList(self.model), TemplateDetail()
        self.field.setPlaceholderText(tr("Find a network…"))
        self.field.setAccessibleName(tr("Find a network"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._search)
        self.cards.selectionModel().currentChanged.connect(self._show)
        self.cards.activated.connect(lambda _index: self.detail.open())
        self.detail.open_requested.connect(self._choose)
        self._lay_out()

    def ask(self, data: str) -> None:
        """Open over the window; networks are drawn for the data set of that name where they fit it."""
        self._data = data
        window = self.parentWidget()
        assert window is not None
        self.resize(LARGEST.boundedTo(window.size() - QSize(72, 60)))
        self.field.clear()
        self._search("")
        self.field.setFocus()
        self.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in LEFT_TO_THE_LIST:
            self.cards.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self.model.search(text)
        first = self.model.index(0)
        self.cards.setCurrentIndex(first)
        if not first.isValid():
            self.detail.show_template(None, self._data)

    def _show(self, now: QModelIndex) -> None:
        template: Template | None = now.data(TEMPLATE_ROLE) if now.isValid() else None
        self.detail.show_template(template, self._data)

    def _choose(self, choice: Choice) -> None:
        self.accept()
        self.chosen.emit(choice)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.field)
        left.addWidget(self.cards, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(16)
        whole.addLayout(left, 1)
        whole.addWidget(self.detail)
