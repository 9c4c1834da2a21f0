"""The table of all blocks: sorted by a click, copied as text, its selection that of the canvas, its totals below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyle, QTableView, QVBoxLayout, QWidget

from convstudio.network.costs import total
from convstudio.ui.copy_key import claims_copy
from convstudio.ui.store import DocumentStore
from convstudio.ui.table.columns import COLUMNS, COPIED_TITLES, TIMED, Row
from convstudio.ui.table.copying import FORMS
from convstudio.ui.table.model import BlockModel, SortedBlocks
from convstudio.ui.table.share_delegate import ShareDelegate
from convstudio.ui.table.totals_row import TotalsRow
from convstudio.ui.text import duration, grouped, memory, short, tr

ROW_HEIGHT = 26
MEASURED_ROWS = 40
"""So many rows decide how wide the columns are; all of a large network would take longer than a frame."""
FLAGS = QItemSelectionModel.SelectionFlag


class BlockView(QTableView):
    """The table itself. Enter chooses a row; Ctrl+C copies what is selected, else all."""

    copy_pressed = Signal()

    def event(self, event: QEvent) -> bool:
        """Copying is ours while the table has the focus; the window's own action would copy the blocks."""
        return claims_copy(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class Header(QHeaderView):
    """Keeps room for the sort mark only in the sorted column, where Qt keeps it in all."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSectionsClickable(True)
        self.sortIndicatorChanged.connect(lambda: self.resizeSections())

    def sectionSizeFromContents(self, section: int) -> QSize:
        size = super().sectionSizeFromContents(section)
        if section != self.sortIndicatorSection():
            size.setWidth(size.width() - self.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMarkSize))
        return size


class BlockTable(QWidget):
    """View, totals, and what can be done with them. It follows the store while it can be seen, or is asked."""

    block_activated = Signal(str)
    """Double-clicked, or chosen by Enter."""

    def __init__(self, store: DocumentStore, settings: QSettings, name: str, hidden: str = "") -> None:
        """Which columns are not shown is remembered in `settings` under `name`; at first those in `hidden`."""
        super().__init__()
        self._store, self._settings, self._name = store, settings, name
        self._following = False
        self._behind = True
        self.model = BlockModel(store, self)
        self.sorted = SortedBlocks(self.model, self)
        self.view = BlockView()
        self._furnish(hidden)
        self._totals = TotalsRow(self.view.horizontalHeader())
        self.view.horizontalScrollBar().valueChanged.connect(self._totals.update)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self._totals)
        self.view.copy_pressed.connect(lambda: self.copy("text", bool(self._chosen())))
        self.view.activated.connect(lambda index: self.block_activated.emit(self._id(index.row())))
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(self._tell_selection)
        self.sorted.modelReset.connect(self._show_selection)
        store.changed.connect(self._fall_behind)
        store.times.changed.connect(self._on_times)
        store.selection_changed.connect(self._show_selection)
        self._catch_up()

    @property
    def totals(self) -> dict[str, str]:
        """What the last line says, by the name of the column."""
        self._catch_up()
        return self._totals.texts

    def showEvent(self, event: QShowEvent) -> None:
        self._catch_up()
        super().showEvent(event)

    def _fall_behind(self) -> None:
        """The document is another one; the table follows at once only where it is seen."""
        self._behind = True
        if self.isVisible():
            self._catch_up()

    def _on_times(self) -> None:
        """Columns of times come and go with what was measured."""
        self._hide_columns()
        self._fall_behind()

    def _catch_up(self) -> None:
        if self._behind:
            self._behind = False
            self.model.follow()
            self._show_totals()
            self._show_selection()

    def text(self, form: str, selected: bool = False) -> str:
        """The table, or its selected rows, as text in one of FORMS: shown columns in shown order, exact numbers."""
        self._catch_up()
        columns = [COLUMNS[n] for n in self._shown_columns()]
        rows = self._chosen() if selected else [self._row(n) for n in range(self.sorted.rowCount())]
        cells = [[str(c.value(row)) if row.facts.output or not c.numeric else "?" for c in columns] for row in rows]
        if not selected:
            cells.append([str(self._exact_totals().get(c.name, "")) for c in columns])
        heads = [tr(COPIED_TITLES.get(c.name, c.title)) for c in columns]
        return FORMS[form](heads, cells, [c.numeric for c in columns])

    def copy(self, form: str, selected: bool = False) -> None:
        """Put the table, or its selected rows, on the clipboard."""
        QGuiApplication.clipboard().setText(self.text(form, selected))

    def copy_menu(self, parent: QWidget) -> QMenu:
        """A menu of all ways to copy."""
        menu = QMenu(parent)
        for selected, words in ((False, tr("Copy the table as")), (True, tr("Copy the selected rows as"))):
            for form in FORMS:
                action = menu.addAction(f"{words} {tr(form)}")
                action.triggered.connect(lambda _=False, f=form, s=selected: self.copy(f, s))
                action.setEnabled(not selected or bool(self._chosen()))
            menu.addSeparator()
        return menu

    def _furnish(self, hidden: str) -> None:
        view, header = self.view, Header()
        view.setHorizontalHeader(header)
        view.setModel(self.sorted)
        view.setItemDelegate(ShareDelegate(view))
        view.setAccessibleName(tr("Blocks of the network"))
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTabKeyNavigation(False)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(MEASURED_ROWS)
        header.setHighlightSections(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_column_menu)
        self._hidden = set(str(self._settings.value(f"{self._name}/hidden", hidden)).split(","))
        self._hide_columns()

    def _hide_columns(self) -> None:
        """Those that the person does not want to see, and those of times that were not measured."""
        for number, column in enumerate(COLUMNS[1:], 1):
            self.view.setColumnHidden(number, column.name in self._hidden or not self._is_there(column.name))

    def _is_there(self, name: str) -> bool:
        return name not in TIMED or self._store.times.known

    def _open_menu(self, at: QPoint) -> None:
        self.copy_menu(self).popup(self.view.viewport().mapToGlobal(at))

    def _open_column_menu(self, at: QPoint) -> None:
        self.column_menu().popup(self.view.horizontalHeader().mapToGlobal(at))

    def column_menu(self) -> QMenu:
        """Which columns are shown, to be changed and remembered."""
        menu = QMenu(self)
        for number, column in enumerate(COLUMNS[1:], 1):
            action = menu.addAction(tr(column.title))
            action.setVisible(self._is_there(column.name))
            action.setCheckable(True)
            action.setChecked(not self.view.isColumnHidden(number))
            action.triggered.connect(lambda shown, n=number: self._show_column(n, shown))
        return menu

    def _show_column(self, number: int, shown: bool) -> None:
        self._hidden = self._hidden - {COLUMNS[number].name} if shown else self._hidden | {COLUMNS[number].name}
        self._hide_columns()
        hidden = [c.name for c in COLUMNS if c.name in self._hidden]
        self._settings.setValue(f"{self._name}/hidden", ",".join(hidden))
        self._totals.update()

    def _shown_columns(self) -> list[int]:
        return [n for n in range(len(COLUMNS)) if not self.view.isColumnHidden(n)]

    def _row(self, shown: int) -> Row:
        return self.model.rows[self.sorted.mapToSource(self.sorted.index(shown, 0)).row()]

    def _id(self, shown: int) -> str:
        return self._row(shown).block.id

    def _chosen(self) -> list[Row]:
        numbers = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self._row(n) for n in numbers]

    def _tell_selection(self) -> None:
        """The rows that the person selects are the blocks that are selected."""
        if not self._following:
            self._following = True
            self._store.select(row.block.id for row in self._chosen())
            self._following = False

    def _show_selection(self) -> None:
        if self._following or self._behind:
            return
        self._following = True
        wanted, found = QItemSelection(), [self.model.row_of(i) for i in self._store.selection]
        rows = [self.sorted.mapFromSource(self.model.index(n, 0)) for n in found if n is not None]
        for index in rows:
            wanted.select(index, index)
        self.view.selectionModel().select(wanted, FLAGS.ClearAndSelect | FLAGS.Rows)
        if len(rows) == 1:
            self.view.selectionModel().setCurrentIndex(rows[0], FLAGS.NoUpdate)
            self.view.scrollTo(rows[0])
        self._following = False

    def _exact_totals(self) -> dict[str, str | int]:
        analysis, batch = self._store.analysis, self._store.document.training.batch_size
        return {
            "block": tr("Total"),
            "weights": total(analysis, "parameters"),
            "multiply_adds": total(analysis, "multiply_adds"),
            "memory": total(analysis, "activation_bytes") * batch,
            **self._exact_times(),
        }

    def _exact_times(self) -> dict[str, int]:
        """Microseconds of all blocks together, where they were measured."""
        known = [row.times for row in self.model.rows if row.times]
        sums = {"forward": sum(t.forward for t in known), "backward": sum(t.backward for t in known)}
        return {name: round(seconds * 1e6) for name, seconds in sums.items()} if known else {}

    def _show_totals(self) -> None:
        exact = self._exact_totals()
        self._totals.show_totals(
            {
                "block": str(exact["block"]),
                "weights": grouped(int(exact["weights"])),
                "multiply_adds": short(int(exact["multiply_adds"])),
                "memory": memory(int(exact["memory"])),
                **{name: duration(int(exact[name]) / 1e6) for name in TIMED if name in exact},
            }
        )
