"""The last line below the table of blocks: the totals, each under its column, however the table is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QSizePolicy, QWidget

from convstudio.ui.table.columns import COLUMNS
from convstudio.ui.table.model import FONT_SIZE, alignment
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

HEIGHT = 26


class TotalsRow(QWidget):
    """Paints texts at the places of the header's columns."""

    def __init__(self, header: QHeaderView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = header
        self._texts: dict[str, str] = {}
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for moved in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            moved.connect(self.update)
        theme.changed.connect(self.update)

    @property
    def texts(self) -> dict[str, str]:
        """What stands under each column, by the column's name."""
        return self._texts

    def show_totals(self, texts: dict[str, str]) -> None:
        self._texts = texts
        named = [f"{tr(c.title)} {texts[c.name]}" for c in COLUMNS if texts.get(c.name)]
        self.setAccessibleName(tr("Totals") + ": " + ", ".join(named))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("line"))
        painter.drawLine(0, 0, self.width(), 0)
        font = number_font(FONT_SIZE)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        for number, column in enumerate(COLUMNS):
            left, width = self._header.sectionViewportPosition(number), self._header.sectionSize(number)
            if not self._header.isSectionHidden(number):
                room = QRect(left, 0, width, HEIGHT).adjusted(4, 0, -4, 0)
                side = alignment(number) & Qt.AlignmentFlag.AlignHorizontal_Mask
                painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, self._texts.get(column.name, ""))
