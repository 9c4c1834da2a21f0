"""The receptive field on the image: what the unit can see, what moves it in fact, and in how many ways."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from convstudio.ui.lens.field_sight import FieldSight
from convstudio.ui.lens.map_picture import MapPicture
from convstudio.ui.lens.ways import Ways
from convstudio.ui.lens.ways_picture import WaysPicture
from convstudio.ui.live.caption import Caption
from convstudio.ui.text import tr

MEANING = (
    "The number of paths from a cell through the masks to the unit. Where the rates of dilated masks have a common "
    "factor, cells in between have none: gridding."
)
LOW = 190
"""Pixels of height below which the words are left to the tooltip."""


class FieldView(QWidget):
    """Pictures below each other, or side by side where there is little height."""

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
        self.ways = WaysPicture()
        self._ways_side = QWidget()
        self._ways_side.setLayout(_column(Caption(tr("ways to it")), self.ways))
        for words, picture in ((self.size_words, self.image), (Caption(tr("what moves it")), self.measured)):
            self._row.addLayout(_column(words, picture), 1)
        self._row.addWidget(self._ways_side, 1)
        whole.addLayout(self._row, 100)
        whole.addWidget(self.words)
        whole.addStretch(1)

    def show_sight(self, sight: FieldSight) -> None:
        self.image.show_scene(sight.image)
        self.measured.show_scene(sight.measured)
        self.size_words.setText(sight.size)
        self.words.setText(sight.words)

    def show_ways(self, ways: Ways | None) -> None:
        """In how many ways each cell of the field reaches the unit; None where it cannot be told."""
        self._ways_side.setVisible(ways is not None)
        self.ways.show_ways(ways)
        if ways is not None:
            self.words.setText(f"{self.words.text()} {ways.words()}.")
            self.ways.setToolTip(tr(MEANING))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below each other as soon as both pictures become larger by it."""
        super().resizeEvent(event)
        upright = self.height() > 1.3 * self.width()
        way = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != way:
            self._row.setDirection(way)
        self.words.setVisible(self.height() > LOW)
        self.setToolTip(self.words.text())


def _column(words: Caption, picture: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(words)
    column.addWidget(picture, 100)
    column.addStretch(1)
    return column
