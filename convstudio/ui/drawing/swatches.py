"""A row of colours of which one is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from convstudio.ui.drawing.form import Named
from convstudio.ui.flow_layout import FlowLayout
from convstudio.ui.text import tr

SIDE, EDGE = 14, "#8a8f99"
"""Pixels of a swatch, and the colour around it: seen on light and on dark ground."""


class Swatches(QWidget):
    """Colours with their names as tooltips; the first is on."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name = name
        self._flow = FlowLayout(self, spacing=3)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._group: QButtonGroup | None = None

    def set_colours(self, colours: Named) -> None:
        """Offer these; hidden where there is only one."""
        for button in self.findChildren(QToolButton):
            self._flow.removeWidget(button)
            button.deleteLater()
        self._group = QButtonGroup(self)
        for colour, name in colours:
            self._group.addButton(self._button(colour, tr(name)))
        self._group.buttons()[0].setChecked(True)
        self.setVisible(len(colours) > 1)

    def _button(self, colour: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setObjectName("choice")
        picture = QPixmap(SIDE, SIDE)
        picture.fill(QColor(EDGE))
        painter = QPainter(picture)
        painter.fillRect(picture.rect().adjusted(1, 1, -1, -1), QColor(colour))
        painter.end()
        button.setIcon(QIcon(picture))
        button.setIconSize(QSize(SIDE, SIDE))
        button.setStyleSheet("padding: 2px")
        button.setToolTip(name)
        button.setAccessibleName(f"{self._name}: {name}")
        button.clicked.connect(lambda _=False: self.chosen.emit(colour))
        self._flow.addWidget(button)
        return button
