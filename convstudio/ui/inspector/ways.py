"""What was measured before the last run: images a second for each number of threads and each memory format."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from convstudio.protocol.messages import Measured, Way
from convstudio.ui.text import count, grouped, strong, tr
from convstudio.ui.theme import number_font, theme

LAYOUTS = {"contiguous": "Contiguous", "channels_last": "Channels last"}


class Ways(QWidget):
    """A small table; the way that was chosen is marked. Hidden until something was measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured: Measured | None = None
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setWordWrap(True)
        self._table = QWidget()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._table)
        self.hide()
        theme.changed.connect(self._fill)

    def show_measured(self, measured: Measured | None) -> None:
        """Show what was measured; None, or nothing measured, hides the table."""
        self._measured = measured if measured and measured.ways else None
        self.setVisible(self._measured is not None)
        self._fill()

    @property
    def rows(self) -> tuple[str, ...]:
        """What the table says, a line a row."""
        return tuple(words for way in self._ways() for words in [_sentence(way, self._chosen() is way)])

    def _ways(self) -> tuple[Way, ...]:
        return self._measured.ways if self._measured else ()

    def _chosen(self) -> Way | None:
        measured = self._measured
        return measured.ways[measured.chosen] if measured and 0 <= measured.chosen < len(measured.ways) else None

    def _fill(self) -> None:
        """Columns are numbers of threads, rows memory formats."""
        if self._measured is None:
            return
        words = tr("Measured on this network before the run: images a second in mini-batches of {size}.")
        self._words.setText(words.format(size=self._measured.batch))
        table, grid = QWidget(), QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        table.setLayout(grid)
        threads = sorted({way.threads for way in self._ways()})
        layouts = [name for name in LAYOUTS if any(way.memory_format == name for way in self._ways())]
        for column, number in enumerate(threads, 1):
            named = count(number, "thread", "threads") if self._measured.device == "cpu" else self._measured.device
            grid.addWidget(_cell(named, "dim"), 0, column)
        for row, name in enumerate(layouts, 1):
            grid.addWidget(_label(tr(LAYOUTS[name])), row, 0)
            for column, number in enumerate(threads, 1):
                grid.addWidget(self._figure(number, name), row, column)
        table.setAccessibleName(tr("What was measured"))
        table.setAccessibleDescription("\n".join(self.rows))
        self._column.replaceWidget(self._table, table)
        self._table.deleteLater()
        self._table = table

    def _figure(self, threads: int, name: str) -> QLabel:
        way = next((w for w in self._ways() if (w.threads, w.memory_format) == (threads, name)), None)
        if way is None:
            return _cell("–", "dim")
        figure = grouped(round(way.samples_per_second))
        if way is not self._chosen():
            return _cell(figure, "text")
        cell = _cell(strong(f"✓ {figure}"), "good_text")
        cell.setToolTip(tr("This way was chosen: the others are not clearly faster"))
        return cell


def _sentence(way: Way, chosen: bool) -> str:
    named = f"{count(way.threads, 'thread', 'threads')}, {tr(LAYOUTS[way.memory_format])}"
    figure = f"{grouped(round(way.samples_per_second))} {tr('images a second')}"
    return f"{named}: {figure}" + (f" ({tr('chosen')})" if chosen else "")


def _label(words: str) -> QLabel:
    label = QLabel(words)
    label.setStyleSheet(f"color: {theme.text('dim')}; font-size: 8.5pt;")
    return label


def _cell(words: str, token: str) -> QLabel:
    cell = QLabel(words)
    cell.setFont(number_font(8.5))
    cell.setStyleSheet(f"color: {theme.text(token)};")
    cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return cell
