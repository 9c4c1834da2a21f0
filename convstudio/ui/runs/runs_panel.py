"""The Runs tab: the list of kept runs beside the curves and the comparison of those that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.runs.comparison import Part
from convstudio.runs.entry import Entry
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.runs.comparison_table import ComparisonTable
from convstudio.ui.runs.finding import HELP
from convstudio.ui.runs.loading import LoadedRun
from convstudio.ui.runs.model import RunModel
from convstudio.ui.runs.overlay import Overlay
from convstudio.ui.runs.run_view import RunView
from convstudio.ui.text import count, tr

ROOMY = 760
"""From this width on list and details stand beside each other."""
WAYS = ("open", "continue", "rename", "note", "csv", "events", "delete")
WORDS = {
    "open": "Open with its weights",
    "continue": "Continue from its last checkpoint",
    "rename": "Rename",
    "note": "Write a note",
    "csv": "Export as CSV…",
    "events": "Export for TensorBoard…",
    "delete": "Delete",
}


class RunsPanel(QWidget):
    """Shows entries, and asks for what its buttons say; reads no files itself."""

    seen = Signal(bool)
    """Somebody looks at it now, or no more."""
    asked = Signal(str)
    """One of WAYS is wanted with the selected runs."""
    chosen = Signal()
    restore_requested = Signal()
    empty_requested = Signal()
    folder_requested = Signal()
    more_requested = Signal()
    """Runs of another folder are to be listed too."""
    fewer_requested = Signal()
    """Only the runs of the program's own folder are to be listed."""

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RunModel(self)
        self.view = RunView(self.model, settings)
        self.overlay = Overlay()
        self.table = ComparisonTable()
        self.filter = QLineEdit()
        self._count = Caption()
        self._segments = Segments(tr("Details"), tr("What is shown of the selected runs"))
        self._details, self._beside = QStackedWidget(), QWidget()
        self.left_out = QLabel(wordWrap=True)
        """Says that not all of the selected runs are drawn, where that is so."""
        self._empty = Sentence(tr("No run is kept yet. Press Train: every run appears here, with its curves."))
        self._hint = Sentence(tr("Select one run, or several, to see their curves and what differs between them."))
        self._open, self._continue = QPushButton(tr("Open")), QPushButton(tr("Continue"))
        self._more = QToolButton()
        self._roomy: bool | None = None
        self._deleted = 0
        self._elsewhere = False
        self._build()
        self._connect()
        self._arrange()

    # --- slots

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these runs in the list."""
        self.model.show(entries)
        self._empty.setVisible(not entries)
        self._split.setVisible(bool(entries))
        self._show_count()

    def show_deleted(self, number: int) -> None:
        """How many runs lie in the trash."""
        self._deleted = number

    def show_elsewhere(self, elsewhere: bool) -> None:
        """Whether runs of other folders are listed too."""
        self._elsewhere = elsewhere

    def show_runs(self, runs: Sequence[LoadedRun], left_out: int = 0) -> None:
        """Draw the curves of these runs, and say it when more were chosen than are read."""
        self.left_out.setVisible(left_out > 0)
        words = tr("Only the first {shown} of the {chosen} chosen runs are drawn and compared.")
        self.left_out.setText(words.format(shown=len(runs), chosen=len(runs) + left_out))
        self.overlay.show_records([(run.folder, run.record) for run in runs])
        self.model.show_colours(self.overlay.colours)
        self._show_details()

    def show_comparison(self, entries: Sequence[Entry], parts: Sequence[Part]) -> None:
        """Show what differs between these runs."""
        colours = self.overlay.colours
        self.table.show_parts([e.name for e in entries], parts, [colours.get(e.folder, "dim") for e in entries])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The selected runs."""
        return self.view.entries

    def choose(self, folders: Sequence[Path]) -> None:
        """Select these runs."""
        self.view.choose(tuple(folders))

    def menu(self) -> QMenu:
        """All that can be done here."""
        menu = QMenu(self)
        sound = [entry for entry in self.entries if entry.summary]
        one = len(self.entries) == 1 and bool(sound)
        for way in WAYS:
            if way in ("rename", "csv", "delete"):
                menu.addSeparator()
            action = menu.addAction(tr(WORDS[way]))
            action.triggered.connect(lambda _=False, way=way: self.ask(way))
            action.setEnabled({"delete": bool(self.entries), "csv": bool(sound), "events": bool(sound)}.get(way, one))
        menu.addSeparator()
        menu.addAction(tr("Restore the run deleted last"), self.restore_requested.emit).setEnabled(self._deleted > 0)
        words = f"{tr('Empty the trash')} ({count(self._deleted, 'run', 'runs')})…"
        menu.addAction(words, self.empty_requested.emit).setEnabled(self._deleted > 0)
        menu.addSeparator()
        menu.addAction(tr("Also list the runs of another folder…"), self.more_requested.emit)
        fewer = menu.addAction(tr("List only the runs that are kept here"), self.fewer_requested.emit)
        fewer.setEnabled(self._elsewhere)
        menu.addAction(tr("Show the folder of the runs"), self.folder_requested.emit)
        return menu

    def ask(self, way: str) -> None:
        """Do, or ask for, what a button or an entry of the menu says."""
        if way == "rename":
            self.view.rename()
        elif way == "note":
            self.view.write_note()
        else:
            self.asked.emit(way)

    def sizeHint(self) -> QSize:
        return QSize(700, 220)

    # --- inside

    def _show_count(self) -> None:
        shown, there = self.view.sorted.rowCount(), len(self.model.entries)
        words = count(there, "run", "runs")
        self._count.setText(words if shown == there else f"{shown} {tr('of')} {words}")

    def _on_chosen(self) -> None:
        one = len(self.entries) == 1 and self.entries[0].summary is not None
        self._open.setEnabled(one)
        self._continue.setEnabled(one and not self.entries[0].going_on)
        self._show_details()
        self.chosen.emit()

    def _show_details(self) -> None:
        page = self._segments.tabText(self._segments.currentIndex())
        if page == tr("List"):
            return self._show_list()
        wanted: QWidget = self.overlay if page == tr("Curves") else self.table
        self._details.setCurrentWidget(wanted if self.entries else self._hint)
        self._beside.setVisible(True)
        self.view.setVisible(bool(self._roomy))

    def _show_list(self) -> None:
        self.view.setVisible(True)
        self._beside.setVisible(False)

    def _arrange(self) -> None:
        """Beside each other, or one after the other, as there is room."""
        roomy = self.width() >= ROOMY
        if roomy != self._roomy:
            self._roomy = roomy
            self._segments.set_choices(tuple(tr(w) for w in (("Curves", "Comparison") if roomy else NARROW)))
            for button in (self._open, self._continue):
                button.setVisible(roomy)
            self._column.setContentsMargins(10 if roomy else 0, 0, 0, 0)
            self._split.setSizes([self.width() * 55 // 100, self.width() * 45 // 100])
            self._show_details()

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(place)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self.view.sorted.filter)
        self.filter.textChanged.connect(self._show_count)
        self.view.chosen.connect(self._on_chosen)
        self.view.opened.connect(lambda: self.ask("open"))
        self.view.delete_pressed.connect(lambda: self.ask("delete"))
        self.view.customContextMenuRequested.connect(lambda at: self._open_menu(self.view.viewport().mapToGlobal(at)))
        self.overlay.menu_requested.connect(self._open_menu)
        self._segments.chosen.connect(self._show_details)
        self._open.clicked.connect(lambda: self.ask("open"))
        self._continue.clicked.connect(lambda: self.ask("continue"))
        self._more.clicked.connect(lambda: self._open_menu(self._more.mapToGlobal(QPoint(0, self._more.height()))))

    def _build(self) -> None:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.view)
        for page in (self._hint, self.overlay, self.table):
            self._details.addWidget(page)
        self.left_out.setObjectName("dim")
        self.left_out.hide()
        self._column = QVBoxLayout(self._beside)
        self._column.setSpacing(2)
        self._column.addWidget(self.left_out)
        self._column.addWidget(self._details, 1)
        self._split.addWidget(self._beside)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 6, 12, 6)
        whole.setSpacing(4)
        whole.addLayout(self._head())
        whole.addWidget(self._empty, 1)
        whole.addWidget(self._split, 1)
        self._split.hide()

    def _head(self) -> QHBoxLayout:
        self.filter.setPlaceholderText(tr("Find a run…"))
        self.filter.setAccessibleName(tr("Find a run"))
        self.filter.setToolTip(tr(HELP))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(220)
        self._open.setToolTip(tr("Open the run's network here, with the weights that it ended with"))
        self._continue.setToolTip(tr("Open it, and train on from its last checkpoint"))
        self._more.setText("⋯")
        self._more.setToolTip(tr("More: rename, note, export, delete"))
        self._more.setAccessibleName(tr("More about runs"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.filter, 1)
        row.addWidget(self._count)
        row.addStretch(1)
        for widget in (self._segments, self._open, self._continue, self._more):
            if widget is not self._segments:
                widget.setStyleSheet("padding: 3px 8px")
            row.addWidget(widget)
        for button in (self._open, self._continue):
            button.setEnabled(False)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)


NARROW = ("List", "Curves", "Comparison")
