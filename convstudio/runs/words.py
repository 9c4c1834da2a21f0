"""The figures of a run in the words in which people read them, in the window and on the command line."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """0:42, 12:05, 3:07:00; days are not counted."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def loss(value: float) -> str:
    """Three digits: 0.0412; a dash for what is no number."""
    return f"{value:#.3g}" if value == value else "–"


def share(value: float) -> str:
    """A share from 0 to 1 in per cent: 97.4 %."""
    return f"{100 * value:.1f} %"
