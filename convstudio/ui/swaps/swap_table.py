"""The comparison as a table: a row an entrant, marked to race or not, the best of each column in bold with a star."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from convstudio.ui.copy_key import claims_copy
from convstudio.ui.runs.dot import dot
from convstudio.ui.swaps.columns import COLUMNS, Column, Scope, best, field_words, largest, state_words
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.table.model import COLOUR, SHARE
from convstudio.ui.table.share_delegate import ShareDelegate
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

ROW = 27
FONT_SIZE = 7.5
MARK, WIDEST = 10, 280
"""Room that the mark of a row takes beside what Qt reckons, and the most for a name."""
FIRST = 2
"""The column of the first number."""
RACE = FIRST + len(COLUMNS)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Bars(ShareDelegate):
    """Bars below the numbers. The frame of the current cell is left out: rows are chosen, not cells."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.state &= ~option.state.State_HasFocus


class SwapTable(QTableWidget):
    """Shows a contest. The arrow keys choose a row, Space marks it for the race, Enter takes it, Ctrl+C copies."""

    row_chosen = Signal(str)
    """The key of the entrant that is looked at."""
    taken = Signal(str)
    marks_changed = Signal()
    copy_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contest: Contest | None = None
        self._keys: list[str] = []
        self._scope: Scope = "blocks"
        self._batch = 1
        self._colours: Mapping[str, str] = {}
        self._filling = False
        self.setAccessibleName(tr("Twins side by side"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setItemDelegate(Bars(self))
        self.setIconSize(QSize(12, 12))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._make_heads()
        self.itemChanged.connect(self._marked)
        self.itemDoubleClicked.connect(lambda item: self._take(item.row()))
        self.currentCellChanged.connect(lambda row, *_: self._tell(row))
        theme.changed.connect(self.refresh)

    @property
    def chosen(self) -> str:
        """The key of the row that is looked at; '' without one."""
        row = self.currentRow()
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def show_contest(self, contest: Contest, scope: Scope, batch: int) -> None:
        """Show these entrants; where they have the same keys, the same row stays chosen."""
        before = self.chosen
        self._contest, self._scope, self._batch = contest, scope, batch
        self._keys = list(contest.lanes)
        self._filling = True
        self.clearContents()
        self.clearSpans()
        self.setRowCount(len(self._keys))
        for row, lane in enumerate(contest.lanes.values()):
            self._make_row(row, lane)
        self._filling = False
        self.refresh()
        row = self._keys.index(before) if before in self._keys else 0
        self.setCurrentCell(row, 0)
        self._tell(row)

    def show_scope(self, scope: Scope) -> None:
        """Numbers of the blocks, or of the whole network."""
        self._scope = scope
        self.refresh()

    def show_colours(self, colours: Mapping[str, str]) -> None:
        """Tokens of the colours of the curves, by key."""
        if colours != self._colours:
            self._colours = dict(colours)
            self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        if self._contest is None:
            return
        self._filling = True
        for row, lane in enumerate(self._contest.lanes.values()):
            self._fill_head(row, lane)
        for number, column in enumerate(COLUMNS):
            self._fill_column(FIRST + number, column, self._contest)
        self._filling = False
        wanted = min(self.sizeHintForColumn(0) + MARK, WIDEST)
        if self.columnWidth(0) != wanted:
            self.setColumnWidth(0, wanted)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.horizontalHeader().height() + ROW * self.rowCount() + 4)

    def event(self, event: QEvent) -> bool:
        """Copying is ours while the table has the focus."""
        return claims_copy(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.currentRow())
        elif event.key() == Qt.Key.Key_Space and self.currentRow() >= 0:
            self._toggle(self.currentRow())
        else:
            super().keyPressEvent(event)

    def _make_heads(self) -> None:
        heads = [
            ("Block", "Marked entrants take part in the race"),
            ("Idea", "What is changed"),
            *((c.title, c.words) for c in COLUMNS),
            ("Race", "How far each is, and the time spent on it"),
        ]
        self.setColumnCount(len(heads))
        for number, (title, words) in enumerate(heads):
            item = QTableWidgetItem(tr(title))
            item.setToolTip(tr(words))
            item.setTextAlignment(
                RIGHT if number >= FIRST else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            )
            self.setHorizontalHeaderItem(number, item)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _make_row(self, row: int, lane: Lane) -> None:
        possible = lane.entrant.possible
        for number in range(self.columnCount()):
            item = QTableWidgetItem()
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            if number == 0 and possible:
                item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if lane.chosen else Qt.CheckState.Unchecked)
            else:
                item.setFlags(flags)
            if number >= FIRST and possible:
                item.setTextAlignment(RIGHT)
                item.setFont(number_font(FONT_SIZE))
            self.setItem(row, number, item)
        if not possible:
            self.setSpan(row, 1, 1, self.columnCount() - 1)

    def _fill_head(self, row: int, lane: Lane) -> None:
        variant, possible = lane.entrant.variant, lane.entrant.possible
        name, idea, race = self._cell(row, 0), self._cell(row, 1), self._cell(row, RACE)
        name.setText(variant.name if possible else tr(variant.title))
        idea.setText(lane.failure or tr(variant.title))
        for item in (name, idea, race):
            item.setToolTip(lane.failure or f"{variant.name} – {tr(variant.title)}")
        idea.setForeground(theme.colour("bad" if possible and lane.failure else "dim"))
        name.setForeground(theme.colour("text" if possible else "dim"))
        name.setIcon(dot(self._colours.get(lane.entrant.key, variant.colour)))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if row == 0 else QFont.Weight.Normal)
        name.setFont(font)
        if possible:
            self._fill_race(race, lane)

    def _fill_race(self, item: QTableWidgetItem, lane: Lane) -> None:
        item.setText(state_words(lane))
        failed = lane.state == "failed"
        item.setForeground(theme.colour("bad" if failed else "text"))
        item.setData(SHARE, lane.share if lane.racing else None)
        item.setData(COLOUR, self._colours.get(lane.entrant.key, "accent"))

    def _fill_column(self, number: int, column: Column, contest: Contest) -> None:
        most = largest(column, contest, self._scope, self._batch)
        first = best(column, contest, self._scope, self._batch)
        for row, lane in enumerate(contest.lanes.values()):
            if not lane.entrant.possible:
                continue
            item, value = self._cell(row, number), column.value(lane, self._scope, self._batch)
            cell = column.cell(lane, self._scope, self._batch)
            star = first is not None and value == first
            text = field_words(lane, self._scope) if column.name == "field" else cell
            item.setText(f"★ {text}" if star and column.name == "accuracy" else text)
            font = number_font(FONT_SIZE)
            font.setBold(star)
            item.setFont(font)
            item.setForeground(theme.colour("good_text" if star else "text"))
            item.setData(SHARE, value / most if value and most else None)
            item.setData(COLOUR, lane.entrant.variant.colour)
            item.setToolTip(tr("the best of these") if star else "")

    def _cell(self, row: int, number: int) -> QTableWidgetItem:
        item = self.item(row, number)
        assert item is not None
        return item

    def _toggle(self, row: int) -> None:
        item = self._cell(row, 0)
        if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _marked(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == 0 and self._contest:
            lane = self._contest.lanes[self._keys[item.row()]]
            chosen = item.checkState() == Qt.CheckState.Checked
            if chosen != lane.chosen:
                lane.chosen = chosen
                self.marks_changed.emit()

    def _take(self, row: int) -> None:
        if 0 <= row < len(self._keys):
            self.taken.emit(self._keys[row])

    def _tell(self, row: int) -> None:
        if 0 <= row < len(self._keys) and not self._filling:
            self.row_chosen.emit(self._keys[row])
