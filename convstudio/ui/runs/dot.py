"""The round patch of colour by which a run is found again in list, curves and comparison."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from convstudio.ui.theme import theme

SIZE, ROOM = 9, 12


def dot(token: str) -> QIcon:
    """In the colour of a token, in the present colours of the theme; the same also where its row is selected."""
    pixmap = QPixmap(ROOM * 2, ROOM * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(token))
    painter.drawEllipse(1, 2, SIZE, SIZE)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
