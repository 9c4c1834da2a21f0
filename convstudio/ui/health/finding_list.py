"""The findings of the doctor below one another, or the sentence that there are none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from convstudio.doctor.finding import Finding
from convstudio.ui.health.finding_card import FindingCard
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


class FindingList(QScrollArea):
    """Cards for findings; those that stay the same are left as they are."""

    remedy_requested = Signal(object)
    block_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 2, 6, 2)
        self._column.setSpacing(6)
        inner = QWidget()
        inner.setLayout(self._column)
        self._none = Sentence()
        self._cards: list[FindingCard] = []
        self._column.addWidget(self._none, 1)
        self._column.addStretch()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        self.setAccessibleName(tr("What the doctor has found"))
        theme.changed.connect(self._rebuild)

    @property
    def cards(self) -> list[FindingCard]:
        return self._cards

    def set_findings(self, findings: tuple[Finding, ...], words: str) -> None:
        """Show these; `words` say where there are none why."""
        self._none.setText(words)
        if findings != self._findings:
            self._findings = findings
            self._rebuild()

    def sizeHint(self) -> QSize:
        return QSize(280, 200)

    def _rebuild(self) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = [FindingCard(finding) for finding in self._findings]
        for place, card in enumerate(self._cards):
            card.remedy_requested.connect(self.remedy_requested)
            card.block_chosen.connect(self.block_chosen)
            self._column.insertWidget(place, card)
        self._none.setVisible(not self._cards)
