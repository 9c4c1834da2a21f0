"""The ranking of a block's maps: how far accuracy and loss fall when each of them is off, the largest first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from convstudio.protocol.messages import MutedMeasured
from convstudio.runs.words import share
from convstudio.ui.live.arrays import floats
from convstudio.ui.live.numbers import decimals
from convstudio.ui.muting import words
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

ABOUT = (
    "Each map of {block} is switched off in turn, and all validation samples are answered without it. What the "
    "accuracy falls by is what the map carries; a map that others can stand in for carries little."
)
HEADS = ("Map", "Accuracy", "falls by (%)", "Loss", "rises by")


class RankDialog(QDialog):
    """Shows one ranking at a time; knows neither worker nor document."""

    stop_requested = Signal()
    again_requested = Signal()
    map_chosen = Signal(int)
    mute_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Which maps carry the accuracy"))
        self.setMinimumSize(420, 380)
        self._running = False
        self.found: MutedMeasured | None = None
        self.about, self.said = QLabel(), QLabel()
        self.about.setObjectName("dim")
        for label in (self.about, self.said):
            label.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("How far the ranking is"))
        self.table = _table()
        self.again, self.copy, self.mute = QPushButton(), QPushButton(tr("Copy")), QPushButton(tr("Mute, or unmute"))
        self._build()
        self.table.itemSelectionChanged.connect(self._choose)
        self.again.clicked.connect(self._again)
        self.copy.clicked.connect(self.copy_numbers)
        self.mute.clicked.connect(lambda: self.mute_requested.emit(self.chosen))

    @property
    def chosen(self) -> int:
        """The map of the selected row; -1 for none."""
        row = self.table.currentRow()
        item = self.table.item(row, 0) if row >= 0 and self.table.selectedItems() else None
        return int(item.data(Qt.ItemDataRole.UserRole)) if item else -1

    def begin(self, block: str) -> None:
        """A ranking of this block begins."""
        self.found = None
        self.about.setText(tr(ABOUT).format(block=block))
        self.table.setRowCount(0)
        self._say(tr("Measuring the network as it is …"), 0.0, running=True)

    def show_ranking(self, found: MutedMeasured) -> None:
        """As far as it has come."""
        chosen, self.found = self.chosen, found
        rows = ranked(found)
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            self._fill(at, row)
            if row[0] == chosen:
                self.table.selectRow(at)
        self.table.blockSignals(False)
        done = found.share >= 1
        base = f"{tr('as it is')}: {tr('accuracy')} {share(found.accuracy)}, {tr('loss')} {decimals(found.loss)}"
        self._say(f"{base}; {words.measured_on(found)}.", found.share, running=not done)

    def fail(self, sentence: str) -> None:
        """There is no ranking; say why."""
        self._say(sentence, 1.0, running=False)

    def copy_numbers(self) -> None:
        """The table as tab-separated text."""
        if self.found is None:
            return
        base = self.found.loss, self.found.accuracy
        lines = ["map\taccuracy\tfalls by\tloss\trises by"]
        for number, loss, accuracy in ranked(self.found):
            lines.append(f"{number}\t{accuracy!r}\t{base[1] - accuracy!r}\t{loss!r}\t{loss - base[0]!r}")
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_numbers()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes too."""
        self._stop()
        super().reject()

    # --- inside

    def _fill(self, at: int, row: tuple[int, float, float]) -> None:
        assert self.found is not None
        number, loss, accuracy = row
        texts = (
            f"{tr('map')} {number}",
            share(accuracy),
            words.points(self.found.accuracy - accuracy),
            decimals(loss),
            decimals(loss - self.found.loss),
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, number)
            if column:
                item.setFont(number_font())
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(at, column, item)

    def _choose(self) -> None:
        self.mute.setEnabled(self.chosen >= 0)
        if self.chosen >= 0:
            self.map_chosen.emit(self.chosen)

    def _say(self, sentence: str, share: float, running: bool) -> None:
        self._running = running
        self.said.setText(sentence)
        self.bar.setValue(round(1000 * share))
        self.bar.setVisible(running)
        self.again.setText(tr("Stop") if running else tr("Measure again"))
        self.copy.setEnabled(self.table.rowCount() > 0)
        self.mute.setEnabled(self.chosen >= 0)

    def _again(self) -> None:
        if self._running:
            self._stop()
        else:
            self.again_requested.emit()

    def _stop(self) -> None:
        if self._running:
            self.stop_requested.emit()
            self._say(tr("Stopped; what was measured stays."), 1.0, running=False)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.mute)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for widget in (self.about, self.table, self.bar, self.said):
            column.addWidget(widget, 1 if widget is self.table else 0)
        column.addLayout(buttons)


def ranked(found: MutedMeasured) -> list[tuple[int, float, float]]:
    """(map, loss, accuracy) without it, that without which the accuracy is least first; of equals, the largest loss."""
    losses, accuracies = floats(found.losses).tolist(), floats(found.accuracies).tolist()
    rows = [(n, loss, accuracy) for n, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True))]
    return sorted(rows, key=lambda row: (row[2], -row[1]))


def _table() -> QTableWidget:
    table = QTableWidget(0, len(HEADS))
    table.setHorizontalHeaderLabels([tr(head) for head in HEADS])
    table.setAccessibleName(tr("Maps by what they carry"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return table
