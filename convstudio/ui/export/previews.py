"""What will be written, shown before: source in colours, a list, a page, or a picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from convstudio.ui.export.highlighter import PythonHighlighter
from convstudio.ui.export.page import Page
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

ROW_HEIGHT = 24
WIDEST = 380
"""Of a column of a list, in pixels."""


class Previews(QStackedWidget):
    """Shows one thing at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.code, self.list, self.page, self.picture, self.words = _code(), _list(), _page(), Picture(), _words()
        self._highlighter = PythonHighlighter(self.code.document())
        for widget in (self.code, self.list, self.page, self.picture, self.words):
            self.addWidget(widget)

    def show_words(self, words: str) -> None:
        """Why there is nothing to show, or that it is being made."""
        self.words.setText(words)
        self.setCurrentWidget(self.words)

    def show_code(self, text: str, python: bool = True) -> None:
        """A text; where it was scrolled to stays in view."""
        if text != self.code.toPlainText():
            at = self.code.verticalScrollBar().value()
            self._highlighter.setDocument(self.code.document() if python else None)
            self.code.setPlainText(text)
            self.code.verticalScrollBar().setValue(at)
        self.setCurrentWidget(self.code)

    def show_list(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows of cells under their headings."""
        table = self.list
        table.setColumnCount(len(head))
        table.setHorizontalHeaderLabels([tr(word) for word in head])
        table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                table.setItem(number, place, item)
        table.resizeColumnsToContents()
        for place in range(len(head)):
            table.setColumnWidth(place, min(WIDEST, table.columnWidth(place) + 14))
        self.setCurrentWidget(table)

    def show_page(self, markdown: str, pictures: dict[str, QImage]) -> None:
        """A page of Markdown with its pictures, by the names of their files."""
        self.setCurrentWidget(self.page)
        self.page.show_page(markdown, pictures)

    def show_picture(self, image: QImage) -> None:
        """A picture, as large as there is room."""
        self.picture.show_image(image)
        self.setCurrentWidget(self.picture)


class Picture(QWidget):
    """Fits an image into its area."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setAccessibleName(tr("Picture of the network"))
        self.setMinimumSize(QSize(120, 80))

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        if not self._image.isNull():
            room = self.size() - QSize(24, 24)
            size = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            ratio = self.devicePixelRatioF()
            small = self._image.scaled(
                size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            small.setDevicePixelRatio(ratio)
            left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
            painter.drawImage(left, top, small)
        painter.end()


def _code() -> QPlainTextEdit:
    found = QPlainTextEdit()
    found.setReadOnly(True)
    found.setFont(_code_font())
    found.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    found.setAccessibleName(tr("What will be written"))
    return found


def _code_font() -> QFont:
    """Without ligatures: source shows the signs that stand in the file."""
    font = number_font(8.5)
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def _list() -> QTableWidget:
    found = QTableWidget()
    found.setAccessibleName(tr("What will be in the file"))
    found.setFont(number_font(8))
    found.verticalHeader().hide()
    found.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    header = found.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    found.setShowGrid(False)
    found.setWordWrap(False)
    found.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    found.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    found.setTabKeyNavigation(False)
    return found


def _page() -> Page:
    found = Page()
    found.setAccessibleName(tr("The model card"))
    return found


def _words() -> QLabel:
    found = QLabel()
    found.setObjectName("dim")
    found.setWordWrap(True)
    found.setAlignment(Qt.AlignmentFlag.AlignCenter)
    found.setMargin(32)
    return found
