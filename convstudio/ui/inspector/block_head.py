"""The head of the Block tab: badge and title of a block."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from convstudio.network.document import LONGEST_TITLE, Block
from convstudio.network.layer import Layer
from convstudio.ui.palette.palette import badge
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


class BlockHead(QWidget):
    """Badge and title; the title can be changed."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._badge = QLabel()
        self.renamed = QLineEdit()
        self.renamed.setStyleSheet(
            "QLineEdit { background: transparent; border: none; font-weight: 600; font-size: 11pt; padding: 2px 0; }"
        )
        self.renamed.setAccessibleName(tr("Title"))
        self.renamed.setToolTip(tr("Type another title; empty returns to the block's own"))
        self.renamed.setMaxLength(LONGEST_TITLE)
        self._badged: tuple[type[Layer], bool] | None = None
        row.addWidget(self._badge)
        row.addWidget(self.renamed)

    def show_block(self, block: Block) -> None:
        badged = (type(block.layer), theme.dark)
        if badged != self._badged:
            self._badge.setPixmap(badge(badged[0], 18))
            self._badged = badged
        if not self.renamed.hasFocus() or self.renamed.text() != block.heading:
            self.renamed.setText(block.heading)
            self.renamed.setCursorPosition(0)

    def entered(self) -> str:
        return self.renamed.text().strip()
