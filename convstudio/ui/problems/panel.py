"""The list of all problems and advice, over the canvas: each with its blocks as links and its remedies as buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.text import strong, tr
from convstudio.ui.theme import theme

WIDTH = 340
MARGIN = 12
PART = 0.8
"""It takes at most this part of the canvas' height."""
MOST = 50
"""More are not listed, only counted."""


class ProblemPanel(QFrame):
    """Lies in the lower left corner of its parent, since networks end at the right. Escape closes it."""

    block_chosen = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, advisor: Advisor, parent: QWidget) -> None:
        super().__init__(parent)
        self._advisor = advisor
        self.setObjectName("card")
        self.setAccessibleName(tr("Problems and advice"))
        self.setFixedWidth(WIDTH)
        self._title = QLabel()
        self.advice = QCheckBox(tr("Advice"))
        self.advice.setToolTip(tr("Also show where the network departs from sound habit"))
        self.advice.setChecked(advisor.wanted)
        self.advice.toggled.connect(advisor.want)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 6, 0)
        self._area = self._scrolling()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 10)
        column.addLayout(self._head())
        column.addWidget(self._area)
        advisor.changed.connect(self.follow)
        theme.changed.connect(self.follow)
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show the list and take the keyboard."""
        self.show()
        self.follow()
        self.raise_()
        self.setFocus()
        self.opened.emit()

    def follow(self) -> None:
        """Show what there is to say now, if the list is open."""
        self.advice.setChecked(self._advisor.wanted)
        if not self.isVisible():
            return
        while item := self._cards.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        found = self._advisor.all
        for problem in found[:MOST]:
            card = ProblemCard(problem, linked=True)
            card.fix_requested.connect(self._advisor.mend, Qt.ConnectionType.QueuedConnection)
            card.fix_hovered.connect(self._advisor.preview)
            card.block_chosen.connect(self.block_chosen)
            self._cards.addWidget(card)
            card.show()
        self._title.setText(strong(tr("Problems and advice") if found else tr("Nothing to mend")))
        if len(found) > MOST:
            self._cards.addWidget(QLabel(f"+ {len(found) - MOST} " + tr("more")))
        self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def shut(self) -> None:
        """Close the list."""
        self._advisor.preview(None)
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._settle()
        return False

    def _head(self) -> QHBoxLayout:
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setAccessibleName(tr("Close"))
        close.clicked.connect(self.shut)
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self.advice)
        row.addWidget(close)
        return row

    def _scrolling(self) -> QScrollArea:
        inner = QWidget()
        inner.setLayout(self._cards)
        inner.setObjectName("cards")
        inner.setStyleSheet("#cards { background: transparent; }")
        area = QScrollArea()
        area.setAccessibleName(tr("Problems and advice"))
        area.setStyleSheet("QScrollArea { background: transparent; }")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _settle(self) -> None:
        """In the corner, as high as the cards need."""
        parent = self.parentWidget()
        assert parent is not None
        self._cards.activate()
        room = WIDTH - 34
        cards = self._cards.totalHeightForWidth(room) if self._cards.hasHeightForWidth() else 0
        height = min(cards + 70, int(parent.height() * PART))
        self.setFixedHeight(max(48, height))
        self.move(MARGIN, parent.height() - self.height() - MARGIN)
