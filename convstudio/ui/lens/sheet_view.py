"""The middle of the lens: the paragraph and the painted sheet, scrolled where they need more room than there is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from convstudio.ui.lens.ink import Ink
from convstudio.ui.lens.sheet import Sheet
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

LOW = 190
"""Pixels of height below which the paragraph stands under the picture."""


class SheetPicture(QWidget):
    """Paints a sheet at the width it has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("How the value comes about"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def sheet(self) -> Sheet | None:
        return self._sheet

    def show_sheet(self, sheet: Sheet | None) -> None:
        self._sheet = sheet
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._sheet is not None:
            self._sheet.paint(Ink(painter), self.width(), event.rect())
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._sheet is not None:
            place = event.pos()
            QToolTip.showText(event.globalPos(), self._sheet.tip(place.x(), place.y(), self.width()), self)
            return True
        return super().event(event)

    def _fit(self) -> None:
        high = self._sheet.height(self.width()) if self._sheet else 0
        if high != self.height():
            self.setFixedHeight(max(high, 1))


class SheetView(QScrollArea):
    """The paragraph above the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Explanation of the unit"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(120, 40)
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.picture = SheetPicture()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 8, 4)
        self._column.setSpacing(10)
        self._column.addWidget(self._words)
        self._column.addWidget(self.picture)
        self._column.addStretch(1)
        self.setWidget(inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the numbers come first."""
        super().resizeEvent(event)
        place = 1 if self.height() < LOW else 0
        if self._column.indexOf(self._words) != place:
            self._column.insertWidget(place, self._words)

    @property
    def words(self) -> str:
        return self._words.text()

    def show_sheet(self, sheet: Sheet | None) -> None:
        words = sheet.words() if sheet else ""
        if words != self._words.text():
            self._words.setText(words)
        self.picture.show_sheet(sheet)

    def reveal(self, port: int, channel: int) -> None:
        """Scroll to where the sheet shows an input channel."""
        sheet = self.picture.sheet
        top = sheet.top_of(port, channel, self.picture.width()) if sheet else None
        if top is not None:
            y = self.picture.y() + top
            visible = QRect(0, self.verticalScrollBar().value(), 1, self.viewport().height())
            if not (visible.top() <= y and y + 40 <= visible.bottom()):
                self.verticalScrollBar().setValue(y)
