"""One plot of curves over steps, by pyqtgraph, the cheap way: thin pens, fixed ranges, a few hundred bins a curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from convstudio.ui.live.pyramid import Bins, Pyramid
from convstudio.ui.live.ticks import decade_ticks, ticks
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

Floats = NDArray[np.float32]
HELP = "Drag to move, turn the wheel to zoom; “follow” brings the whole run back"
MARK_REACH = 6
"""Pixels from a mark within which the mouse means it."""
LEFT = 42
"""Pixels for the numbers of the vertical axis."""
STYLES: dict[str, tuple[str, float, int]] = {
    # curve: (token, opacity, order); later ones lie on top
    "previous": ("wire", 0.45, 0),
    "previous validation": ("validation", 0.3, 1),
    "raw": ("train", 0.35, 2),
    "train": ("train", 1.0, 3),
    "validation": ("validation", 1.0, 4),
    "mean IoU": ("good", 1.0, 5),
}


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Curves by name (STYLES) over the number of steps; tells the step under the mouse."""

    step_hovered = Signal(float)
    hover_left = Signal()
    moved = Signal()
    """The person moved or zoomed the view."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.setAccessibleName(name)
        self.setToolTip(tr(HELP))
        self.setMinimumSize(120, 70)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._logarithmic = False
        self._curves: dict[str, Any] = {}
        self._points: dict[str, tuple[Floats, Floats]] = {}
        item = self.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, 8, 26, 0)  # half a number stands above and beside the plot
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0)
        self._box.sigRangeChanged.connect(lambda *_: self._put_ticks())
        self._box.sigResized.connect(lambda *_: self._put_ticks())
        self._box.sigRangeChangedManually.connect(lambda *_: self.moved.emit())
        for curve, (_, _, order) in STYLES.items():
            self._curves[curve] = pg.PlotCurveItem(connect="finite")
            self._curves[curve].setZValue(order)
            self._box.addItem(self._curves[curve], ignoreBounds=True)
        self._grid = pg.PlotCurveItem(connect="pairs")
        self._grid.setZValue(-1)
        self._box.addItem(self._grid, ignoreBounds=True)
        self._marks: list[tuple[int, str]] = []
        self._mark_lines = pg.PlotCurveItem(connect="pairs")
        self._box.addItem(self._mark_lines, ignoreBounds=True)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setVisible(False)
        self._box.addItem(self._line, ignoreBounds=True)
        self.setMouseTracking(True)
        theme.changed.connect(self._paint_theme)
        self._paint_theme()

    def set_curve(self, curve: str, steps: Floats, values: Floats) -> None:
        """Draw `values` over `steps`; numbers that are not finite (on a logarithmic scale: not positive) are holes."""
        self._points[curve] = (steps, values)
        shown = values
        if self._logarithmic:
            with np.errstate(invalid="ignore", divide="ignore"):
                shown = np.log10(values)
        self._curves[curve].setData(steps, shown)

    def set_marks(self, marks: Sequence[tuple[int, str]]) -> None:
        """An upright line at each of these steps; its words are shown under the mouse."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self._draw_marks()

    def mark_at(self, step: float) -> str:
        """The words of the mark within a few pixels of a step; '' where there is none."""
        (left, right), _ = self._box.viewRange()
        reach = MARK_REACH * (right - left) / max(1.0, self._box.width())
        near = [(abs(at - step), f"{tr('step')} {grouped(at)}: {words}") for at, words in self._marks]
        return min((n for n in near if n[0] <= reach), default=(0, ""))[1]

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Powers of ten on the vertical axis, or equal steps. The range is to be set anew."""
        if logarithmic != self._logarithmic:
            self._logarithmic = logarithmic
            for curve, points in dict(self._points).items():
                self.set_curve(curve, *points)

    def set_range(self, left: float, right: float, bottom: float, top: float) -> None:
        """What is in view; exponents of ten for `bottom` and `top` on a logarithmic scale."""
        (old_x, old_y) = self._box.viewRange()
        if [left, right] != old_x or [bottom, top] != old_y:
            self._box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True)

    def steps_in_view(self) -> tuple[float, float]:
        """The least and the largest step in view."""
        (left, right), _ = self._box.viewRange()
        return float(left), float(right)

    def points(self, curve: str) -> tuple[Floats, Floats]:
        """What was last set for a curve; empty before that."""
        return self._points.get(curve, (np.empty(0, np.float32), np.empty(0, np.float32)))

    def place(self, step: float, value: float) -> QPointF:
        """Where a point stands in the widget."""
        scene = self._box.mapViewToScene(QPointF(step, np.log10(value) if self._logarithmic else value))
        return QPointF(self.mapFromScene(scene))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hovered(self.mapToScene(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()
        super().leaveEvent(event)

    def _hovered(self, position: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(position):
            self._leave()
            return
        step = float(self._box.mapSceneToView(position).x())
        self._line.setPos(step)
        self._line.setVisible(True)
        words = self.mark_at(step)
        self.setToolTip(words or tr(HELP))
        if words:
            QToolTip.showText(self.mapToGlobal(self.mapFromScene(position)), words, self)
        self.step_hovered.emit(step)

    def _leave(self) -> None:
        if self._line.isVisible():
            self._line.setVisible(False)
            self.hover_left.emit()

    def _draw_marks(self) -> None:
        _, (bottom, top) = self._box.viewRange()
        steps = np.repeat([float(step) for step, _ in self._marks], 2)
        self._mark_lines.setData(steps, np.tile([bottom, top], len(self._marks)))

    def _put_ticks(self) -> None:
        self._draw_marks()
        (left, right), (bottom, top) = self._box.viewRange()
        across = max(2, int(self.width() // 90))
        down = max(2, min(6, int(self.height() // 34)))
        self.getAxis("bottom").setTicks([ticks(left, right, across)])
        choose = decade_ticks if self._logarithmic else ticks
        rows = choose(bottom, top, down)
        self.getAxis("left").setTicks([rows])
        self._grid.setData(np.tile([left, right], len(rows)), np.repeat([value for value, _ in rows], 2))

    def _paint_theme(self) -> None:
        self.setBackground(theme.colour("panel"))
        for curve, (token, opacity, _) in STYLES.items():
            colour = QColor(theme.colour(token))
            colour.setAlphaF(opacity)
            self._curves[curve].setPen(QPen(colour, 0))
        self._line.setPen(QPen(theme.colour("dim"), 0, Qt.PenStyle.DashLine))
        self._mark_lines.setPen(QPen(theme.colour("accent"), 0, Qt.PenStyle.DotLine))
        self._grid.setPen(QPen(theme.colour("line"), 0))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(QPen(theme.colour("panel"), 0))
            axis.setTextPen(QPen(theme.colour("dim")))
            axis.setTickFont(number_font())
            axis.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=40)  # labels may reach 40 px out
        self.getAxis("left").setWidth(LEFT)


def polyline(series: Pyramid, offset: int, left: float, right: float, pixels: int) -> tuple[Floats, Floats]:
    """Points that draw the part of `series` between the steps `left` and `right` in about `pixels` columns.

    Index i is step `offset` + i + 1. Where a column holds several steps, it gets their minimum and their maximum.
    """
    bins = series.bins(int(left) - offset - 2, int(right) - offset + 2, max(pixels, 16))
    return _steps(bins, offset, len(series)), _values(bins)


def _steps(bins: Bins, offset: int, length: int) -> Floats:
    if bins.size == 1:
        return (bins.starts + (offset + 1)).astype(np.float32)
    ends = np.minimum(bins.starts + bins.size, length)
    return np.repeat((bins.starts + ends - 1) / 2 + (offset + 1), 2).astype(np.float32)


def _values(bins: Bins) -> Floats:
    if bins.size == 1:
        return bins.low.copy()
    return np.stack([bins.low, bins.high], axis=1).reshape(-1)
