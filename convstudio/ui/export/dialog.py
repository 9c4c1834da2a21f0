"""The Export dialog: choose a format, see what it will be, say where, and watch how it is written and tried."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.ui.export.formats import FORMATS, Format, named
from convstudio.ui.export.place import Place
from convstudio.ui.export.previews import Previews
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

LARGEST = QSize(1080, 740)
LIST_WIDTH = 196
Outcome = Literal["good_text", "bad", "dim"]
"""Colour of the line that says how it went."""


class ExportDialog(QDialog):
    """Shows what it is told; knows neither worker nor document."""

    format_chosen = Signal()
    """Another format, form or colour was chosen, or another path."""
    export_requested = Signal()
    cancel_requested = Signal()
    folder_requested = Signal()
    """The person wants to see the folder of what was written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self._busy = False
        self._reason = ""
        self._buttons = QButtonGroup(self)
        self.title, self.about, self.caption = _label("title"), _label("dim"), _label("dim")
        self.about.setWordWrap(True)
        self.previews, self.place = Previews(), Place()
        self.form, self.colours = QComboBox(), QComboBox()
        self.form.setAccessibleName(tr("Kind of file"))
        self.colours.setAccessibleName(tr("Colours"))
        self.colours.addItems([tr("Light"), tr("Dark")])
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("How far the export is"))
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextFormat(Qt.TextFormat.PlainText)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.folder_button = QPushButton(tr("Show in its folder"))
        self.close_button, self.export_button = QPushButton(tr("Close")), QPushButton(tr("Export"))
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        self._lay_out()
        self._connect()
        self.show_caption("")
        self.clear_outcome()

    @property
    def format(self) -> Format:
        """The chosen one."""
        return FORMATS[max(0, self._buttons.checkedId())]

    @property
    def kind(self) -> str:
        """The chosen way to write it, by its name: 'SVG'."""
        return self.format.forms[max(0, self.form.currentIndex())][0]

    @property
    def suffix(self) -> str:
        """What the file's name is to end with; '' for a folder."""
        return self.format.forms[max(0, self.form.currentIndex())][1]

    @property
    def dark(self) -> bool:
        """Whether a picture is to have dark colours."""
        return self.colours.currentIndex() == 1

    def ask(self, name: str) -> None:
        """Open over the window at the format of that name; while an export is under way, at that."""
        window = self.parentWidget()
        if not self.isVisible() and window is not None:
            self.resize(LARGEST.boundedTo(window.size() - QSize(60, 60)))
        self.show()
        self.raise_()
        self.activateWindow()
        if not self._busy:
            button = self._buttons.button(FORMATS.index(named(name)))
            button.setChecked(True)
            button.setFocus()
            self._show_format()

    def show_path(self, path: Path) -> None:
        """Suggest where to write."""
        self.place.show_path(path, self.format, self.suffix)

    def show_caption(self, words: str) -> None:
        """What the preview shows, in a line."""
        self.caption.setText(words)
        self.caption.setVisible(bool(words))

    def show_reason(self, words: str) -> None:
        """Why nothing can be exported now; '' when it can."""
        self._reason = words
        self._follow()

    def show_progress(self, words: str, share: float) -> None:
        """An export is under way."""
        self._busy = True
        self.bar.setValue(round(1000 * share))
        self._say("dim", tr(words) + " …")

    def show_outcome(self, colour: Outcome, words: str, written: bool = False) -> None:
        """It ended so."""
        self._busy = False
        self._say(colour, words)
        if written:
            self.place.words.clear()
        self.folder_button.setVisible(written)

    def clear_outcome(self) -> None:
        """Nothing has been exported yet in this format."""
        self.show_outcome("dim", "")

    def _say(self, colour: Outcome, words: str) -> None:
        self.outcome.setText(words)
        self.outcome.setStyleSheet(f"color: {theme.text(colour)};")
        self.bar.setVisible(self._busy)
        self.outcome.setVisible(bool(words))
        self.folder_button.hide()
        self._follow()

    def _follow(self) -> None:
        self.export_button.setText(tr("Cancel") if self._busy else tr("Export"))
        self.export_button.setEnabled(self._busy or (not self._reason and self.place.usable))
        for button in self._buttons.buttons():
            button.setEnabled(not self._busy)
        for widget in (self.form, self.colours, self.place):
            widget.setEnabled(not self._busy)

    def _show_format(self) -> None:
        form = self.format
        self.title.setText(tr(form.title))
        self.about.setText(tr(form.about))
        self.form.blockSignals(True)
        self.form.clear()
        self.form.addItems([name for name, _ in form.forms])
        self.form.blockSignals(False)
        self.form.setVisible(len(form.forms) > 1)
        self.colours.setVisible(form.coloured)
        self.clear_outcome()
        self.format_chosen.emit()

    def _on_button(self) -> None:
        (self.cancel_requested if self._busy else self.export_requested).emit()

    def _connect(self) -> None:
        self._buttons.idClicked.connect(lambda _number: self._show_format())
        self.form.currentIndexChanged.connect(lambda _index: self.format_chosen.emit())
        self.colours.currentIndexChanged.connect(lambda _index: self.format_chosen.emit())
        self.place.changed.connect(self._follow)
        self.export_button.clicked.connect(self._on_button)
        self.close_button.clicked.connect(self.close)
        self.folder_button.clicked.connect(self.folder_requested)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.form)
        head.addWidget(self.colours)
        buttons = QHBoxLayout()
        buttons.addWidget(self.folder_button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export_button)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(head)
        right.addWidget(self.about)
        right.addWidget(self.previews, 1)
        for widget in (self.caption, self.place, self.bar, self.outcome):
            right.addWidget(widget)
        right.addLayout(buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(16)
        whole.addWidget(self._list())
        whole.addLayout(right, 1)

    def _list(self) -> QWidget:
        """The formats under the headings of their groups."""
        holder = QWidget()
        holder.setFixedWidth(LIST_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for group, forms in groupby(FORMATS, lambda form: form.group):
            heading = _label("section")
            heading.setText(tr(group))
            column.addWidget(heading)
            for form in forms:
                column.addWidget(self._choice(form))
            column.addSpacing(10)
        column.addStretch()
        return holder

    def _choice(self, form: Format) -> QPushButton:
        button = QPushButton(tr(form.title))
        button.setObjectName("choice")
        button.setToolTip(tr(form.about))
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setFixedSize(LIST_WIDTH, 32)
        self._buttons.addButton(button, FORMATS.index(form))
        return button


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    return label
