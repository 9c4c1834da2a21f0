"""One finding of the doctor as a card: what it is, the evidence, the blocks, and what to try by one click."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convstudio.doctor.finding import Finding
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

OFFERED = 3
"""So many changes are offered; more would be no advice."""


class FindingCard(QFrame):
    """Shows a finding; a button for each change that may help."""

    remedy_requested = Signal(object)
    block_chosen = Signal(str)

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        token = "bad" if finding.serious else "warning"
        self.setObjectName("card")
        self.setStyleSheet(f"QFrame#card {{ border: 1px solid {theme.text(token)}; }}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        title = QLabel(f"!  {tr(finding.title)}")
        title.setWordWrap(True)
        title.setStyleSheet(f"color: {theme.text('bad' if finding.serious else 'warning_text')}; font-weight: 600;")
        column.addWidget(title)
        column.addWidget(self._text(finding.words))
        evidence = self._text("\n".join(finding.evidence), "")
        evidence.setFont(number_font(8))
        column.addWidget(evidence)
        if finding.blocks:
            column.addWidget(self._links(finding.blocks))
        for remedy in finding.remedies[:OFFERED]:
            button = QPushButton(tr(remedy.label))
            button.setStyleSheet("padding: 3px 8px")
            button.clicked.connect(lambda _=False, remedy=remedy: self.remedy_requested.emit(remedy))
            column.addWidget(button)
        self.setAccessibleName(f"{finding.title}. {finding.words} {' '.join(finding.evidence)}")

    def _text(self, words: str, name: str = "dim") -> QLabel:
        label = QLabel(words)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)  # titles and names of classes are people's own
        label.setWordWrap(True)
        return label

    def _links(self, blocks: tuple[str, ...]) -> QLabel:
        colour = theme.text("accent")
        links = QLabel(" · ".join(f"<a href='{i}' style='color:{colour}'>{i}</a>" for i in blocks[:8]))
        links.setWordWrap(True)
        links.setAccessibleName(tr("Blocks") + ": " + ", ".join(blocks))
        mouse, keys = Qt.TextInteractionFlag.LinksAccessibleByMouse, Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        links.setTextInteractionFlags(mouse | keys)
        links.linkActivated.connect(self.block_chosen)
        return links
