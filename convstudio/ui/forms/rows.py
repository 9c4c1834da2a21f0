"""Rows of label and editor, one for each setting: what all forms are made of."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from convstudio.ui.forms.base import Editor
from convstudio.ui.forms.editors import editor
from convstudio.ui.forms.fields import Field
from convstudio.ui.text import tr

LEAST = 28
"""Height of a row: all are alike, also that of a box to tick."""


class Rows(QWidget):
    """Holds no value; `entered` carries the name of a setting and what the person entered for it."""

    entered = Signal(str, object)
    left = Signal()
    """The person is done with a setting; the next change is a step of its own."""

    def __init__(self, settings: Iterable[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, QLabel] = {}
        self._editors: dict[str, Editor] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for row, field in enumerate(settings):
            label = QLabel(tr(field.title))
            label.setToolTip(tr(field.help))
            made = editor(field)
            label.setBuddy(made)
            grid.setRowMinimumHeight(row, LEAST)
            grid.addWidget(label, row, 0)
            grid.addWidget(made, row, 1, Qt.AlignmentFlag.AlignRight)
            self._labels[field.name], self._editors[field.name] = label, made
            made.entered.connect(lambda entered, name=field.name: self.entered.emit(name, entered))
            made.left.connect(self.left)

    def show_setting(self, name: str, shown: bool) -> None:
        """Show a row, or leave it out without a gap."""
        self._editors[name].setVisible(shown)
        self._labels[name].setVisible(shown)
        self._grid.setRowMinimumHeight(list(self._editors).index(name), LEAST if shown else 0)

    def editor(self, name: str) -> Editor:
        """The editor of one setting; KeyError when there is none."""
        return self._editors[name]
