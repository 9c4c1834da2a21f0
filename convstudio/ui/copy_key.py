"""The copy key in a view that has something of its own to copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence


def claims_copy(event: QEvent) -> bool:
    """Whether the event asks whose the copy key is; then it is ours, and not the window's, which copies blocks."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    if ours := event.matches(QKeySequence.StandardKey.Copy):
        event.accept()
    return ours
