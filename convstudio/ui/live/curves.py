"""One plot of curves over steps, by pyqtgraph, the cheap way: thin pens, fixed ranges, a few hundred bins a curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from convstudio.runs.marks import Mark
from convstudio.ui.live.chart import Chart, Line, Tick
from convstudio.ui.live.crosshair import Crosshair
from convstudio.ui.live.curve_box import CurveBox
from convstudio.ui.live.mark_lines import MarkLines
from convstudio.ui.live.pyramid import Bins, Pyramid
from convstudio.ui.live.ticks import decade_ticks, ticks
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

Floats = NDArray[np.float32]
HELP = (
    "Drag a frame to zoom in, Shift-drag to move, turn the wheel to zoom (with Ctrl only the steps); "
    "a double click brings the whole run back"
)
LEFT = 46
"""Pixels for the numbers of the vertical axis."""


class Style(NamedTuple):
    """How a curve looks: token of its colour, opacity, and order (later ones lie on top)."""

    token: str
    opacity: float
    order: int
    dashed: bool = False


STYLES: dict[str, Style] = {
    "previous": Style("wire", 0.45, 0),
    "previous validation": Style("validation", 0.3, 1),
    "raw": Style("train", 0.35, 2),
    "train": Style("train", 1.0, 3),
    "validation": Style("validation", 1.0, 4),
    "mean IoU": Style("good", 1.0, 5),
}


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Curves by name over the number of steps; tells the step under the mouse."""

    step_hovered = Signal(float)
    hover_left = Signal()
    moved = Signal()
    """The person moved or zoomed the view."""
    whole_requested = Signal()
    """The person wants to see the whole run again."""
    menu_requested = Signal(QPoint)
    """The right button was pressed, at this place of the screen."""

    def __init__(self, name: str, styles: Mapping[str, Style] = STYLES, parent: QWidget | None = None) -> None:
        self._box = CurveBox()
        super().__init__(parent, viewBox=self._box, enableMenu=False)
        self.setAccessibleName(name)
        self.setToolTip(tr(HELP))
        self.setMinimumSize(96, 70)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_requested.emit(self.mapToGlobal(at)))
        self._logarithmic = False
        self._styles: dict[str, Style] = {}
        self._curves: dict[str, Any] = {}
        self._points: dict[str, tuple[Floats, Floats]] = {}
        self._rows: list[Tick] = []
        self._columns: list[Tick] = []
        item = self.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, 8, 26, 0)  # half a number stands above and beside the plot
        self._grid = pg.PlotCurveItem(connect="pairs")
        self._grid.setZValue(-1)
        self._box.addItem(self._grid, ignoreBounds=True)
        self.marks = MarkLines(self._box)
        self._cross = Crosshair(self._box)
        self._moment = pg.InfiniteLine(angle=90, movable=False)
        self._moment.setVisible(False)
        self._box.addItem(self._moment, ignoreBounds=True)
        self._box.sigRangeChanged.connect(lambda *_: self._put_ticks())
        self._box.sigResized.connect(lambda *_: self._put_ticks())
        self._box.sigRangeChangedManually.connect(lambda *_: self.moved.emit())
        self.set_styles(styles)
        self.setMouseTracking(True)
        theme.changed.connect(self._paint_theme)
        self._paint_theme()

    def set_styles(self, styles: Mapping[str, Style]) -> None:
        """These curves there may be, and no others; those that were there before keep their points."""
        for curve in self._curves.keys() - styles.keys():
            self._box.removeItem(self._curves.pop(curve))
            self._points.pop(curve, None)
        for curve, style in styles.items():
            if curve not in self._curves:
                self._curves[curve] = pg.PlotCurveItem(connect="finite")
                self._box.addItem(self._curves[curve], ignoreBounds=True)
            self._curves[curve].setZValue(style.order)
            self._curves[curve].setPen(_pen(style))
        self._styles = dict(styles)

    def set_curve(self, curve: str, steps: Floats, values: Floats) -> None:
        """Draw `values` over `steps`; numbers that are not finite (on a logarithmic scale: not positive) are holes."""
        self._points[curve] = (steps, values)
        self._curves[curve].setData(steps, self._heights(values))

    def show_cross(self, step: float, values: Mapping[str, float]) -> None:
        """A line at `step`, and dots at these values of curves."""
        heights = self._heights(np.array(list(values.values()), np.float32)).tolist()
        dots = [(step, h, theme.colour(self._styles[n].token)) for n, h in zip(values, heights, strict=True)]
        self._cross.show(step, dots)

    def show_moment(self, step: int | None) -> None:
        """A line at a step, until it is another one or None."""
        self._moment.setVisible(step is not None)
        self._moment.setPen(QPen(theme.colour("accent"), 0))
        self._moment.setPos(step or 0)

    def hide_cross(self) -> None:
        self._cross.hide()

    @property
    def cross(self) -> float | None:
        """The step of the line; None while it is hidden."""
        return self._cross.step if self._cross.visible else None

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """A line with a sign at each of these; its words are shown under the mouse."""
        self.marks.show(marks)

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

    def set_steps(self, left: float, right: float) -> None:
        """Which steps are in view; the values stay as they are."""
        _, (bottom, top) = self._box.viewRange()
        self.set_range(left, right, bottom, top)

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

    def chart(self, title: str) -> Chart:
        """What is in view, as plain data."""
        (left, right), (bottom, top) = self._box.viewRange()
        order = sorted(self._styles, key=lambda name: self._styles[name].order)
        lines = [self._line(name) for name in order if len(self.points(name)[0])]
        marks = tuple((float(mark.step), mark.words) for mark in self.marks.marks)
        return Chart(title, left, right, bottom, top, tuple(self._columns), tuple(self._rows), tuple(lines), marks)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hovered(self.mapToScene(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.whole_requested.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()
        super().leaveEvent(event)

    def _line(self, name: str) -> Line:
        style, (steps, values) = self._styles[name], self._points[name]
        return Line(tr(name), theme.text(style.token), style.opacity, steps, self._heights(values))

    def _heights(self, values: Floats) -> Floats:
        if not self._logarithmic:
            return values
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.log10(values)
        return found

    def _hovered(self, position: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(position):
            self._leave()
            return
        step = float(self._box.mapSceneToView(position).x())
        words = self.marks.words_at(step)
        self.setToolTip(words or tr(HELP))
        if words:
            QToolTip.showText(self.mapToGlobal(self.mapFromScene(position)), words, self)
        self.step_hovered.emit(step)

    def _leave(self) -> None:
        if self._cross.visible:
            self.hover_left.emit()

    def _put_ticks(self) -> None:
        self.marks.draw()
        (left, right), (bottom, top) = self._box.viewRange()
        across = max(2, int(self.width() // 90))
        down = max(2, min(6, int(self.height() // 34)))
        choose = decade_ticks if self._logarithmic else ticks
        self._columns, self._rows = ticks(left, right, across), choose(bottom, top, down)
        self.getAxis("bottom").setTicks([self._columns])
        self.getAxis("left").setTicks([self._rows])
        self._grid.setData(np.tile([left, right], len(self._rows)), np.repeat([value for value, _ in self._rows], 2))

    def _paint_theme(self) -> None:
        self.setBackground(theme.colour("panel"))
        self._box.paint_theme()
        for curve, style in self._styles.items():
            self._curves[curve].setPen(_pen(style))
        self.marks.draw()
        self._grid.setPen(QPen(theme.colour("line"), 0))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(QPen(theme.colour("panel"), 0))
            axis.setTextPen(QPen(theme.colour("dim")))
            axis.setTickFont(number_font())
            axis.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=40)  # labels may reach 40 px out
        self.getAxis("left").setWidth(LEFT)


def _pen(style: Style) -> QPen:
    colour = QColor(theme.colour(style.token))
    colour.setAlphaF(style.opacity)
    return QPen(colour, 0, Qt.PenStyle.DashLine if style.dashed else Qt.PenStyle.SolidLine)


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
