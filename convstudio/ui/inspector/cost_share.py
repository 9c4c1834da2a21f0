"""What the selected block has of the whole network's weights, multiply-adds and memory, as numbers and bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from convstudio.network.costs import CONVENTION, Cost, cost, memory_convention, percent, share_at
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import grouped, memory, short, tr
from convstudio.ui.theme import number_font, theme

Row = tuple[str, str, float]
"""Words, figures, and the share of the whole, 0 to 1."""
ROW, BAR = 28, 6
COSTS: tuple[tuple[Cost, str], ...] = (
    ("parameters", "Weights"),
    ("multiply_adds", "Multiply-adds"),
    ("activation_bytes", "Memory"),
)


class CostShare(QFrame):
    """A card; hidden for blocks that take no part in the network."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__()
        self._store = store
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        title = QLabel(tr("Of the whole network"))
        title.setObjectName("dim")
        self.bars = ShareBars()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.addWidget(title)
        column.addWidget(self.bars)

    def show_block(self, block_id: str | None) -> None:
        """Show what this block of the open level has; None shows nothing."""
        rows = self._rows(block_id) if block_id else ()
        self.setVisible(bool(rows))
        if rows and block_id:
            self.bars.show_rows(rows, self._store.network.blocks[block_id].layer.colour)
            batch = self._store.document.training.batch_size
            self.setToolTip(f"{tr(CONVENTION)}\n{tr(memory_convention(batch))}")

    def _rows(self, block_id: str) -> tuple[Row, ...]:
        facts, batch = self._store.analysis.blocks[block_id], self._store.document.training.batch_size
        found: list[Row] = []
        for what, words in COSTS:
            share = share_at(self._store.whole, self._store.level, block_id, what)
            if share is None or facts.passes:
                return ()
            number = cost(facts, what)
            shown = {"parameters": grouped(number), "multiply_adds": short(number)}.get(what) or memory(number * batch)
            found.append((tr(words), f"{shown} · {percent(share)}", share))
        return tuple(found)


class ShareBars(QWidget):
    """Rows of words, figures and a bar, painted in one go: labels of their own would take longer at each edit."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self._token = "accent"
        self.setFixedHeight(ROW * len(COSTS))

    def show_rows(self, rows: tuple[Row, ...], token: str) -> None:
        if (rows, token) != (self.rows, self._token):
            self.rows, self._token = rows, token
            self.setAccessibleName("; ".join(f"{words} {figures}" for words, figures, _ in rows))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, row in enumerate(self.rows):
            self._paint_row(painter, QRectF(0, number * ROW, self.width(), ROW), row)

    def _paint_row(self, painter: QPainter, room: QRectF, row: Row) -> None:
        words, figures, share = row
        line, bar = room.adjusted(0, 0, 0, -BAR - 2), QRectF(0, room.bottom() - BAR, room.width(), BAR)
        painter.setFont(self.font())
        painter.setPen(theme.colour("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setFont(number_font(8))
        painter.setPen(theme.colour("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figures)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(bar, 3, 3)
        if share:
            painter.setBrush(theme.colour(self._token))
            painter.drawRoundedRect(QRectF(0, bar.top(), max(float(BAR), bar.width() * share), BAR), 3, 3)
