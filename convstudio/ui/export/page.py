"""A page of Markdown as a text document in the colours of the theme, with room around headings and in tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextBlockFormat, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QFrame, QTextBrowser

from convstudio.ui.theme import theme

MARGIN = 16.0
WIDEST = 740
"""Of a picture, in pixels."""
ABOVE, BELOW, PADDING = 16.0, 6.0, 4.0


class Page(QTextBrowser):
    """Shows a page whose pictures are handed to it; its links lead nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._given: dict[str, QImage] = {}
        self._pictures: dict[str, QImage] = {}
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_page(self, text: str, pictures: dict[str, QImage]) -> None:
        """`pictures` by the names that the text has for them. What was in view stays in view."""
        self._text, self._given = text, pictures
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures are as wide as there is room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def _lay_out(self) -> None:
        at = self.verticalScrollBar().value()
        room = min(WIDEST, round(self.viewport().width() - 2 * MARGIN))
        ratio = self.devicePixelRatioF()
        self._pictures = {name: _fitted(image, room, ratio) for name, image in self._given.items()}
        document = self.document()
        document.setDocumentMargin(MARGIN)
        document.setMarkdown(self._text)
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _space_table(frame)
        _space_headings(document)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(at)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures are those of the page; nothing is ever read from the disk."""
        return self._pictures.get(QUrl(name).toString())


def _fitted(image: QImage, room: int, ratio: float) -> QImage:
    """As wide as the room at most; an image has two pixels for each unit."""
    wide = round(min(room, image.width() / 2) * ratio)
    small = image.scaledToWidth(max(1, wide), Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(ratio)
    return small


def _space_table(table: QTextTable) -> None:
    shape = table.format().toTableFormat()
    shape.setBorderBrush(theme.colour("line"))
    shape.setBorder(1)
    shape.setBorderCollapse(True)
    shape.setCellPadding(PADDING)
    shape.setTopMargin(BELOW)
    shape.setBottomMargin(BELOW)
    table.setFormat(shape)


def _space_headings(document: QTextDocument) -> None:
    block = document.begin()
    while block.isValid():
        if block.blockFormat().headingLevel():
            shape = QTextBlockFormat(block.blockFormat())
            shape.setTopMargin(ABOVE if block.blockNumber() else 0)
            shape.setBottomMargin(BELOW)
            QTextCursor(block).setBlockFormat(shape)
        block = block.next()
