"""Two pictures beside each other, as the pages of the Why tab show them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget


def pair(page: QWidget, left: QWidget, right: QWidget) -> None:
    """Let `page` hold both, each with half of the room."""
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
