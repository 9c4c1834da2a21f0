"""The step that is pointed at: an upright line through a plot, and a dot on each of its curves."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from convstudio.ui.theme import theme

Dot = tuple[float, float, QColor]
"""Step, height in the plot, colour."""


class Crosshair:
    """Hidden until it is shown."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(pxMode=True, size=7)
        for item in (self._line, self._dots):
            item.setZValue(8)
            box.addItem(item, ignoreBounds=True)
        self.hide()

    @property
    def visible(self) -> bool:
        return bool(self._line.isVisible())

    @property
    def step(self) -> float:
        return float(self._line.value())

    def show(self, step: float, dots: Sequence[Dot]) -> None:
        """At `step`, with these dots; numbers that are not finite have none."""
        known = [(x, y, colour) for x, y, colour in dots if y - y == 0]
        self._line.setPen(QPen(theme.colour("dim"), 0, Qt.PenStyle.DashLine))
        self._line.setPos(step)
        self._line.setVisible(True)
        self._dots.setData(
            x=[x for x, _, _ in known],
            y=[y for _, y, _ in known],
            brush=[colour for _, _, colour in known],
            pen=QPen(theme.colour("panel"), 0),
        )
        self._dots.setVisible(True)

    def hide(self) -> None:
        self._line.setVisible(False)
        self._dots.setVisible(False)
