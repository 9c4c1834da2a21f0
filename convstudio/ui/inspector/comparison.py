"""The costs of a block and of others in its place: weights and multiply-adds, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convstudio.ui.inspector.rivals import Rival
from convstudio.ui.text import grouped, short, tr
from convstudio.ui.theme import number_font, theme

ROW, BAR, GAP = 30.0, 6.0, 8.0
"""Heights of a row and of its bar, and the least room between a name and its figures."""


class Comparison(QFrame):
    """A card with the rivals, each a row of name, figures and bar, and a button that leads to the experiment."""

    more_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        title = QLabel(tr("The same place with another block"))
        title.setObjectName("dim")
        title.setWordWrap(True)
        self.bars = RivalBars()
        column.addWidget(title)
        column.addWidget(self.bars)
        self.more_button = QPushButton(tr("Measure and race them…"))
        self.more_button.clicked.connect(self.more_requested)
        column.addWidget(self.more_button)

    def show_rivals(self, found: tuple[Rival, ...]) -> None:
        """Show these, the first being the longest bar."""
        self.bars.show_rivals(found)


class RivalBars(QWidget):
    """All rows painted in one go: labels of their own would be laid out anew at each edit, for half a frame."""

    def __init__(self) -> None:
        super().__init__()
        self.rivals: tuple[Rival, ...] = ()

    def show_rivals(self, found: tuple[Rival, ...]) -> None:
        if found == self.rivals:
            return
        if len(found) != len(self.rivals):
            self.setFixedHeight(round(ROW * len(found)))
        self.rivals = found
        words = [f"{r.name}: {figures(r)}" for r in found]
        self.setAccessibleName("; ".join(words))
        self.setToolTip("\n".join([tr("weights · multiply-adds for one sample"), *words]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((r.parameters for r in self.rivals), default=1) or 1
        for number, rival in enumerate(self.rivals):
            room = QRectF(0, number * ROW, self.width(), ROW - 3)
            self._paint_words(painter, room.adjusted(0, 0, 0, -BAR - 3), rival)
            _paint_bar(painter, QRectF(0, room.bottom() - BAR, room.width(), BAR), rival, most)

    def _paint_words(self, painter: QPainter, room: QRectF, rival: Rival) -> None:
        said, numbers = figures(rival), number_font(8)
        painter.setFont(numbers)
        painter.setPen(theme.colour("dim"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if rival.present else QFont.Weight.Normal)
        left = room.width() - QFontMetricsF(numbers).horizontalAdvance(said) - GAP
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        name = QFontMetricsF(font).elidedText(rival.name, Qt.TextElideMode.ElideRight, left)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def figures(rival: Rival) -> str:
    """Weights and multiply-adds, as '1 160 w · 0.90 M'."""
    return f"{grouped(rival.parameters)} w · {short(rival.multiply_adds)}"


def _paint_bar(painter: QPainter, bar: QRectF, rival: Rival, most: int) -> None:
    """A thin bar, filled by the share of the weights of the one with the most."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("line"))
    painter.drawRoundedRect(bar, 3, 3)
    painter.setBrush(theme.colour(rival.colour))
    filled = QRectF(bar.left(), bar.top(), max(BAR, bar.width() * rival.parameters / most), BAR)
    painter.drawRoundedRect(filled, 3, 3)
