"""The colours of notes for people: their names, and a drop of each."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from convstudio.network.document import Colour
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

COLOURS: tuple[Colour, ...] = get_args(Colour)


def name(colour: Colour) -> str:
    return tr("No colour") if colour == "none" else tr(colour.capitalize())


def drop(colour: Colour) -> QIcon:
    """A round patch of the colour, as it is in the present scheme."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(f"note_{colour}"))
    painter.drawEllipse(1, 1, 12, 12)
    painter.end()
    return QIcon(pixmap)
