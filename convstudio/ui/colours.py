"""Arithmetic of colours: one that lies between two others, and black or white, whichever can be read on one."""

from __future__ import annotations

from PySide6.QtGui import QColor


def between(one: QColor, other: QColor, part: float) -> QColor:
    """The colour at `part` of the way from `one` (0) to `other` (1), channel by channel."""
    ends = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return QColor(*(round(a + (b - a) * part) for a, b in ends))


def readable_on(colour: QColor) -> QColor:
    """Black or white, whichever has more contrast with `colour` (relative luminance of WCAG 2, section 1.4.3)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor("#000000") if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else QColor("#ffffff")
