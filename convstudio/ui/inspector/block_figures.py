"""The figures of one block: shapes, formulas with their numbers, costs and receptive field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from convstudio.network.document import Block
from convstudio.network.facts import BlockFacts
from convstudio.network.sight import Fields
from convstudio.ui.inspector.field_words import field_words
from convstudio.ui.text import grouped, short
from convstudio.ui.theme import number_font, theme


class BlockFigures(QFrame):
    """A card of text in the font of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFont(number_font(8.5))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._text)

    def show_facts(self, block: Block, facts: BlockFacts, fields: Fields) -> None:
        dim = theme.text("dim")
        came = " + ".join(str(s) for s in facts.inputs)
        lines = [f"<span style='color:{dim}'>in&nbsp;</span> {came}"] if came else []
        lines.append(f"<span style='color:{dim}'>out</span> {facts.output or '?'}")
        lines += [f"<span style='color:{dim}'>{line}</span>" for line in facts.arithmetic]
        if facts.multiply_adds:
            shown = grouped(facts.multiply_adds)
            lines.append(f"<span style='color:{dim}'>{shown} multiply-adds ({short(facts.multiply_adds)})</span>")
        if fields and block.layer.ports:
            lines += [f"<span style='color:{dim}'>{line}</span>" for line in field_words(fields)]
        self._text.setText("<br>".join(lines))
