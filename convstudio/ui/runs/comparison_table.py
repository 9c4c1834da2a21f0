"""The comparison of runs as a table: a line a setting or figure, a column a run, the best of each line marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from convstudio.runs.comparison import Line, Part
from convstudio.ui.runs.dot import dot
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

ROW = 22
FONT_SIZE = 8.0


class ComparisonTable(QTableWidget):
    """Shows parts of a comparison under their headings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, ...], tuple[Part, ...], tuple[str, ...]] = ((), (), ())
        self.setAccessibleName(tr("Comparison of the selected runs"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setHighlightSections(False)
        theme.changed.connect(self._fill)

    def show_parts(self, names: Sequence[str], parts: Sequence[Part], tokens: Sequence[str]) -> None:
        """The runs' names with the tokens of their colours, and what is to be told of them."""
        wanted = tuple(names), tuple(parts), tuple(tokens)
        if wanted != self._shown:
            self._shown = wanted
            self._fill()

    def _fill(self) -> None:
        names, parts, tokens = self._shown
        self.setUpdatesEnabled(False)
        self.clear()
        self.clearSpans()
        self.setColumnCount(1 + len(names))
        self.setRowCount(sum(1 + len(part.lines) + bool(part.words) for part in parts))
        for column, (name, token) in enumerate(zip(("", *names), ("dim", *tokens), strict=True)):
            head = QTableWidgetItem(name)
            if name:
                head.setIcon(dot(token))
                head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            head.setToolTip(name)
            self.setHorizontalHeaderItem(column, head)
        row = 0
        for part in parts:
            row = self._fill_part(part, row)
        self._size_columns(len(names))
        self.setUpdatesEnabled(True)

    def _fill_part(self, part: Part, row: int) -> int:
        """Its heading, and its lines or words; the row behind them."""
        self._span(row, tr(part.title), "dim")
        row += 1
        if part.words:
            self._span(row, tr(part.words), "text")
            row += 1
        for line in part.lines:
            self._fill_line(line, row)
            row += 1
        return row

    def _fill_line(self, line: Line, row: int) -> None:
        self.setItem(row, 0, _item(tr(line.what)))
        for number, value in enumerate(line.values):
            best = number in line.best
            item = _item(f"★ {value}" if best else value)
            font = number_font(FONT_SIZE)
            font.setBold(best)
            item.setFont(font)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if best:
                item.setForeground(theme.colour("good_text"))
                item.setToolTip(f"{value} – {tr('the best of these runs')}")
            self.setItem(row, number + 1, item)

    def _span(self, row: int, words: str, token: str) -> None:
        item = _item(words)
        item.setForeground(theme.colour(token))
        if token == "dim":
            font = QFont(self.font())
            font.setPointSizeF(FONT_SIZE)
            item.setFont(font)
        self.setItem(row, 0, item)
        self.setSpan(row, 0, 1, self.columnCount())

    def _size_columns(self, runs: int) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        lines = [line for part in self._shown[1] for line in part.lines]
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(tr(line.what)) for line in lines), default=60)
        self.setColumnWidth(0, min(widest + 24, 240))
        for number in range(runs):
            texts = (f"★ {line.values[number]}" for line in lines)
            wide = max((metrics.horizontalAdvance(text) for text in texts), default=60)
            self.setColumnWidth(number + 1, max(96, min(wide + 32, 200)))


def _item(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    return item
