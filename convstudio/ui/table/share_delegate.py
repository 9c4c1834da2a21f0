"""Paints a cell's share of the whole as a thin bar below its number."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from convstudio.ui.table.model import COLOUR, SHARE
from convstudio.ui.theme import theme

HEIGHT = 3.0
SIDE = 5.0
"""Room beside the bar."""


class ShareDelegate(QStyledItemDelegate):
    """A cell as usual; where it has a share, with a bar whose length is the share."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if not share:
            return
        room = QRectF(option.rect).adjusted(SIDE, 0, -SIDE, -2)
        bar = QRectF(room.left(), room.bottom() - HEIGHT, room.width(), HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(theme.colour("hover" if not chosen else "accent"))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        bar.setWidth(max(HEIGHT, bar.width() * share))
        painter.setBrush(theme.colour("on_accent" if chosen else index.data(COLOUR)))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.restore()
