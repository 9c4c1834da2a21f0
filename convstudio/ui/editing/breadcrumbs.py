"""The way into the open group, as a row of buttons at the top of the canvas: each leads back to its level."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from convstudio.ui.copy_choice import CopyChoice
from convstudio.ui.level import headings
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

MARGIN = 12
LONGEST = 28
"""Letters of a title that are shown."""


class Breadcrumbs(QFrame):
    """Lies over the canvas while a group is open; hidden outside."""

    def __init__(self, store: DocumentStore, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._store = store
        self._shown: tuple[object, ...] = ()
        self.setObjectName("card")
        self.setAccessibleName(tr("Way to the open group"))
        self.copies: list[CopyChoice] = []
        """Of the repeated groups on the way, from outside."""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 3, 10, 3)
        self._row.setSpacing(2)
        self.move(MARGIN, MARGIN)
        self.hide()
        store.changed.connect(self.follow)
        store.state_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Name the document and the groups that are open."""
        level = self._store.level
        titles = (self._store.title, *headings(self._store.document.network, level))
        if level and (titles, self._store.place.many) != self._shown:
            self._fill(titles)
        for choice in self.copies if level else ():
            choice.follow()
        self.setVisible(bool(level))
        self.raise_()

    def _fill(self, titles: tuple[str, ...]) -> None:
        self._shown, self.copies = (titles, self._store.place.many), []
        while item := self._row.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for number, title in enumerate(titles[:-1]):
            self._row.addWidget(self._button(title, number))
            self._add_copies(number - 1)
            self._row.addWidget(_dim("›"))
        here = QLabel(_short(titles[-1]))
        here.setTextFormat(Qt.TextFormat.PlainText)
        here.setStyleSheet("font-weight: 600;")
        here.setToolTip(tr("Double-click a group to look inside; Alt+Up leads out"))
        self._row.addWidget(here)
        self._add_copies(len(titles) - 2)
        for number in range(self._row.count()):
            if (item := self._row.itemAt(number)) and (widget := item.widget()):
                widget.show()
        self.resize(self._row.sizeHint())

    def _add_copies(self, depth: int) -> None:
        """Behind a group that is repeated: which of its copies is looked at."""
        if depth >= 0 and self._store.place.many[depth] > 1:
            self.copies.append(CopyChoice(self._store, depth))
            self._row.addWidget(self.copies[-1])

    def _button(self, title: str, number: int) -> QToolButton:
        button = QToolButton()
        button.setText(_short(title).replace("&", "&&"))
        button.setAutoRaise(True)
        button.setStyleSheet("padding: 1px 5px;")
        button.setToolTip(tr("Back to") + f" {title}")
        button.setAccessibleName(tr("Back to") + f" {title}")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(partial(self._go, number))
        return button

    def _go(self, number: int, _checked: bool = False) -> None:
        """Back to a level, where the group that leads on is selected."""
        level = self._store.level
        self._store.enter(level[:number])
        self._store.select(level[number : number + 1])


def _dim(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    return label


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
