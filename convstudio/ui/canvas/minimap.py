"""The small map of the whole network in the corner of the canvas; a click looks there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsView, QWidget

from convstudio.ui.canvas.scene import Body, CanvasScene
from convstudio.ui.later import Later
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

SIZE = (148, 82)
MARGIN = 12
MANY = 200
"""From so many blocks on they are painted without smooth edges."""
NEEDS = (520, 300)
"""Smaller canvases have no room to spare for a map."""


class Minimap(QWidget):
    """Draws all notes and blocks as small rectangles and the visible part as an outline."""

    place_chosen = Signal(QPointF)

    def __init__(self, scene: CanvasScene, view: QGraphicsView) -> None:
        """Lies over `view` itself: what lies on its viewport is scrolled along with the canvas."""
        super().__init__(view)
        self._scene = scene
        self._view = view
        self.setFixedSize(*SIZE)
        self.setAccessibleName(tr("Map of the network"))
        self.setToolTip(tr("Click to look there"))
        self._picture: QPixmap | None = None
        self._written_at = QRect()
        self._drawn_from: tuple[object, object] = (None, None)
        self._later = Later(self._draw, self)
        theme.changed.connect(self._restyle)

    def follow(self) -> None:
        """The document is another one: draw it a moment later."""
        self._later.ask()

    def make_way(self, written_at: QRect) -> None:
        """Somebody writes in this part of the view; nobody where it is empty."""
        self._written_at = written_at
        self.settle()

    def settle(self) -> None:
        """Stay in the corner; hide where the canvas is small, nothing is out of sight, or somebody writes here."""
        self.move(self._view.width() - self.width() - MARGIN, self._view.height() - self.height() - MARGIN)
        roomy = bool(self._scene.blocks) and self._view.width() >= NEEDS[0] and self._view.height() >= NEEDS[1]
        in_the_way = self.geometry().intersects(self._written_at)
        self.setVisible(roomy and not in_the_way and not self._visible().contains(self._scene.content()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = self._drawn(ratio)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 1))
        area, factor, corner = self._mapping()
        seen = self._visible()
        at = corner + (seen.topLeft() - area.topLeft()) * factor
        frame = QRectF(at.x(), at.y(), seen.width() * factor, seen.height() * factor)
        painter.drawRoundedRect(frame.intersected(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)), 4, 4)

    def _draw(self) -> None:
        """Stay in place; draw blocks and notes anew only where they lie elsewhere than before."""
        self.settle()
        bodies, notes = self._scene.bodies, self._scene.store.network.notes
        if self._drawn_from[0] is not bodies or self._drawn_from[1] is not notes:
            self._drawn_from = bodies, notes
            self._restyle()

    def _drawn(self, ratio: float) -> QPixmap:
        """All but the outline of the visible part."""
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        area, factor, corner = self._mapping()
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_notes(painter, area, factor, corner)
        painter.setBrush(theme.colour("wire"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._scene.blocks) < MANY)
        painter.drawRects([_small(body, area, factor, corner) for body in self._scene.bodies])
        painter.end()
        return picture

    def _restyle(self) -> None:
        self._picture = None
        self.update()

    def _paint_notes(self, painter: QPainter, area: QRectF, factor: float, corner: QPointF) -> None:
        """Frames as areas in their colour, plain notes as thin ones."""
        for item in sorted(self._scene.notes.items.values(), key=lambda item: item.zValue()):
            colour = QColor(theme.colour(f"note_{item.note.colour}"))
            colour.setAlpha(56 if item.note.kind == "frame" else 110)
            at = corner + (item.pos() - area.topLeft()) * factor
            painter.fillRect(QRectF(at.x(), at.y(), item.note.width * factor, item.note.height * factor), colour)

    def _look(self, place: QPointF) -> None:
        area, factor, corner = self._mapping()
        self.place_chosen.emit(area.topLeft() + (place - corner) / factor)
        self.update()

    def _mapping(self) -> tuple[QRectF, float, QPointF]:
        """The canvas area shown, map pixels per canvas unit, and where the area's corner lies on the map."""
        area = self._scene.content()
        if area.isEmpty():
            area = QRectF(-400, -250, 800, 500)
        area = area.adjusted(-60, -60, 60, 60)
        factor = min((self.width() - 8) / area.width(), (self.height() - 8) / area.height())
        corner = QPointF((self.width() - area.width() * factor) / 2, (self.height() - area.height() * factor) / 2)
        return area, factor, corner

    def _visible(self) -> QRectF:
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()


def _small(body: Body, area: QRectF, factor: float, corner: QPointF) -> QRectF:
    x, y, width, height = body
    left, top = corner.x() + (x - area.left()) * factor, corner.y() + (y - area.top()) * factor
    return QRectF(left, top, max(3.0, width * factor), max(3.0, height * factor))
