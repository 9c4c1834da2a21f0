"""Events of a run in a plot: an upright line each, with a sign at its top that tells the kind, and words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from convstudio.runs.marks import Kind, Mark
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import theme

REACH = 6
"""Pixels from a line within which the mouse means it."""
SIGN = 8
SIGNS: dict[Kind, tuple[str, str]] = {
    # kind: (token of the colour, pyqtgraph's sign)
    "edit": ("accent", "d"),
    "rate": ("good", "t1"),
    "pause": ("warning", "s"),
    "early": ("bad", "o"),
    "stop": ("dim", "o"),
    "fault": ("bad", "x"),
    "continue": ("accent", "t2"),
    "branch": ("accent", "t2"),
}


class MarkLines:
    """Draws marks into a box."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._marks: list[Mark] = []
        self._lines = pg.PlotCurveItem(connect="pairs")
        self._signs = pg.ScatterPlotItem(pxMode=True, size=SIGN)
        for item, order in ((self._lines, 6), (self._signs, 7)):
            item.setZValue(order)
            box.addItem(item, ignoreBounds=True)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks)

    def show(self, marks: Sequence[Mark]) -> None:
        """Draw these and no others."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self.draw()

    def words_at(self, step: float) -> str:
        """The words of the marks within a few pixels of a step, the nearest first; '' where there are none."""
        (left, right), _ = self._box.viewRange()
        reach = REACH * (right - left) / max(1.0, self._box.width())
        near = sorted((m for m in self._marks if abs(m.step - step) <= reach), key=lambda m: abs(m.step - step))
        return "\n".join(f"{tr('step')} {grouped(m.step)}: {m.words}" for m in near[:4])

    def draw(self) -> None:
        """From the lower to the upper end of what is in view, in the colours of the theme."""
        _, (bottom, top) = self._box.viewRange()
        steps = np.array([float(mark.step) for mark in self._marks])
        self._lines.setPen(QPen(theme.colour("dim"), 0, Qt.PenStyle.DotLine))
        self._lines.setData(np.repeat(steps, 2), np.tile([bottom, top], len(steps)))
        height = top - SIGN * (top - bottom) / max(1.0, self._box.height())
        signs = [SIGNS[mark.kind] for mark in self._marks]
        self._signs.setData(
            x=steps,
            y=np.full(len(steps), height),
            symbol=[sign for _, sign in signs],
            brush=[theme.colour(token) for token, _ in signs],
            pen=QPen(theme.colour("panel"), 0),
        )
