"""A chain of boxes with numbers and signs between them, as a calculation is written; it wraps where it must."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF

from convstudio.ui.lens.ink import Align, Ink, text_font
from convstudio.ui.live.numbers import significant
from convstudio.ui.theme import theme

BOX_HIGH, NAME_HIGH, SIGN_WIDE, LINE_HIGH = 28.0, 18.0, 17.0, 58.0
LEAST = 58.0


@dataclass(frozen=True)
class Box:
    """A number with its name below, in a colour of its own or plain; `sign` stands before it."""

    value: float
    name: str
    colour: QColor | None = None
    sign: str = ""
    strong: bool = False


def height(boxes: tuple[Box, ...], width: int) -> int:
    """Pixels that the chain needs at that width."""
    return round(max(line for line, _ in _placed(boxes, width)) + LINE_HIGH) if boxes else 0


def paint(ink: Ink, boxes: tuple[Box, ...], width: int, top: float = 0.0) -> None:
    """Draw the chain from `top` on."""
    for box, (line, left) in zip(boxes, _placed(boxes, width), strict=True):
        _paint_box(ink, box, QRectF(left, top + line, _wide(box), BOX_HIGH))


def _paint_box(ink: Ink, box: Box, place: QRectF) -> None:
    if box.sign:
        sign = QRectF(place.left() - SIGN_WIDE, place.top(), SIGN_WIDE, place.height())
        ink.words(sign, box.sign, align=Align.AlignHCenter)
    colour = box.colour or theme.colour("raised")
    ink.patch(place, colour)
    ink.number(place, significant(box.value, 4), colour)
    if box.strong:
        ink.frame(place, "dilated", 2)
    name = QRectF(place.left() - 6, place.bottom() + 1, place.width() + 12, NAME_HIGH)
    ink.words(name, box.name, "dim", Align.AlignHCenter)


def _placed(boxes: tuple[Box, ...], width: int) -> list[tuple[float, float]]:
    """Top of its line and left edge for each box."""
    found, left, line = [], 6.0, 0.0
    for box in boxes:
        sign = SIGN_WIDE if box.sign else 0.0
        if left + sign + _wide(box) > width and left > 6.0:
            left, line = 6.0, line + LINE_HIGH
        found.append((line, left + sign))
        left += sign + _wide(box) + 2
    return found


def _wide(box: Box) -> float:
    """As wide as the name needs."""
    return max(LEAST, QFontMetricsF(text_font()).horizontalAdvance(box.name) - 8)
