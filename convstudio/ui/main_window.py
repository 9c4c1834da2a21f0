"""The main window before anything is in it: its place on the screen, its first paint, and the question at its end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRect, QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMainWindow

from convstudio.ui.theme import theme

FIRST_SIZE = (1440, 900)
SMALLEST = (760, 520)
LAYOUT_VERSION = 1
"""Counts up when docks are renamed, so that an old remembered layout is not applied to new docks."""
BAR, LEFT, RIGHT, BOTTOM = 82, 256, 312, 300
"""Where toolbar and panels will be, for the first paint."""


class MainWindow(QMainWindow):
    """Light on purpose: it is on the screen before the modules that furnish it are imported (`workbench`)."""

    painted = Signal()
    """The first paint is on the screen; what it did not need may be loaded now."""
    closed = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.settings = settings
        self._first_paint_over = False
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before the window closes; False keeps it open."""
        self.setWindowTitle("ConvStudio")
        self.resize(*FIRST_SIZE)
        self.setMinimumSize(*SMALLEST)
        geometry = settings.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def restore_layout(self) -> None:
        """Put the docks where they were left the last time."""
        layout = self.settings.value("layout")
        if isinstance(layout, QByteArray):
            self.restoreState(layout, LAYOUT_VERSION)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._first_paint_over:
            self._first_paint_over = True
            self._paint_outline()
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.remember()
        self.closed.emit()
        super().closeEvent(event)

    def remember(self) -> None:
        """Keep place, docks and colours for the next window and the next start."""
        self.settings.setValue("dark", theme.dark)
        self.settings.setValue("geometry", self.saveGeometry())
        if self.centralWidget():
            self.settings.setValue("layout", self.saveState(LAYOUT_VERSION))

    def bring_to_front(self) -> None:
        """Show this window above the others, also when it was minimised, and give it the keyboard."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()

    def _paint_outline(self) -> None:
        """The canvas as an empty area beside the panels, so that what comes next only fills them.

        In tiles, because the first colour given to a pen or a brush loads every enum of `Qt`: 40 ms, a fifth of the
        time to the first paint.
        """
        painter = QPainter(self)
        canvas = QRect(LEFT, BAR, self.width() - LEFT - RIGHT, self.height() - BAR - BOTTOM)
        for area, colour in ((canvas.adjusted(-1, -1, 1, 1), "line"), (canvas, "canvas")):
            tile = QPixmap(64, 64)
            tile.fill(theme.colour(colour))
            painter.drawTiledPixmap(area, tile)
        painter.drawText(canvas.center(), "ConvStudio …")
