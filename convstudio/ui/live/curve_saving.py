"""Curves as files: a picture, a drawing, or their numbers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QPainter

from convstudio.ui.live.curve_table import csv_text
from convstudio.ui.live.svg import svg
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.saving import painted
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


class CurveSaving(QObject):
    """Does what the Training tab asks for."""

    def __init__(self, panel: TrainingPanel, files: PictureFiles) -> None:
        super().__init__(panel)
        self._panel, self._files = panel, files
        panel.save_requested.connect(self.start)

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write it."""
        if kind == "csv":
            record = self._panel.record.copy()  # a long run takes seconds to write down, and goes on meanwhile
            self._files.save(tr("Save the curves"), "-curves", kind, lambda: csv_text(record).encode(), slow=True)
        else:
            self._files.save(tr("Save the curves"), "-curves", kind, self._png if kind == "png" else self._svg)

    def _png(self) -> bytes:
        charts = self._panel.charts

        def paint(painter: QPainter) -> None:
            painter.fillRect(charts.rect(), theme.colour("panel"))
            charts.render(painter, QPoint())

        return painted.png(charts.size(), paint)

    def _svg(self) -> bytes:
        colours = (theme.text(token) for token in ("panel", "text", "dim", "line"))
        return svg(self._panel.charts.charts(), *colours).encode()
