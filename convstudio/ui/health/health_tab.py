"""The Health tab: the layers at the left, what the doctor has found at the right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from convstudio.doctor.finding import Finding
from convstudio.ui.health.finding_list import FindingList
from convstudio.ui.health.history import History
from convstudio.ui.health.layer_list import KINDS, LayerList
from convstudio.ui.health.words import TITLES
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import grouped, tr

WAITING = "As soon as the network can answer and data are chosen, you see here how every layer fares."
SLIM, ROOMY = 640, 1230
"""Below this width the findings are a page of their own; from this one on all kinds stand side by side."""
BOUNDLESS = 2**24 - 1
"""What Qt takes for no upper limit."""
PART, WIDEST = 0.36, 300
"""The findings take this part of the width, and at most so many pixels."""


class HealthTab(QWidget):
    """Shows the looks and findings that it is handed."""

    drawn = Signal()
    block_chosen = Signal(str)
    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = Sentence()
        self.sentence.promise(tr(WAITING))
        self._caption = Caption()
        tip = tr("Weights, their gradients, or the block's results")
        self._kinds = Segments(tr("What is shown of each layer"), tip)
        self._layers, self._findings = LayerList(), FindingList()
        self._build()
        self._layers.drawn.connect(self.drawn)
        self._layers.block_chosen.connect(self.block_chosen)
        self._findings.block_chosen.connect(self.block_chosen)
        self._findings.remedy_requested.connect(self.remedy_requested)
        self._kinds.chosen.connect(self._choose)

    def set_history(self, history: History, headings: Mapping[str, tuple[str, str]], share: float) -> None:
        """Show these looks. `share` is the part of the training time that all watching takes."""
        if not history.looks:
            self.clear()
            return
        last = history.looks[-1]
        where = f"{tr('step')} {grouped(last.step)}" if last.step else tr("untrained network")
        cost = f" · {tr('all watching takes')} {100 * share:.1f} % {tr('of the training time')}" if share else ""
        looks = f" · {len(history.looks)} {tr('looks')}" if len(history.looks) > 1 else ""
        self._caption.setText(f"{where} · {tr('a batch of')} {grouped(last.samples)} {tr('samples')}{looks}{cost}")
        self._pages.setCurrentIndex(1)
        self._layers.set_history(history, headings)

    def set_findings(self, findings: tuple[Finding, ...], words: str, ailing: Mapping[str, str]) -> None:
        """What the doctor has found, or why there is nothing; `ailing` are its words for each block."""
        self._findings.set_findings(findings, words)
        self._layers.set_ailing(ailing)

    def clear(self) -> None:
        """Nothing to show."""
        self._caption.setText("")
        self._pages.setCurrentIndex(0)

    @property
    def layers(self) -> LayerList:
        return self._layers

    @property
    def findings(self) -> FindingList:
        return self._findings

    @property
    def words(self) -> str:
        return self._caption.text() if self._pages.currentIndex() else self.sentence.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        slim, kinds = self.width() < SLIM, tuple(tr(TITLES[kind]) for kind in KINDS)
        self._kinds.set_choices((*kinds, tr("Doctor")) if slim else kinds)
        self._kinds.setVisible(self.width() < ROOMY)
        self._layers.set_side_by_side(self.width() >= ROOMY)
        self._choose(self._kinds.currentIndex())
        part = min(WIDEST, int(self.width() * PART))
        self._findings.setMinimumWidth(0 if slim else part)  # a slim tab must not keep the window from shrinking
        self._findings.setMaximumWidth(BOUNDLESS if slim else part)

    def _choose(self, index: int) -> None:
        """Show a kind of figures, or in a slim tab the findings."""
        slim, findings = self.width() < SLIM, index >= len(KINDS)
        self._page.setVisible(not findings)
        self._findings.setVisible(findings or not slim)
        if not findings:
            self._layers.set_kind(KINDS[index])

    def _build(self) -> None:
        self._kinds.set_choices(tuple(tr(TITLES[kind]) for kind in KINDS))
        self._page = QWidget()
        self._pages = QStackedLayout()
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(self._layers)
        self._page.setLayout(self._pages)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 6, 4, 4)
        whole.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(self._caption, 1)
        head.addWidget(self._kinds)
        whole.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._page, 1)
        row.addWidget(self._findings)
        whole.addLayout(row, 1)
