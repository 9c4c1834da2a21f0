"""The window of the swap experiment: the table, the arithmetic of a row, the curves of the race, and the buttons."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.protocol.messages import Raced, SwapMeasured
from convstudio.ui.runs.overlay import Overlay
from convstudio.ui.saving import painted
from convstudio.ui.swaps.columns import Scope, copied
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.swaps.details import conventions, detail_lines
from convstudio.ui.swaps.race_bar import RaceBar
from convstudio.ui.swaps.stale_bar import StaleBar
from convstudio.ui.swaps.swap_table import SwapTable
from convstudio.ui.swaps.verdict import verdict
from convstudio.ui.table.copying import FORMS
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

SIZE = QSize(1040, 680)
SCOPES: tuple[tuple[Scope, str], ...] = (("blocks", "Numbers of the blocks"), ("whole", "Numbers of the whole network"))
SAVED = {"csv": "CSV", "md": "Markdown"}


class SwapWindow(QWidget):
    """Shows one contest; knows neither worker nor document. Stays above its main window; Escape closes it."""

    race_requested = Signal()
    stop_requested = Signal()
    measure_requested = Signal()
    take_requested = Signal(str)
    """The key of the entrant that is to be taken."""
    save_requested = Signal(str)
    """The form of the table, csv or md; or png for the curves."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setWindowTitle(tr("Swap experiment"))
        self.resize(SIZE)
        self.setMinimumSize(940, 520)
        self.contest: Contest | None = None
        self._batch, self._about = 1, ""
        self._title, self._place = QLabel(), QLabel()
        self._title.setObjectName("title")
        self._place.setObjectName("dim")
        self._place.setWordWrap(True)
        self.scope = QComboBox()
        for name, words in SCOPES:
            self.scope.addItem(tr(words), name)
        self.scope.setAccessibleName(tr("What the numbers are of"))
        self.stale = StaleBar()
        self.table = SwapTable()
        self.detail, self._counted = QLabel(), QLabel()
        self._counted.setObjectName("dim")
        self._counted.setWordWrap(True)
        self._counted.setStyleSheet("font-size: 8pt")
        self.overlay = Overlay()
        self.bar = RaceBar()
        self.copy_button, self.save_button = QToolButton(), QToolButton()
        self.measure_button = QPushButton(tr("Measure again"))
        self.take_button = QPushButton()
        self.take_button.setObjectName("primary")
        self._later = QTimer(self, singleShot=True, interval=60)
        self._later.timeout.connect(self._draw)
        self._lay_out()
        self._connect()

    @property
    def shown(self) -> Scope:
        found: Scope = self.scope.currentData()
        return found

    @property
    def place(self) -> str:
        """Where the compared blocks are, and what else is to be known of them."""
        return self._place.text()

    @property
    def counted(self) -> str:
        """How the numbers are counted, in words."""
        return self._counted.text()

    def show_contest(self, contest: Contest, title: str, place: str, batch: int) -> None:
        """Show another experiment; `place` says where its blocks are, and what they get."""
        self.contest, self._batch = contest, batch
        self._title.setText(title)
        self._place.setText(place)
        self.stale.hide()
        self.table.show_contest(contest, self.shown, batch)
        self._fit_table()
        self.refresh()

    def take_in(self, told: SwapMeasured | Raced) -> None:
        """Take what the worker tells; the picture follows a moment later."""
        if self.contest:
            self.contest.take(told)
            if not self._later.isActive():
                self._later.start()

    def refresh(self) -> None:
        """Show what is known now."""
        self._later.stop()
        self._draw()

    def _draw(self) -> None:
        contest = self.contest
        if contest is None:
            return
        lanes = [lane for lane in contest.lanes.values() if lane.attempts]
        records = [(Path(lane.entrant.key, str(n)), a.record) for lane in lanes for n, a in enumerate(lane.attempts)]
        self.overlay.show_records(records, lambda path: path.parent)
        self.overlay.setVisible(bool(lanes))
        self._hint.setVisible(not lanes)
        self._save_curves.setEnabled(bool(lanes))
        self.table.show_colours({str(path.parent): token for path, token in self.overlay.colours.items()})
        self.table.refresh()
        self.bar.show_contest(contest, verdict(contest))
        self.measure_button.setEnabled(not contest.measuring and not contest.racing)
        self._counted.setText(conventions(contest, self._batch))
        self._show_row()

    def copy(self, form: str) -> None:
        """Put the table into the clipboard."""
        QGuiApplication.clipboard().setText(self.text(form))

    def text(self, form: str) -> str:
        """The table with exact numbers, as text, Markdown, LaTeX or CSV."""
        return FORMS[form](*copied(self.contest, self.shown, self._batch)) if self.contest else ""

    def curves_png(self) -> bytes:
        """The curves of the race as a picture."""

        def paint(painter: QPainter) -> None:
            painter.fillRect(self.overlay.rect(), theme.colour("panel"))
            self.overlay.render(painter, QPoint())

        return painted.png(self.overlay.size(), paint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _lane(self) -> Lane | None:
        return self.contest.lanes.get(self.table.chosen) if self.contest else None

    def _show_row(self) -> None:
        lane = self._lane()
        if lane is None or self.contest is None:
            return
        present = self.contest.experiment.present.key
        lines = detail_lines(self.contest, lane)
        words = [lane.failure] if lane.failure else []
        self.detail.setText("\n".join(_unbroken(line) for line in [*words, *lines]))
        self.take_button.setText(tr("Take this one: {name}").format(name=lane.entrant.variant.name))
        possible = lane.entrant.possible and lane.entrant.key != present
        self.take_button.setEnabled(possible and not self.stale.isVisibleTo(self))
        if not possible:
            self.take_button.setText(tr("Take this one"))

    def _change_scope(self) -> None:
        self.table.show_scope(self.shown)

    def _connect(self) -> None:
        self.scope.currentIndexChanged.connect(self._change_scope)
        self.table.row_chosen.connect(lambda _: self._show_row())
        self.table.marks_changed.connect(self.refresh)
        self.table.taken.connect(self._take)
        self.table.copy_pressed.connect(lambda: self.copy("text"))
        self.take_button.clicked.connect(lambda: self._take(self.table.chosen))
        self.measure_button.clicked.connect(self.measure_requested)
        self.bar.race_requested.connect(self.race_requested)
        self.bar.stop_requested.connect(self.stop_requested)

    def _take(self, key: str) -> None:
        if self.take_button.isEnabled() and key:
            self.take_requested.emit(key)

    def _fit_table(self) -> None:
        self.table.setMinimumHeight(min(self.table.sizeHint().height(), 240))
        self._split.setSizes([self.table.sizeHint().height(), max(200, self.height() - 420)])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._place)
        head.addLayout(words, 1)
        head.addWidget(self.scope)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(self.table)
        self._split.addWidget(self._lower())
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.stale)
        column.addWidget(self._split, 1)
        column.addWidget(self.bar)
        column.addLayout(self._buttons())

    def _lower(self) -> QWidget:
        """The arithmetic beside the curves."""
        words = tr("Race trains all marked entrants with the same seed, data and settings. Their curves come here.")
        self._hint = QLabel(words)
        self._hint.setObjectName("dim")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        below = QWidget()
        row = QHBoxLayout(below)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._arithmetic(), 2)
        row.addWidget(self._hint, 3)
        row.addWidget(self.overlay, 3)
        self.overlay.hide()
        return below

    def _arithmetic(self) -> QWidget:
        card = QFrame()
        card.setObjectName("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 10, 12, 10)
        head = QLabel(tr("ARITHMETIC"))
        head.setObjectName("section")
        self.detail.setFont(number_font(8))
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.addWidget(head)
        words = QWidget()
        stack = QVBoxLayout(words)
        stack.setContentsMargins(0, 0, 8, 0)
        stack.addWidget(self.detail)
        stack.addStretch()
        stack.addWidget(self._counted)
        inner.addWidget(_scrolled(words), 1)
        return card

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for button, words in ((self.copy_button, tr("Copy ▾")), (self.save_button, tr("Save ▾"))):
            button.setText(words)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(QMenu(button))
            row.addWidget(button)
        for form in FORMS:
            self.copy_button.menu().addAction(tr("Copy as {form}").format(form=form), partial(self.copy, form))
        for kind, words in SAVED.items():
            action = tr("Save as {form}…").format(form=words)
            self.save_button.menu().addAction(action, partial(self.save_requested.emit, kind))
        picture = partial(self.save_requested.emit, "png")
        self._save_curves = self.save_button.menu().addAction(tr("Save the curves as a picture…"), picture)
        row.addWidget(self.measure_button)
        row.addStretch()
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        row.addWidget(close)
        row.addWidget(self.take_button)
        return row


def _scrolled(words: QWidget) -> QScrollArea:
    """The words with a bar where they are too long, on the ground of their card."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(words)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
    return area


def _unbroken(line: str) -> str:
    """Thousands of a number stay together, as do a number and its unit."""
    return re.sub(r"(?<=\d) (?=\d{3}\b|%)", "\u00a0", line)
