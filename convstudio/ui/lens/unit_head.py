"""The line above the middle of the lens: what the picture below is, and which unit it is about."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.ui.theme import theme


class UnitHead(QWidget):
    """The title on the left, where there is room for it, and the unit on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._unit = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def unit(self) -> str:
        return self._unit

    def show_words(self, title: str, unit: str) -> None:
        self._title, self._unit = title, unit
        self.setToolTip(unit)
        self.setAccessibleName(f"{title}: {unit}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height())

    def _fitting(self) -> str:
        """The unit, without the name of its block where there is no room for it."""
        wide = self.fontMetrics().horizontalAdvance(self._unit) > self.width()
        return self._unit.partition(" · ")[2] or self._unit if wide else self._unit

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        both = metrics.horizontalAdvance(self._title) + 24 + metrics.horizontalAdvance(self._unit) <= self.width()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text"))
        unit = metrics.elidedText(self._fitting(), Qt.TextElideMode.ElideLeft, self.width())
        side = Qt.AlignmentFlag.AlignRight if both else Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), middle | side, unit)
        if both:
            painter.setPen(theme.colour("dim"))
            painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, self._title)
        painter.end()
