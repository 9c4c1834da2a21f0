"""The receptive field on the image: what the unit can see, and beside it what moves it in fact."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from convstudio.ui.lens.field_sight import FieldSight
from convstudio.ui.lens.map_picture import MapPicture
from convstudio.ui.live.caption import Caption
from convstudio.ui.text import tr

LOW = 190
"""Pixels of height below which the words are left to the tooltip."""


class FieldView(QWidget):
    """Two pictures below each other, or side by side where there is little height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = MapPicture(tr("The image with what the unit can see"))
        self.measured = MapPicture(tr("How much each cell of the image moves the unit"))
        self.size_words = Caption()
        self.words = QLabel()
        self.words.setObjectName("dim")
        self.words.setWordWrap(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8)
        for words, picture in ((self.size_words, self.image), (Caption(tr("what moves it")), self.measured)):
            self._row.addLayout(_column(words, picture), 1)
        whole.addLayout(self._row, 100)
        whole.addWidget(self.words)
        whole.addStretch(1)

    def show_sight(self, sight: FieldSight) -> None:
        self.image.show_scene(sight.image)
        self.measured.show_scene(sight.measured)
        self.size_words.setText(sight.size)
        self.words.setText(sight.words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below each other as soon as both pictures become larger by it."""
        super().resizeEvent(event)
        upright = self.height() > 1.3 * self.width()
        way = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != way:
            self._row.setDirection(way)
        self.words.setVisible(self.height() > LOW)
        self.setToolTip(self.words.text())


def _column(words: Caption, picture: MapPicture) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(words)
    column.addWidget(picture, 1)
    return column
