"""What the Why tab shows as a file: a picture, a drawing, or the numbers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter

from convstudio.ui.lens.ink import text_font
from convstudio.ui.saving.painted import FORMS
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme
from convstudio.ui.why.heat import fitted
from convstudio.ui.why.why_panel import WhyPanel

MARGIN, SIDE, LINE, SPACE = 24, 300, 24, 20
WRAP = Qt.TextFlag.TextWordWrap


class Poster:
    """Draws what the panel shows now, under its headline, in the colours of the theme."""

    def __init__(self, panel: WhyPanel) -> None:
        self._panel = panel

    @property
    def size(self) -> QSize:
        width = max(2 * MARGIN + 2 * SIDE + SPACE, 2 * MARGIN + self._patches.width())
        return QSize(width, 2 * MARGIN + LINE + max(SIDE, self._patches.height()) + SPACE + 5 * LINE)

    def paint(self, painter: QPainter) -> None:
        panel, size = self._panel, self.size
        painter.fillRect(QRect(QPoint(0, 0), size), theme.colour("panel"))
        painter.setFont(text_font(strong=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(MARGIN, MARGIN - 6, size.width() - 2 * MARGIN, LINE), panel.headline)
        self._paint_pictures(painter, MARGIN + LINE)
        bottom = size.height() - MARGIN - 5 * LINE
        painter.setFont(number_font())
        painter.setPen(theme.colour("text"))
        place = QRectF(MARGIN, bottom, size.width() - 2 * MARGIN, 5 * LINE)
        painter.drawText(place, WRAP, panel.side.numbers.text())

    @property
    def _patches(self) -> QSize:
        return self._panel.patches.whole if self._panel.method == "patches" else QSize(0, 0)

    def _paint_pictures(self, painter: QPainter, top: float) -> None:
        panel = self._panel
        left, right = QRectF(MARGIN, top, SIDE, SIDE), QRectF(MARGIN + SIDE + SPACE, top, SIDE, SIDE)
        if panel.method == "patches":
            painter.save()
            painter.translate(left.topLeft())
            panel.patches.paint(painter)
            painter.restore()
        elif panel.method == "maximise":
            panel.dream.image.paint(painter, fitted(panel.dream.image.sample, left))
            panel.dream.curve.paint(painter, right)
        else:
            for picture, room in ((panel.sample, left), (panel.heat, right)):
                picture.paint(painter, fitted(panel.sample.sample, room))


class WhySaving(QObject):
    """Does what the tab asks for. What was shown when it asked is what is saved, also while training goes on."""

    def __init__(self, panel: WhyPanel, files: PictureFiles) -> None:
        super().__init__(panel)
        self._panel, self._files = panel, files
        panel.save_requested.connect(self.start)

    def start(self, kind: str) -> None:
        """Ask for a file of this kind, and write it; nothing where nothing is shown."""
        data = self._data(kind)
        if data:
            self._files.save(tr("Save the explanation"), f"-why-{self._panel.method}", kind, lambda: data)

    def _data(self, kind: str) -> bytes:
        panel = self._panel
        if not panel.csv_text():
            return b""
        if kind == "csv":
            return panel.csv_text().encode()
        made = Poster(panel)
        return FORMS[kind](made.size, made.paint)
