"""A large network seen from far: all wires and blocks drawn by one item, blocks as stamps, where no text can be read.

Qt asks each item to paint itself, which in Python costs more than what is painted. From far, many blocks look the
same: each look is painted once, by the painter that paints it near, and then only stamped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from convstudio.network.document import Wire
from convstudio.ui.canvas.items import MARGIN, BlockItem, WireItem, wire_colour
from convstudio.ui.canvas.painter import DETAIL, PICTURES, READABLE, paint_block, paint_halo, paint_thumbnail
from convstudio.ui.theme import theme

MANY = 200
"""Fewer blocks than these paint themselves at every scale."""
Stamp = tuple[object, ...]


class FarItem(QGraphicsItem):
    """The picture of all blocks and wires. It is there only from far; then they themselves have no contents."""

    def __init__(self, blocks: Mapping[str, BlockItem], wires: Mapping[Wire, WireItem]) -> None:
        super().__init__()
        self._blocks, self._wires = blocks, wires
        self._area = QRectF()
        self._paths: dict[tuple[str, float], QPainterPath] | None = None
        self._stamps: dict[Stamp, QPixmap] = {}
        self._stamped_at = (0.0, 0.0, False)
        self._empty = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._empty.fill(Qt.GlobalColor.transparent)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._scale = 1.0
        self.setZValue(1)

    @property
    def serving(self) -> bool:
        """Whether it draws the blocks and wires now; otherwise it is in no scene."""
        return self.scene() is not None

    def serve(self, scene: QGraphicsScene, scale: float) -> None:
        """The scene is seen at this scale: draw all its blocks and wires, or leave it to them."""
        self._scale = scale
        far = scale < DETAIL and len(self._blocks) >= MANY
        if far != self.serving:
            scene.addItem(self) if far else scene.removeItem(self)
            for item in (*self._blocks.values(), *self._wires.values()):
                self.adopt(item)

    @contextmanager
    def standing_back(self, scene: QGraphicsScene) -> Iterator[None]:
        """Blocks and wires draw themselves meanwhile, with all their details."""
        scale = self._scale
        self.serve(scene, 1.0)
        try:
            yield
        finally:
            self.serve(scene, scale)

    def adopt(self, item: QGraphicsItem) -> None:
        """An item draws itself only from near."""
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, self.serving)

    def refresh(self, area: QRectF | None = None) -> None:
        """Something looks otherwise, or lies elsewhere, perhaps as far out as `area`."""
        self._paths = None
        if area is not None and not self._area.contains(area):
            self.prepareGeometryChange()
            self._area |= area
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def shape(self) -> QPainterPath:
        """Nobody touches this item: blocks and wires are found by their own shapes."""
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        to_screen = painter.worldTransform()
        scale, exposed = to_screen.m11(), QRectF(option.exposedRect)
        self._paint_wires(painter)
        painter.setWorldTransform(QTransform())
        ratio = painter.device().devicePixelRatio() if painter.device() else 1.0
        if self._stamped_at != (scale, ratio, theme.dark):
            self._stamps, self._stamped_at = {}, (scale, ratio, theme.dark)
        last = []
        for item in self._blocks.values():
            if not exposed.intersects(item.body):
                continue
            if item.chosen or item.halo():
                last.append(item)
            else:
                self._stamp(painter, item, to_screen, scale, ratio)
        for item in last:
            self._stamp(painter, item, to_screen, scale, ratio)
        painter.setWorldTransform(to_screen)

    def _stamp(self, painter: QPainter, item: BlockItem, to_screen: QTransform, scale: float, ratio: float) -> None:
        corner = to_screen.map(item.pos())
        x, y = round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio
        painter.setOpacity(item.opacity())
        painter.drawPixmap(QPointF(x - MARGIN * scale, y - MARGIN * scale), self._picture(item, scale, ratio))
        painter.setOpacity(1.0)
        image, halo = item.image if scale >= PICTURES else None, item.halo()
        if image or halo:
            painter.setWorldTransform(QTransform.fromTranslate(x, y).scale(scale, scale))
            if image:
                paint_thumbnail(painter, item.look, image)
            if halo:
                paint_halo(painter, *halo)
            painter.setWorldTransform(QTransform())

    def _picture(self, item: BlockItem, scale: float, ratio: float) -> QPixmap:
        """What the painter makes of a block at this scale, once for all that look like it."""
        look, bare = item.look, item.image is not None
        words = (look.glyph, look.heading, look.foreign) if scale >= READABLE and not look.pill else ()
        heat = look.heat and look.heat.level
        key = (look.size, look.colour, look.pill, look.mark, item.chosen, bare, heat, *words)
        if key not in self._stamps:
            width, height = (round((side + 2 * MARGIN) * scale * ratio) + 1 for side in look.size)
            picture = QPixmap(width, height)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.scale(scale, scale)
            painter.translate(MARGIN, MARGIN)
            paint_block(painter, look, self._empty if bare else None, selected=item.chosen, scale=scale)
            painter.end()
            self._stamps[key] = picture
        return self._stamps[key]

    def _paint_wires(self, painter: QPainter) -> None:
        if self._paths is None:
            self._paths = {}
            for line in self._wires.values():
                self._paths.setdefault(line.stroke(), QPainterPath()).addPath(line.path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (name, width), path in self._paths.items():
            painter.setPen(QPen(wire_colour(name), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawPath(path)
