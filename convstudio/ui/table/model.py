"""The table of blocks as Qt asks for it: one row a block, in the order of computation, and a proxy that sorts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from convstudio.network.costs import cost, percent, shares
from convstudio.ui.store import DocumentStore
from convstudio.ui.table.columns import COLUMNS, Row
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
SHARE = Qt.ItemDataRole.UserRole + 1
"""The part of the whole that the bar of a cell shows; None where there is no bar."""
COLOUR = Qt.ItemDataRole.UserRole + 2
"""The token of the bar's colour."""
FONT_SIZE = 7.5


class BlockModel(QAbstractTableModel):
    """Shows the store at each `follow`. Where blocks stay the same, rows stay too, with selection and scrolling."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._rows: tuple[Row, ...] = ()
        self._shares: dict[str, dict[str, float]] = {}
        self._font = number_font(FONT_SIZE)
        self.follow()

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def follow(self) -> None:
        """Show the document as it is now."""
        found = self._found()
        if [r.block.id for r in found] == [r.block.id for r in self._rows]:
            self._rows = found
            self._share_out()
            if found:
                self.dataChanged.emit(self.index(0, 0), self.index(len(found) - 1, len(COLUMNS) - 1))
        else:
            self.beginResetModel()
            self._rows = found
            self._share_out()
            self.endResetModel()

    def row_of(self, block_id: str) -> int | None:
        return self._numbers.get(block_id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(column.title)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(column.words) + "\n" + tr("Click to sort; the third click returns to the order of computation")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(section)
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.numeric else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.shown(column.value(row)) if _known(row, index.column()) else ""
        if role == SORT:
            return column.sort(row) if column.sort else column.value(row)
        if role == SHARE:
            return self._shares[column.cost].get(row.block.id) if column.cost else None
        if role == COLOUR:
            return row.block.layer.colour
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._words(row, index.column())
        if role == Qt.ItemDataRole.FontRole:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return None if row.facts.used or self._store.analysis.output is None else theme.colour("dim")
        return None

    def _found(self) -> tuple[Row, ...]:
        analysis, network = self._store.analysis, self._store.network
        known = set(analysis.order)
        order = (*analysis.order, *(i for i in network.blocks if i not in known))
        batch = self._store.document.training.batch_size
        sight, times = self._store.sight, self._store.times
        return tuple(Row(network.blocks[i], analysis.blocks[i], sight.of(i), batch, times.at(i)) for i in order)

    def _share_out(self) -> None:
        self._numbers = {r.block.id: n for n, r in enumerate(self._rows)}
        self._shares = {c.cost: shares(self._store.analysis, c.cost) for c in COLUMNS if c.cost}

    def _words(self, row: Row, number: int) -> str:
        what = COLUMNS[number].cost
        if what is None or row.facts.output is None:
            return row.block.heading
        share = self._shares[what].get(row.block.id)
        part = f" = {percent(share)} " + tr("of all") if share is not None else ""
        exact = grouped(cost(row.facts, what))
        if what == "activation_bytes":
            return f"{exact} {tr('bytes')} × {row.batch} {tr('samples')}{part}"
        return f"{exact}{part}"


class SortedBlocks(QSortFilterProxyModel):
    """Sorts by the exact numbers; without a sorted column the order is that of computation."""

    def __init__(self, model: BlockModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(model)
        self.setSortRole(SORT)
        self.setDynamicSortFilter(True)


def alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _known(row: Row, column: int) -> bool:
    """Of a block that cannot be computed yet, only its name and a question mark are shown."""
    return row.facts.output is not None or column <= 2
