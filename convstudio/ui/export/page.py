"""A page of Markdown as a text document in the colours of the theme, with room around headings and in tables."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument, QTextTable

from convstudio.ui.theme import theme

MARGIN = 16.0
WIDEST = 740
"""Of a picture, in pixels."""
ABOVE, BELOW, PADDING = 16.0, 6.0, 4.0


def show_markdown(document: QTextDocument, text: str, pictures: dict[str, QImage], ratio: float) -> None:
    """Fill `document`; `pictures` by the names that the text has for them, `ratio` is the screen's."""
    document.clear()
    document.setDocumentMargin(MARGIN)
    for name, image in pictures.items():
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), _fitted(image, ratio))
    document.setMarkdown(text)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _space_table(frame)
    _space_headings(document)


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
