"""The pen of the lens: cells in the colour of their value, words, brackets and arrows, on any painter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from convstudio.ui.colours import readable_on
from convstudio.ui.lens.grid import CellGrid
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING, MAGMA, NOTHING
from convstudio.ui.live.levels import Levels, flat, signed_levels
from convstudio.ui.live.numbers import decimals
from convstudio.ui.live.tile_picture import image
from convstudio.ui.theme import TEXT_FONT, TEXT_SIZE, number_font, theme

Align = Qt.AlignmentFlag
SMALL = 6.0
"""Pixels of width up to which a cell is only filled, without an edge."""
MANY = 1600
"""More cells than these are painted as one picture."""
READABLE = 20.0
"""Pixels of width below which a cell shows no number."""


@dataclass(frozen=True)
class Scale:
    """How values become colours: from `low` to `high` as in a feature map, or `signed` around 0 as in a mask."""

    low: float
    high: float
    signed: bool = False

    def colour(self, value: float) -> QColor:
        if not isfinite(value):
            return theme.colour("bad")
        if self.signed:
            limit = max(abs(self.low), abs(self.high)) or 1.0
            share = min(max(value / limit, -1.0), 1.0)
            return _colour(DIVERGING[CENTRE + round(share * CENTRE)])
        reach = self.high - self.low
        share = (value - self.low) / reach if reach > 0 else 0.0
        return _colour(MAGMA[round(min(max(share, 0.0), 1.0) * (NOTHING - 1))])

    def levels(self, values: NDArray[np.float32]) -> Levels:
        """The same as numbers of colours in a table."""
        if self.signed:
            return signed_levels(values, max(abs(self.low), abs(self.high)))
        reach = self.high - self.low
        shares = (np.nan_to_num(values) - self.low) / reach if reach > 0 else np.zeros(values.shape)
        found: Levels = np.rint(np.clip(shares, 0, 1) * (NOTHING - 1)).astype(np.uint8)
        return found


def around_zero(values: tuple[float, ...]) -> Scale:
    """The scale on which the largest magnitude is the end."""
    limit = max((abs(value) for value in values if isfinite(value)), default=0.0)
    return Scale(-limit, limit, signed=True)


def text_font(size: float = TEXT_SIZE, strong: bool = False) -> QFont:
    font = QFont(TEXT_FONT)
    font.setPointSizeF(size)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return font


class Ink:
    """Draws with the colours of the theme; what the sheets of all families share."""

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._edge = QPen(theme.colour("line"), 1)
        self._font: QFont | None = None

    def words(
        self, place: QRectF, text: str, token: str = "text", align: Align = Align.AlignLeft, strong: bool = False
    ) -> None:
        """Plain words, upright in the middle of their place, shortened where they do not fit."""
        self._write(place, text, theme.colour(token), align, text_font(strong=strong))

    def digits(
        self, place: QRectF, text: str, token: str = "text", align: Align = Align.AlignLeft, size: float = 8.5
    ) -> None:
        """Words and numbers in the fixed-width font."""
        self._write(place, text, theme.colour(token), align, number_font(size))

    def cell(self, place: QRectF, value: float, colour: QColor, digits: int = 2) -> None:
        """A rounded cell of a colour with its number in it, where there is room for one.

        A sheet has hundreds of these: the widths of a fixed-width font are not measured but counted.
        """
        self.patch(place, colour)
        if place.width() < READABLE or place.height() < 12:
            return
        text, room = compact(value, digits), place.width() - 3
        tight = text.replace("0.", ".", 1) if text.startswith(("0.", "−0.")) else text
        large, small = _cell_fonts()
        for words, (font, advance) in ((text, large), (tight, large), (tight, small)):
            if len(words) * advance <= room:
                self._use(font)
                self.painter.setPen(_readable_on(colour.rgb()))
                self.painter.drawText(place, Align.AlignCenter, words)
                return

    def cells(self, grid: CellGrid, values: tuple[float, ...], scale: Scale, digits: int = 2) -> None:
        """All cells of a grid; more than can be told apart are one picture."""
        if len(values) <= MANY:
            for n, value in enumerate(values):
                self.cell(grid.place(n), value, scale.colour(value), digits)
            return
        whole = np.array(values, np.float32).reshape(1, *grid.axes)
        place = QRectF(grid.left, grid.top, grid.width, grid.height)
        self.painter.drawImage(place, image(scale.levels(flat(whole)[0]), DIVERGING if scale.signed else MAGMA))

    def number(self, place: QRectF, text: str, on: QColor) -> None:
        """A number in the middle of a box, readable on its colour."""
        self._write(place, text, _readable_on(on.rgb()), Align.AlignHCenter, number_font(8.5))

    def patch(self, place: QRectF, colour: QColor) -> None:
        """A rounded cell without words."""
        wide = place.width()
        if wide <= SMALL:
            self.painter.fillRect(place, colour)
            return
        self.painter.setPen(self._edge)
        self.painter.setBrush(colour)
        round_by = 3 if wide > 10 else 0
        self.painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), round_by, round_by)

    def frame(self, place: QRectF, token: str, width: float = 2, dotted: bool = False) -> None:
        pen = QPen(theme.colour(token), width)
        if dotted:
            pen.setStyle(Qt.PenStyle.DotLine)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(place.adjusted(width / 2, width / 2, -width / 2, -width / 2), 3, 3)

    def hatch(self, place: QRectF) -> None:
        """The sign of padding: slanted lines over a cell."""
        colour = QColor(theme.colour("dim"))
        colour.setAlpha(150)
        self.painter.fillRect(place, Qt.GlobalColor.transparent)
        self.painter.setPen(QPen(colour, 1))
        self.painter.save()
        self.painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        for at in range(ceil(-place.height()), ceil(place.width()), 6):
            foot = QPointF(place.left() + at, place.bottom())
            self.painter.drawLine(foot, foot + QPointF(place.height(), -place.height()))
        self.painter.restore()

    def line(self, start: QPointF, end: QPointF, token: str = "line", width: float = 1) -> None:
        self.painter.setPen(QPen(theme.colour(token), width))
        self.painter.drawLine(start, end)

    def arrow(self, start: QPointF, end: QPointF, token: str = "dim") -> None:
        """A straight arrow to the right."""
        self.line(start, end - QPointF(4, 0), token, 1.5)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.colour(token))
        self.painter.drawPolygon(QPolygonF([end, end + QPointF(-7, -4), end + QPointF(-7, 4)]))

    def bar(self, place: QRectF, token: str) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.colour(token))
        self.painter.drawRoundedRect(place, 2, 2)

    def _write(self, place: QRectF, text: str, colour: QColor, align: Align, font: QFont) -> None:
        self._use(font)
        self.painter.setPen(colour)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 1)
        self.painter.drawText(place, align | Align.AlignVCenter, shown)

    def _use(self, font: QFont) -> None:
        if font is not self._font:
            self.painter.setFont(font)
            self._font = font


def compact(value: float, digits: int = 2) -> str:
    """As many decimals as a cell has room for; large numbers with an exponent."""
    return decimals(value, digits) if abs(value) < 1e4 else f"{value:.0e}".replace("e+0", "e").replace("-", "−")


@cache
def _cell_fonts() -> tuple[tuple[QFont, float], ...]:
    """The fonts of numbers in cells, the larger first, each with the width of a sign."""
    fonts = (number_font(8), number_font(6.5))
    return tuple((font, QFontMetricsF(font).horizontalAdvance("0")) for font in fonts)


@cache
def _colour(rgb: int) -> QColor:
    return QColor(rgb)


@cache
def _readable_on(colour: int) -> QColor:
    return readable_on(QColor(colour))
