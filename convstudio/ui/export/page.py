"""A page of Markdown as a text document in the colours of the theme, with room around headings and in tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument, QTextTable
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
        self._pictures: dict[str, QImage] = {}
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_page(self, text: str, pictures: dict[str, QImage]) -> None:
        """`pictures` by the names that the text has for them. What was in view stays in view."""
        at = self.verticalScrollBar().value()
        self._pictures = {name: _fitted(image, self.devicePixelRatioF()) for name, image in pictures.items()}
        document = self.document()
        document.setDocumentMargin(MARGIN)
        document.setMarkdown(text)
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _space_table(frame)
        _space_headings(document)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(at)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures are those of the page; nothing is ever read from the disk."""
        return self._pictures.get(QUrl(name).toString())


def _fitted(image: QImage, ratio: float) -> QImage:
    """As wide as the page at most; an image has two pixels for each unit."""
    wide = round(min(WIDEST, image.width() / 2) * ratio)
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
