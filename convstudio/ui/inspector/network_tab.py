"""The Network tab: every block with its figures as a table, the totals, and how they are counted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from convstudio.network.facts import BlockFacts
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import grouped, short, strong, tr
from convstudio.ui.theme import number_font

CONVENTION = (
    "One multiply-add counts 1; convolution and fully connected weights are counted, bias, normalisation, activation "
    "and pooling are not. Per sample."
)
COLUMNS = ("Block", "Output", "Weights", "Mult-adds", "Field")
Index = QModelIndex | QPersistentModelIndex


class NetworkTable(QAbstractTableModel):
    """One row a block, in the order of computation."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store)
        self._store = store
        self._ids: tuple[str, ...] = ()
        store.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        self.beginResetModel()
        order = self._store.analysis.order
        known = set(order)
        self._ids = (*order, *(i for i in self._store.network.blocks if i not in known))
        self.endResetModel()

    def block_id(self, row: int) -> str:
        return self._ids[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        block_id = self._ids[index.row()]
        facts = self._store.analysis.blocks[block_id]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(block_id, facts, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._store.network.blocks[block_id].heading
        if role == Qt.ItemDataRole.FontRole:
            return number_font(7.5)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _cell(block_id: str, facts: BlockFacts, column: int) -> str:
    if column == 0:
        return block_id
    if facts.output is None:
        return "?" if column == 1 else ""
    return (
        facts.output.compact,
        grouped(facts.parameters),
        short(facts.multiply_adds),
        "×".join(str(f.size) for f in facts.field),
    )[column - 1]


class NetworkTab(QWidget):
    """The table, and below it the totals. A click on a row selects the block."""

    block_chosen = Signal(str)

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._model = NetworkTable(store)
        self.table = QTableView()
        self.table.setAccessibleName(tr("Blocks of the network"))
        self.table.setModel(self._model)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        for chosen in (self.table.clicked, self.table.activated):  # by mouse and by Enter
            chosen.connect(lambda index: self.block_chosen.emit(self._model.block_id(index.row())))
        self._totals = QLabel()
        self._totals.setWordWrap(True)
        note = QLabel(tr(CONVENTION))
        note.setObjectName("dim")
        note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self.table)
        column.addWidget(self._totals)
        column.addWidget(note)
        store.changed.connect(self._show_totals)
        self._show_totals()

    def _show_totals(self) -> None:
        found = self._store.analysis
        self._totals.setText(
            f"{strong(grouped(found.parameters))} {tr('weights')} · "
            f"{strong(short(found.multiply_adds))} {tr('multiply-adds')} · "
            f"{strong(f'{found.activation_bytes / 1024:,.0f} KiB')} {tr('of results for one sample')}"
        )
