"""The items of the scene: one for each block, which paints everything itself, and one for each wire."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from convstudio.network.document import Wire
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.look import BlockLook, WireLook
from convstudio.ui.canvas.painter import (
    DETAIL,
    PICTURES,
    label_size,
    paint_advice,
    paint_block,
    paint_finding,
    paint_halo,
    paint_label,
)
from convstudio.ui.canvas.wiring import Goal
from convstudio.ui.colours import between
from convstudio.ui.live.eye import paint_tag
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

MARGIN = 20.0
"""Room around the body for ports, shadow and the line below a pill."""
LABEL = (120.0, 16.0)
"""Room that the label of a wire may take: '1024×112×112×112', or the word on a muted one."""
REACH = 8.0
"""How far the stroke of a wire may reach beside its course; the same for all, so that what flows does not move it."""
ROOMY = 170.0
"""Wires at least so long, from port to port, have room for a label."""
SHADES = 16
"""Wires are told apart by how much flows through them in so many steps."""
FAINT = 0.35
"""How much is seen of a block that a wire can never lead to."""
BLOCK_CACHE = QGraphicsItem.CacheMode.DeviceCoordinateCache
"""Blocks are painted once for each scale, and again when they change."""


class BlockItem(QGraphicsItem):
    """The picture of one block. It follows what the scene tells it and changes nothing by itself."""

    def __init__(self, block_id: str, look: BlockLook) -> None:
        super().__init__()
        self.block_id = block_id
        self._look = look
        self._image: QImage | None = None
        self._chosen = False
        self._lit: Goal | None = None
        self._advice = ""
        self._muted = ""
        self._finding = ""
        self.setZValue(1)
        self.setCacheMode(BLOCK_CACHE)
        self._told = look.complaint
        self.setToolTip(look.complaint)

    @property
    def look(self) -> BlockLook:
        return self._look

    @property
    def image(self) -> QImage | None:
        return self._image

    @property
    def chosen(self) -> bool:
        return self._chosen

    @property
    def body(self) -> QRectF:
        """Where it lies on the canvas."""
        return QRectF(self.pos(), QSizeF(*self._look.size))

    def halo(self) -> tuple[QPointF, bool] | None:
        """While a wire is drawn that may end here: the port, in the block's coordinates, and whether it would fit."""
        if self._lit is None or self._lit.kind == "refused":
            return None
        at = QPointF(*self._look.output) if self._look.output and self._lit.port == "out" else None
        return at or self._look.port(self._lit.port), self._lit.kind == "good"

    def set_look(self, look: BlockLook) -> None:
        if look == self._look:
            return
        if look.size != self._look.size:
            self.prepareGeometryChange()
        self._look = look
        self._tell()
        self.update()

    def set_advice(self, words: str) -> None:
        """What there is to say without being wrong; '' for nothing."""
        if words != self._advice:
            self._advice = words
            self._tell()
            self.update()

    def set_muted(self, words: str) -> None:
        """What of it is switched off while it is looked at; '' for nothing."""
        if words != self._muted:
            self._muted = words
            self.update()

    @property
    def muted(self) -> str:
        return self._muted

    def set_finding(self, words: str) -> None:
        """What the training doctor has found here; '' for nothing."""
        if words != self._finding:
            self._finding = words
            self._tell()
            self.update()

    @property
    def finding(self) -> str:
        return self._finding

    def _tell(self) -> None:
        words = self._look.complaint or self._finding + self._advice
        if words != self._told:
            self._told = words
            self.setToolTip(words)

    def set_image(self, image: QImage | None) -> None:
        """The thumbnail of what the block computes."""
        self._image = image
        self.update(QRectF(0, geometry.HEADER, *self._look.size))

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.setZValue(2 if chosen else 1)
            self.update()

    def set_lit(self, goal: Goal | None) -> None:
        """While a wire is drawn: the port that it may lead to shines; where it never can, the block steps back."""
        if goal != self._lit:
            self._lit = goal
            self.setOpacity(FAINT if goal and goal.kind == "refused" else 1.0)
            self.update()

    def input_point(self, port: str) -> QPointF:
        """Centre of an input port on the canvas."""
        return self.pos() + self._look.port(port)

    def output_point(self) -> QPointF:
        """Centre of the output port on the canvas; the right edge where there is none."""
        x, y = self._look.output or (self._look.size[0], self._look.size[1] / 2)
        return self.pos() + QPointF(x, y)

    def port_at(self, point: QPointF) -> tuple[str, bool] | None:
        """The port near a point of the canvas: its name and whether it is an output."""
        local = point - self.pos()
        found = [((local - QPointF(x, y)).manhattanLength(), name, False) for name, x, y in self._look.inputs]
        if self._look.output:
            found.append(((local - QPointF(*self._look.output)).manhattanLength(), "out", True))
        distance, name, is_output = min(found, default=(geometry.PORT_REACH + 1, "", False))
        return (name, is_output) if distance <= geometry.PORT_REACH else None

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self._look.size).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(QRectF(0, 0, *self._look.size).adjusted(-8, -2, 8, 2))
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        paint_block(painter, self._look, self._image, selected=self._chosen, scale=scale)
        if self._advice and scale >= DETAIL:
            paint_advice(painter, self._look)
        if self._finding and scale >= PICTURES:
            paint_finding(painter)
        if self._muted and scale >= PICTURES:
            paint_tag(painter, QPointF(8, -12), self._muted)
        if halo := self.halo():
            paint_halo(painter, *halo)


class WireItem(QGraphicsItem):
    """The picture of one wire."""

    def __init__(self, wire: Wire, look: WireLook) -> None:
        super().__init__()
        self.wire = wire
        self._look = look
        self._ends: tuple[QPointF, QPointF] | None = None
        self._lane: float | None = None
        self._path = QPainterPath()
        self._bounds = QRectF()
        self._roomy = False
        self._label_at: QPointF | None = None
        self._chosen = False
        self._touched = False
        self._activity: int | None = None
        self._activity_words = ""
        self._muted = False
        self.setToolTip(look.words)

    def set_look(self, look: WireLook) -> None:
        if look != self._look:
            self._look = look
            self._tell()
            self.update()

    def set_muted(self, muted: bool) -> None:
        """Nothing of what it carries arrives, while it is looked at."""
        if muted != self._muted:
            self._muted = muted
            self._measure()
            self.update()

    @property
    def muted(self) -> bool:
        return self._muted

    def set_activity(self, level: float | None, words: str) -> None:
        """How much flows through it, 0 to 1, and that in words; None where it is not to be shown."""
        step = None if level is None else round(level * SHADES)
        if words != self._activity_words:
            self._activity_words = words
            self._tell()
        if step != self._activity:
            self._activity = step
            self.update()

    def _tell(self) -> None:
        self.setToolTip("\n".join(words for words in (self._look.words, self._activity_words) if words))

    @property
    def length(self) -> float:
        """How far the wire leads to the right."""
        return self._ends[1].x() - self._ends[0].x() if self._ends else 0.0

    @property
    def ends(self) -> tuple[QPointF, QPointF] | None:
        """Where it leads from and to; None as long as it leads nowhere."""
        return self._ends

    @property
    def lane(self) -> float | None:
        """At which y the wire passes blocks that are in its way."""
        return self._lane

    def set_ends(self, start: QPointF, end: QPointF, lane: float | None = None) -> None:
        """Lead from point to point, at the height of a lane where blocks are in the way."""
        if (start, end) != self._ends or lane != self._lane:
            self._ends, self._lane = (start, end), lane
            self._path = geometry.wire_path(start, end, lane)
            bulge = abs(lane - start.y()) if lane is not None else 0
            self._roomy = (end - start).manhattanLength() + bulge > ROOMY
            self._measure()
            self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Selected itself, or beside a selected block."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.setZValue(0.5 if chosen else 0)
            self.update()

    def set_touched(self, touched: bool) -> None:
        """Something held over it would be inserted here."""
        if touched != self._touched:
            self._touched = touched
            self.update()

    @property
    def path(self) -> QPainterPath:
        return self._path

    def stroke(self) -> tuple[str, float]:
        """The token of its colour, and its width."""
        plain = "wire" if self._activity is None else f"activity {self._activity}"
        name = "bad" if self._look.wrong else "accent" if self._chosen or self._touched else plain
        return name, self._look.width + (2.0 if self._touched else 0.0)

    def middle(self) -> QPointF:
        return self._path.pointAtPercent(0.5)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def _measure(self) -> None:
        """Work out how far it reaches: Qt asks for that far more often than it changes."""
        across, down = (LABEL[0] / 2, LABEL[1] / 2) if self._muted or self._roomy else (REACH, REACH)
        bounds = self._path.controlPointRect().adjusted(-across, -down, across, down)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    @property
    def labelled(self) -> bool:
        """Whether the wire is long enough for the shape of what it carries."""
        return self._roomy and bool(self._look.label)

    @property
    def label_size(self) -> QSizeF:
        return label_size(self._look.label)

    @property
    def label_at(self) -> QPointF | None:
        """The middle of the label; None where there is none, or no free place for it."""
        return self._label_at

    def set_label_at(self, middle: QPointF | None) -> None:
        if middle != self._label_at:
            self._label_at = middle
            self.update()

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(14)
        return stroker.createStroke(self._path)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        pen = _pen(*self.stroke(), theme.dark)
        painter.setPen(muted_pen(pen) if self._muted else pen)
        painter.drawPath(self._path)
        if self._muted and scale >= DETAIL:
            paint_label(painter, self._label_at or self.middle(), tr("muted"), "warning_text")
        elif self._label_at and scale >= DETAIL:
            paint_label(painter, self._label_at, self._look.label, "bad" if self._look.wrong else "dim")


@lru_cache(maxsize=256)
def _pen(token: str, width: float, dark: bool) -> QPen:
    """Made once for each kind of line: there are many wires, and they are painted often."""
    return QPen(wire_colour(token), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def muted_pen(pen: QPen) -> QPen:
    """The same line in dashes, in the colour of a warning."""
    return QPen(theme.colour("warning"), pen.widthF(), Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap)


def wire_colour(name: str) -> QColor:
    """The colour of a token, or of 'activity N': from faint to bright in `SHADES` steps."""
    _, _, step = name.partition(" ")
    if not step:
        return theme.colour(name)
    return between(theme.colour("canvas"), theme.colour("text"), 0.2 + 0.8 * int(step) / SHADES)


class LooseWireItem(QGraphicsItem):
    """The wire that follows the cursor while it is being drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._token = "accent"
        self.setZValue(3)

    def follow(self, start: QPointF, end: QPointF, token: str) -> None:
        """Draw from an output to an input point, in the colour of a token; 'bad' is dashed as well."""
        self.prepareGeometryChange()
        self._path = geometry.wire_path(start, end)
        self._token = token
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.controlPointRect().adjusted(-5, -5, 5, 5)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        style = Qt.PenStyle.DashLine if self._token in ("bad", "warning") else Qt.PenStyle.SolidLine
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(self._token), 2.2, style, Qt.PenCapStyle.RoundCap))
        painter.drawPath(self._path)


class GhostItem(QGraphicsItem):
    """The outline of a block that is held over the canvas and not dropped yet."""

    def __init__(self, look: BlockLook) -> None:
        super().__init__()
        self._look = look
        self.setZValue(4)
        self.setOpacity(0.85)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self._look.size).adjusted(-3, -3, 3, MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        paint_block(painter, self._look, None, selected=False, scale=1.0, ghost=True)
