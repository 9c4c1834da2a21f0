"""Paints blocks: cards with header, thumbnail and figures; pills for small blocks. Knows no items."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.look import BlockLook
from convstudio.ui.colours import between
from convstudio.ui.theme import number_font, theme

DETAIL = 0.4
"""Below this scale text is left out."""
READABLE = 0.28
"""Below `DETAIL` and down to this scale cards still say in large letters what they are."""
PICTURES = 0.22
"""Below this scale thumbnails are left out as well."""
RADIUS = 9.0
HALO = 8.0
SIGN = 6.5
"""Radius of the sign that there is advice."""
WARMTH = 0.3
"""How much of the colour of heat the block with the largest share is tinted with."""
ALARM = QPointF(3, 1)
"""Where the sign of the training doctor is."""
LOCK = 8.5
"""Radius of the disc that the lock of a frozen block lies on."""
STACK = 5.0
"""How far the sheets of a repeated group lie below and beside each other."""


def paint_block(
    painter: QPainter, look: BlockLook, image: QImage | None, *, selected: bool, scale: float, ghost: bool = False
) -> None:
    """Paint a block in its own coordinates. `scale` is device pixels per canvas unit."""
    area = QRectF(0, 0, *look.size)
    radius = area.height() / 2 if look.pill else RADIUS
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= DETAIL)
    if look.copies > 1:
        _paint_stack(painter, area, radius)
    _paint_body(painter, area, radius, look, selected, ghost)
    if look.pill:
        _paint_pill(painter, area, look, scale)
    else:
        _paint_card(painter, area, look, image, scale)
    if scale >= DETAIL and not ghost:
        _paint_ports(painter, look, selected)
    if look.copies > 1 and scale >= DETAIL:
        _paint_tag(painter, area, f"× {look.copies}")
    if look.frozen and scale >= READABLE:
        _paint_lock(painter, _lock_place(area, look))


def _paint_stack(p: QPainter, area: QRectF, radius: float) -> None:
    """The copies of a repeated group, as sheets behind the first."""
    p.setBrush(theme.colour("raised"))
    p.setPen(QPen(theme.colour("line"), 1.0))
    for sheet in (2, 1):
        p.drawRoundedRect(area.translated(STACK * sheet, STACK * sheet), radius, radius)


def _paint_tag(p: QPainter, area: QRectF, words: str) -> None:
    """How many copies, at the upper right corner."""
    p.setFont(number_font(8))
    width = QFontMetricsF(p.font()).horizontalAdvance(words) + 14
    tag = QRectF(area.right() - width + 12, -12, width, 20)
    p.setBrush(theme.colour("raised"))
    p.setPen(QPen(theme.colour("text"), 1.0))
    p.drawRoundedRect(tag, 5, 5)
    p.drawText(tag, Qt.AlignmentFlag.AlignCenter, words)


def paint_advice(p: QPainter, look: BlockLook) -> None:
    """A small sign on the upper edge: there is advice about this block."""
    across = look.size[0] - SIGN * 2.5 if look.copies == 1 else SIGN * 2.5
    sign = QPointF(across, 0)
    p.setBrush(theme.colour("panel"))
    p.setPen(QPen(theme.colour("accent"), 1.2))
    p.drawEllipse(sign, SIGN, SIGN)
    p.setFont(_font(7, bold=True))
    p.drawText(QRectF(across - SIGN, -SIGN, 2 * SIGN, 2 * SIGN), Qt.AlignmentFlag.AlignCenter, "i")


def paint_finding(p: QPainter, centre: QPointF = ALARM, radius: float = 8.0) -> None:
    """The training doctor's sign, an exclamation mark on a disc; at the upper left corner of a block."""
    p.setBrush(theme.colour("warning"))
    p.setPen(QPen(theme.colour("canvas"), 1.5))
    p.drawEllipse(centre, radius, radius)
    p.setPen(QColor("#12141a"))
    p.setFont(_font(8, bold=True))
    place = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    p.drawText(place, Qt.AlignmentFlag.AlignCenter, "!")


def _paint_body(p: QPainter, area: QRectF, radius: float, look: BlockLook, selected: bool, ghost: bool) -> None:
    if not ghost:
        shadow = QColor(0, 0, 0, 46 if theme.dark else 16)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(shadow)
        p.drawRoundedRect(area.translated(0, 3), radius, radius)
    ground = theme.colour("raised" if look.pill and theme.dark else "panel")
    p.setBrush(warmed(ground, look.heat.level) if look.heat else ground)
    p.setPen(_border(look, selected, ghost))
    p.drawRoundedRect(area, radius, radius)


def warmed(ground: QColor, level: float) -> QColor:
    """A ground with as much of the colour of heat as still lets text be read."""
    return between(ground, theme.colour("heat"), WARMTH * level)


def _paint_heat(p: QPainter, area: QRectF, level: float) -> None:
    """A bar along the lower edge of a card, as long as the share beside the largest one."""
    room = area.adjusted(10, area.height() - 7, -10, -3)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour("heat"))
    p.drawRoundedRect(QRectF(room.left(), room.top(), max(2.0, room.width() * level), room.height()), 2, 2)


def _border(look: BlockLook, selected: bool, ghost: bool) -> QPen:
    if ghost:
        return QPen(theme.colour("accent"), 1.2, Qt.PenStyle.DashLine)
    if look.mark == "error":
        return QPen(theme.colour("bad"), 2.6 if selected else 1.8)
    if selected:
        return QPen(theme.colour("accent"), 2.0)
    if look.mark == "warning":
        return QPen(theme.colour("warning"), 1.4)
    return QPen(theme.colour("line"), 1.0)


def _paint_pill(p: QPainter, area: QRectF, look: BlockLook, scale: float) -> None:
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour(look.colour))
    p.drawEllipse(QPointF(18, area.center().y()), 5, 5)
    if scale < DETAIL:
        return
    if look.foreign:
        _paint_foreign(p, QPointF(22, area.center().y() - 4))
    p.setPen(theme.colour("text"))
    p.setFont(_font(8.5, bold=True))
    _draw_elided(p, area.adjusted(29, 0, -2, 0), look.heading)
    below = QRectF(area.left() - 30, area.bottom() + 3, area.width() + 60, 16)
    p.setPen(theme.colour("bad" if look.mark == "error" else "dim"))
    p.setFont(number_font(7.5))
    shape = "" if look.shape == "?" and not look.mark else look.shape
    p.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{shape} · {look.heat.percent}" if look.heat else shape)


def _paint_card(p: QPainter, area: QRectF, look: BlockLook, image: QImage | None, scale: float) -> None:
    inner = _inner(area)
    badge = QRectF(9, 8, 17, 17) if scale >= DETAIL else QRectF(8, 4, 29, 29)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour(look.colour))
    p.drawRoundedRect(badge, 4, 4)
    if look.heat and look.heat.level:
        _paint_heat(p, area, look.heat.level)
    if scale >= PICTURES and (image is not None or look.mark != "error"):
        _paint_image(p, inner, image)
    if scale < READABLE:
        return
    p.setPen(theme.colour("on_kind"))
    p.setFont(_font(7.5 if scale >= DETAIL else 15, bold=True))
    p.drawText(badge, Qt.AlignmentFlag.AlignCenter, look.glyph)
    if look.foreign:
        _paint_foreign(p, badge.topRight())
    _paint_heading(p, area, look, badge, 8.5 if scale >= DETAIL else 15)
    if scale < DETAIL:
        return
    p.setPen(QPen(theme.colour("line"), 1))
    p.drawLine(QPointF(1, geometry.HEADER), QPointF(area.width() - 1, geometry.HEADER))
    if look.mark == "error" and image is None:
        _paint_complaint(p, inner, look.complaint)
    _paint_footer(p, area, look)


def _lock_place(area: QRectF, look: BlockLook) -> QPointF:
    """The middle of the lock: at the right end of a card's header, on the upper right corner of a pill."""
    return QPointF(area.right() - 8, area.top() + 1) if look.pill else QPointF(area.right() - 16, 16.5)


def _paint_lock(p: QPainter, middle: QPointF) -> None:
    """The mark of frozen weights: a closed padlock on a small disc."""
    p.setPen(QPen(theme.colour("line"), 1))
    p.setBrush(theme.colour("raised"))
    p.drawEllipse(middle, LOCK, LOCK)
    p.setPen(QPen(theme.colour("frozen"), 1.4))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawArc(QRectF(middle.x() - 2.6, middle.y() - 5.2, 5.2, 6.4), 0, 180 * 16)
    p.setBrush(theme.colour("frozen"))
    p.drawRoundedRect(QRectF(middle.x() - 3.6, middle.y() - 1.2, 7.2, 5.4), 1, 1)


def _paint_foreign(p: QPainter, corner: QPointF) -> None:
    """The mark of a kind that comes from a plugin: a dot at the corner of its badge."""
    p.setPen(QPen(theme.colour("panel"), 1))
    p.setBrush(theme.colour("warning"))
    p.drawEllipse(corner, 3.5, 3.5)


def _paint_heading(p: QPainter, area: QRectF, look: BlockLook, badge: QRectF, size: float) -> None:
    left = badge.right() + 7
    room = QRectF(left, badge.center().y() - 16.5, area.width() - left - (28 if look.frozen else 8), geometry.HEADER)
    p.setPen(theme.colour("text"))
    p.setFont(_font(size, bold=True))
    _draw_elided(p, room, look.heading)


def _draw_elided(p: QPainter, room: QRectF, words: str) -> None:
    """In one line; a title that is too long for the room ends in dots."""
    text = QFontMetricsF(p.font()).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    p.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


def paint_thumbnail(p: QPainter, look: BlockLook, image: QImage) -> None:
    """Only what lies in the middle of a card, in the block's own coordinates."""
    if not look.pill:
        _paint_image(p, _inner(QRectF(0, 0, *look.size)), image)


def _inner(area: QRectF) -> QRectF:
    """Where the thumbnail of a card lies."""
    return QRectF(8, geometry.HEADER + 5, area.width() - 16, area.height() - geometry.HEADER - geometry.FOOTER - 7)


def _paint_image(p: QPainter, inner: QRectF, image: QImage | None) -> None:
    if image is None:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("raised"))
        p.drawRoundedRect(inner, 3, 3)
        return
    target = _fitted(inner, image)
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.width() < image.width())
    p.drawImage(target, image)


def thumbnail_place(look: BlockLook, image: QImage) -> QRectF:
    """Where the picture itself lies, in the block's own coordinates."""
    return _fitted(_inner(QRectF(0, 0, *look.size)), image)


def _fitted(inner: QRectF, image: QImage) -> QRectF:
    """As large as fits, in the middle."""
    ratio = min(inner.width() / image.width(), inner.height() / image.height())
    width, height = image.width() * ratio, image.height() * ratio
    return QRectF(inner.center().x() - width / 2, inner.center().y() - height / 2, width, height)


def _paint_complaint(p: QPainter, inner: QRectF, words: str) -> None:
    p.setPen(theme.colour("bad"))
    p.setFont(_font(8))
    p.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def _paint_footer(p: QPainter, area: QRectF, look: BlockLook) -> None:
    room = QRectF(10, area.height() - geometry.FOOTER, area.width() - 20, geometry.FOOTER - (7 if look.heat else 2))
    p.setPen(theme.colour("text" if look.heat else "dim"))
    p.setFont(number_font(8))
    figure = look.heat.percent if look.heat else look.weights
    p.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, look.shape)
    p.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)


def _paint_ports(p: QPainter, look: BlockLook, selected: bool) -> None:
    radius = 3.5 if look.pill else geometry.PORT_RADIUS
    p.setPen(QPen(theme.colour("accent" if selected else "wire"), 1.6))
    p.setBrush(QBrush(theme.colour("panel")))
    for _, x, y in look.inputs:
        p.drawEllipse(QPointF(x, y), radius, radius)
    if look.output:
        p.drawEllipse(QPointF(*look.output), radius, radius)


def paint_halo(p: QPainter, port: QPointF, fits: bool) -> None:
    """A ring around a port where a wire may end; a broken one where what arrives would not fit yet."""
    colour = theme.colour("accent" if fits else "warning")
    soft = QColor(colour)
    soft.setAlpha(70)
    p.setPen(QPen(colour, 2.0, Qt.PenStyle.SolidLine if fits else Qt.PenStyle.DotLine))
    p.setBrush(soft)
    p.drawEllipse(port, HALO, HALO)


def paint_label(p: QPainter, middle: QPointF, words: str, token: str) -> None:
    """The shape of what flows, on a wire."""
    p.setFont(_label_font())
    size = label_size(words)
    room = QRectF(middle - QPointF(size.width() / 2, size.height() / 2), size)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.colour("canvas"))
    p.drawRoundedRect(room, 4, 4)
    p.setPen(theme.colour(token))
    p.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


@lru_cache(maxsize=1024)
def label_size(words: str) -> QSizeF:
    """How much room the label of a wire takes."""
    return QSizeF(QFontMetricsF(_label_font()).horizontalAdvance(words) + 10, 14)


@cache
def _label_font() -> QFont:
    return number_font(7.5)


_fonts: dict[tuple[float, bool], QFont] = {}


def _font(size: float, *, bold: bool = False) -> QFont:
    if (size, bold) not in _fonts:
        font = QFont()
        font.setPointSizeF(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        _fonts[size, bold] = font
    return _fonts[size, bold]
