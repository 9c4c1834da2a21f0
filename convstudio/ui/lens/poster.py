"""A whole explanation on one sheet of paper: both maps, every row of numbers, formula and words; for files."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from convstudio.ui.lens import scenes
from convstudio.ui.lens.ink import Ink, text_font
from convstudio.ui.lens.map_picture import MapPicture, MapScene
from convstudio.ui.lens.sheet import Sheet
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

MARGIN, SIDE, MIDDLE, LINE, SPACE = 24, 240, 560, 22, 20
WIDTH = 2 * MARGIN + 2 * SIDE + MIDDLE + 2 * SPACE
MOST_HIGH = 16_000
"""Pixels; of a longer list of numbers the end is left out of a picture (the table has all)."""
WRAP = Qt.TextFlag.TextWordWrap


class Poster:
    """Draws one explanation, `headline` above it, in the colours of the theme."""

    def __init__(self, sheet: Sheet, port: int, headline: str) -> None:
        self._sheet, self._port, self._headline = sheet, port, headline
        text = sheet.words()
        self._words = QFontMetricsF(text_font()).boundingRect(QRectF(0, 0, WIDTH - 2 * MARGIN, 1000), WRAP, text)
        formula = QRectF(0, 0, WIDTH - 2 * MARGIN, 1000)
        self._formula = QFontMetricsF(number_font()).boundingRect(formula, WRAP, sheet.formula())

    @property
    def size(self) -> QSize:
        body = max(SIDE, min(MOST_HIGH, self._sheet.height(MIDDLE)))
        words = self._words.height() + self._formula.height()
        return QSize(WIDTH, round(2 * MARGIN + 2 * LINE + body + words + 2 * SPACE))

    def paint(self, painter: QPainter) -> None:
        painter.fillRect(QRect(QPoint(0, 0), self.size), theme.colour("panel"))
        ink, found = Ink(painter), self._sheet.found
        ink.words(QRectF(MARGIN, MARGIN, WIDTH - 2 * MARGIN, LINE), self._headline, strong=True)
        top = MARGIN + 2 * LINE
        if found.inputs:
            name = f"{tr('Input')}: {found.inputs[self._port].block}"
            self._paint_map(ink, QPoint(MARGIN, top), name, scenes.input_scene(self._sheet, self._port))
        right = QPoint(WIDTH - MARGIN - SIDE, top)
        self._paint_map(ink, right, f"{tr('Output')}: {found.block}", scenes.output_scene(self._sheet))
        painter.save()
        painter.translate(MARGIN + SIDE + SPACE, top)
        high = min(MOST_HIGH, self._sheet.height(MIDDLE))
        painter.setClipRect(0, 0, MIDDLE, high)
        self._sheet.paint(ink, MIDDLE, QRect(0, 0, MIDDLE, high))
        painter.restore()
        self._paint_words(painter, top + max(SIDE, high) + SPACE)

    def _paint_map(self, ink: Ink, corner: QPoint, name: str, scene: MapScene) -> None:
        ink.words(QRectF(corner.x(), corner.y() - LINE, SIDE, LINE), name, "dim")
        picture = MapPicture(name)
        picture.resize(SIDE, SIDE)
        picture.show_scene(scene)
        ink.painter.save()
        ink.painter.translate(corner)
        picture.paint(ink.painter)
        ink.painter.restore()

    def _paint_words(self, painter: QPainter, top: float) -> None:
        place = QRectF(MARGIN, top, WIDTH - 2 * MARGIN, self._formula.height() + 4)
        painter.setFont(number_font())
        painter.setPen(theme.colour("text"))
        painter.drawText(place, WRAP, self._sheet.formula())
        painter.setFont(text_font())
        painter.setPen(theme.colour("dim"))
        below = QRectF(MARGIN, place.bottom() + SPACE / 2, place.width(), self._words.height() + 4)
        painter.drawText(below, WRAP, self._sheet.words())
