"""The report of an import as a card: what became a block, what is contained in others, and what no block expresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from convstudio.runs.brought import Report, Taken, Unread, told
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

SIZE = QSize(620, 560)
MOST_KEYS = 40
"""So many keys are listed; of more, only the number is told."""


class ReportCard(QDialog):
    """Shows a report. `block_chosen` carries the id of an opaque block that is to be shown on the canvas."""

    block_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Report of the import"))
        self.resize(SIZE)
        self.setMinimumWidth(420)
        self._report: Report | None = None
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(tr("Report of the import"))
        self.copy, self.close_button = QPushButton(tr("Copy as text")), QPushButton(tr("Close"))
        self.close_button.setObjectName("primary")
        self.close_button.setDefault(True)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch()
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(self.area)
        column.addLayout(row)
        theme.changed.connect(self._show_again)

    def show_report(self, report: Report) -> None:
        """Show another report, from its top."""
        self._report = report
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for part in (self._head(report), _figures(report), *self._parts(report)):
            column.addWidget(part)
        column.addStretch()
        self.area.setWidget(page)
        self.area.verticalScrollBar().setValue(0)

    def _show_again(self) -> None:
        if self._report:
            self.show_report(self._report)

    def _copy(self) -> None:
        if self._report:
            QGuiApplication.clipboard().setText("\n".join(told(self._report)))

    def _head(self, report: Report) -> QWidget:
        kind = f"ONNX · {tr('operator set')} {report.opset}" if report.source == "onnx" else "safetensors"
        words = " · ".join(part for part in (kind, report.producer) if part)
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(_label(report.name, "title"))
        column.addWidget(_label(words, "dim"))
        return found

    def _parts(self, report: Report) -> Iterable[QWidget]:
        if report.whole:
            yield _label(tr("Written by ConvStudio: the network is as it was drawn, with its groups and titles."))
        if report.opaque:
            yield _section(tr("No block expresses"), len(report.opaque))
            yield from (self._unread(unread) for unread in report.opaque)
        for note in report.notes:
            yield _label(f"•  {tr(note)}")
        yield from _taken(tr("Became blocks"), report.recognised, "")
        yield from _taken(tr("Contained in others, or without effect"), report.folded, tr("left out"))
        if report.source == "safetensors":
            yield from _keys(report)

    def _unread(self, unread: Unread) -> QFrame:
        """A card of its own, with a link to the block."""
        card = _card()
        card.setStyleSheet(f"QFrame#card {{ border: 1px solid {theme.text('warning')}; }}")
        grid = QGridLayout(card)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        title = _label(f"!  {unread.operator}")
        title.setStyleSheet(f"color: {theme.text('warning_text')}; font-weight: 600;")
        shape = _label(unread.shape)
        shape.setFont(number_font())
        show = QPushButton(tr("Show"))
        show.setAutoDefault(False)
        show.setAccessibleName(f"{tr('Show')} {unread.operator}, {unread.name}")
        show.clicked.connect(lambda: self.block_chosen.emit(unread.block))
        grid.addWidget(title, 0, 0)
        grid.addWidget(shape, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(show, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_label("  ·  ".join(part for part in (unread.name, unread.reason) if part), "dim"), 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        return card


def _figures(report: Report) -> QWidget:
    """The numbers that matter most, side by side."""
    figures = [(report.blocks, tr("blocks"), ""), (report.parameters, tr("weights"), "")]
    if report.source == "safetensors":
        figures.append((report.matching, tr("keys match"), ""))
    elif not report.whole:
        count = len(report.opaque)
        figures.append((count, tr("not recognised"), "warning_text" if count else "good_text"))
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 2, 0, 2)
    line.setSpacing(8)
    for number, words, colour in figures:
        line.addWidget(_figure(number, words, colour))
    return row


def _figure(number: int, words: str, colour: str) -> QFrame:
    card = _card()
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(0)
    value = QLabel(grouped(number))
    value.setFont(number_font(14))
    if colour:
        value.setStyleSheet(f"color: {theme.text(colour)};")
    column.addWidget(value)
    column.addWidget(_label(words, "dim"))
    return card


def _taken(title: str, taken: Sequence[Taken], nothing: str) -> Iterable[QWidget]:
    """Rows of count, operator, arrow and block."""
    if not taken:
        return
    yield _section(title, sum(t.count for t in taken))
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(3)
    for row, entry in enumerate(taken):
        count = _label(f"{grouped(entry.count)} ×", "dim")
        count.setFont(number_font())
        grid.addWidget(count, row, 0, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(_label(entry.operator), row, 1)
        grid.addWidget(_label("→", "dim"), row, 2)
        grid.addWidget(_label(tr(entry.block)) if entry.block else _label(nothing, "dim"), row, 3)
    grid.setColumnMinimumWidth(0, 44)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    yield table


def _keys(report: Report) -> Iterable[QWidget]:
    """The weights that did not match, by what is the matter with them."""
    dims = [f"{u.key}   {_dims(u.found)} → {_dims(u.wanted)}" for u in report.unlike]
    parts = (
        (tr("Of another shape in the network; it keeps its start values"), dims),
        (tr("Missing in the file; the network keeps its start values"), report.missing),
        (tr("Without a place in the network"), report.unexpected),
    )
    for title, keys in parts:
        if not keys:
            continue
        yield _section(title, len(keys))
        more = [f"… {grouped(len(keys) - MOST_KEYS)} {tr('more')}"] if len(keys) > MOST_KEYS else []
        listed = _label("\n".join([*keys[:MOST_KEYS], *more]))
        listed.setFont(number_font())
        yield listed


def _section(title: str, count: int) -> QLabel:
    found = _label(f"{title.upper()}   {grouped(count)}", "section")
    found.setContentsMargins(0, 8, 0, 0)
    return found


def _dims(dims: tuple[int, ...]) -> str:
    return "×".join(map(str, dims)) or "1"


def _card() -> QFrame:
    found = QFrame()
    found.setObjectName("card")
    return found


def _label(text: str, name: str = "") -> QLabel:
    found = QLabel(text)
    found.setObjectName(name)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setWordWrap(True)
    found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return found
