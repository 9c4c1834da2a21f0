"""Precision, recall, F1 and support of each class as a table that can be sorted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from convstudio.ui.evaluation.report import Report
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font

_NUMBER = Qt.ItemDataRole.UserRole


class ClassTable(QTableWidget):
    """A row a class and one for the means; the row of a class can be chosen."""

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Scores of each class"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setHighlightSections(False)
        self.cellClicked.connect(lambda row, _column: self._choose(row))
        self.cellActivated.connect(lambda row, _column: self._choose(row))

    def set_report(self, report: Report) -> None:
        """Show these figures; the order that was chosen stays."""
        self.setSortingEnabled(False)
        columns = [tr("class"), tr("precision"), tr("recall"), "F1", *(["IoU"] if report.per_pixel else [])]
        columns.append(tr("pixels") if report.per_pixel else tr("samples"))
        if self.columnCount() != len(columns):
            self.setColumnCount(len(columns))
            self._explain(columns, report.per_pixel)
        self.setRowCount(len(report.classes) + 1)
        for row, (name, s) in enumerate(zip(report.classes, report.scores, strict=True)):
            self._fill(row, name, (s.precision, s.recall, s.f1, s.iou), s.support, report.per_pixel)
        self._fill(len(report.classes), tr("mean"), report.mean_scores(), report.message.targets, report.per_pixel)
        self.setSortingEnabled(True)

    def _fill(self, row: int, name: str, values: tuple[float | None, ...], support: int, with_iou: bool) -> None:
        self.setItem(row, 0, _Cell(name, float(row)))
        shown = values if with_iou else values[:3]
        for column, value in enumerate(shown, 1):
            self.setItem(row, column, _Cell("–" if value is None else f"{value:.3f}", -1.0 if value is None else value))
        self.setItem(row, len(shown) + 1, _Cell(grouped(support), float(support)))

    def _explain(self, columns: list[str], with_iou: bool) -> None:
        """The heads of the columns; what each means is said on hover."""
        words = [
            tr("The class"),
            tr("Of the answers “it is this class”, the share that is right"),
            tr("Of this class, the share that was found"),
            tr("The harmonic mean of precision and recall"),
            *([tr("Intersection over union: found ÷ (found + missed + wrongly named)")] if with_iou else []),
            tr("How many there are of this class"),
        ]
        for column, (title, tip) in enumerate(zip(columns, words, strict=True)):
            head = QTableWidgetItem(title)
            head.setToolTip(tip)
            self.setHorizontalHeaderItem(column, head)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def _choose(self, row: int) -> None:
        item = self.item(row, 0)
        if item is not None and item.data(_NUMBER) < self.rowCount() - 1:
            self.class_chosen.emit(int(item.data(_NUMBER)))


class _Cell(QTableWidgetItem):
    """A number that is sorted as a number."""

    def __init__(self, text: str, number: float) -> None:
        super().__init__(text)
        self.setData(_NUMBER, number)
        self.setFont(number_font())
        self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return bool(self.data(_NUMBER) < other.data(_NUMBER))
