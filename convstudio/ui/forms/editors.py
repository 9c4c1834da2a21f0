"""Editors: a widget for one setting each; `set_value` shows a value, `entered` carries what the person enters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from convstudio.ui.forms.base import WIDTH, Editor, UndoPasser
from convstudio.ui.forms.fields import Field
from convstudio.ui.forms.matrix import MatrixEditor
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font


class _Spin(QSpinBox):
    """A spin box that leaves the wheel to the panel unless it has the focus; below its range it is empty."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.low = low
        self.setRange(low, high)
        self.lineEdit().setPlaceholderText(tr("mixed"))

    def textFromValue(self, value: int) -> str:
        return "" if value < self.low else super().textFromValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Combo(QComboBox):
    """A combo box that leaves the wheel to the panel unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class IntegerEditor(Editor):
    def __init__(self, field: Field) -> None:
        self._box = _Spin(int(field.low or 0), int(field.high if field.high is not None else 2**31 - 1))
        self._box.setFont(number_font())
        self._box.setFixedWidth(WIDTH)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.lineEdit().setTextMargins(5, 0, 0, 0)
        super().__init__(field, self._box)
        UndoPasser(self._box, lambda: False)
        self._box.valueChanged.connect(self._enter)
        self._box.editingFinished.connect(self.left)

    def set_value(self, value: int) -> None:
        if value != self._box.value():
            self._box.blockSignals(True)
            self._box.setValue(value)
            self._box.blockSignals(False)
        self._box.setMinimum(self._box.low)

    def set_mixed(self) -> None:
        self._box.blockSignals(True)
        self._box.setMinimum(self._box.low - 1)
        self._box.setValue(self._box.low - 1)
        self._box.blockSignals(False)

    def _enter(self, value: int) -> None:
        if value >= self._box.low:
            self.entered.emit(value)


class _LineEditor(Editor):
    """An editor of one line; what is entered counts when the person presses Enter or goes on."""

    def __init__(self, field: Field) -> None:
        self._line = QLineEdit()
        self._line.setFont(number_font())
        self._line.setFixedWidth(WIDTH)
        super().__init__(field, self._line)
        UndoPasser(self._line, lambda: self._line.text() != self._shown)
        self._line.editingFinished.connect(self._finish)
        self._shown = ""

    def _show(self, text: str) -> None:
        self._shown = text
        self._line.setText(text)
        self._line.setPlaceholderText("")
        self.set_complaint("")

    def set_mixed(self) -> None:
        self._show("")
        self._line.setPlaceholderText(tr("mixed"))

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.entered.emit(self._parsed(self._line.text().strip()))
        self.left.emit()

    def _parsed(self, text: str) -> Any:
        return text


class TextEditor(_LineEditor):
    def set_value(self, value: str) -> None:
        self._show(value)


class NumberEditor(_LineEditor):
    def set_value(self, value: float) -> None:
        self._show(f"{value:.6g}")

    def _parsed(self, text: str) -> float | str:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text


class SizesEditor(_LineEditor):
    """One number for all axes, or one for each: '3', '3 × 5'."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._rank = 2
        self._value: tuple[int, ...] = ()

    def set_rank(self, rank: int) -> None:
        self._rank = rank

    def set_value(self, value: tuple[int, ...]) -> None:
        self._value = value
        self._show(" × ".join(str(n) for n in (value * max(1, self._rank) if len(value) == 1 else value)))

    def _parsed(self, text: str) -> tuple[int, ...] | str:
        return parse_sizes(text)


class ChoiceEditor(Editor):
    def __init__(self, field: Field) -> None:
        self._box = _Combo()
        self._box.setFixedWidth(WIDTH)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for choice in field.choices:
            self._box.addItem(tr(field.words.get(choice, choice.replace("_", " "))), choice)
        super().__init__(field, self._box)
        self._box.activated.connect(lambda index: self.entered.emit(self._box.itemData(index)))

    def set_value(self, value: str) -> None:
        self._box.setCurrentIndex(self._box.findData(value))

    def set_mixed(self) -> None:
        self._box.setPlaceholderText(tr("mixed"))
        self._box.setCurrentIndex(-1)


class PaddingEditor(Editor):
    """A word from the list, or numbers of cells: 'same', 'none', '2', '2 × 1'."""

    def __init__(self, field: Field) -> None:
        self._box = _Combo()
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setFixedWidth(WIDTH)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.addItems([*field.choices])
        super().__init__(field, self._box)
        self._choices = field.choices
        self._shown = ""
        self._box.activated.connect(self._finish)
        line = self._box.lineEdit()
        assert line is not None
        self._line = line
        line.setAccessibleName(tr(field.title))
        UndoPasser(line, lambda: line.text() != self._shown)
        line.editingFinished.connect(self._finish)

    def set_value(self, value: str | tuple[int, ...]) -> None:
        self._shown = value if isinstance(value, str) else " × ".join(map(str, value))
        self._box.setEditText(self._shown)
        self._line.setPlaceholderText("")
        self.set_complaint("")

    def set_mixed(self) -> None:
        self.set_value("")
        self._line.setPlaceholderText(tr("mixed"))

    def _finish(self) -> None:
        text = self._box.currentText().strip()
        if text != self._shown:
            self._shown = text
            self.entered.emit(text if text in self._choices else parse_sizes(text))
        self.left.emit()


class FlagEditor(Editor):
    def __init__(self, field: Field) -> None:
        self._box = QCheckBox()
        self._box.setStyleSheet("QCheckBox { spacing: 0; }")  # it ends where fields end
        super().__init__(field, self._box)
        self._box.clicked.connect(lambda checked: self.entered.emit(checked))

    def set_value(self, value: bool) -> None:
        self._box.setTristate(False)
        self._box.setChecked(value)

    def set_mixed(self) -> None:
        self._box.setTristate(True)
        self._box.setCheckState(Qt.CheckState.PartiallyChecked)


def parse_sizes(text: str) -> tuple[int, ...] | str:
    """'3', '3 × 5', '3x5', '3, 5' as numbers, equal ones as one; the text itself when it is something else."""
    parts = [p for p in re.split(r"[\s×x*,;]+", text) if p]
    if not parts or not all(re.fullmatch(r"[0-9]{1,9}", p) for p in parts):
        return text
    sizes = tuple(int(p) for p in parts)
    return sizes[:1] if len(set(sizes)) == 1 else sizes


EDITORS: dict[str, Callable[[Field], Editor]] = {
    "integer": IntegerEditor,
    "number": NumberEditor,
    "choice": ChoiceEditor,
    "flag": FlagEditor,
    "text": TextEditor,
    "sizes": SizesEditor,
    "padding": PaddingEditor,
    "matrix": MatrixEditor,
}


def editor(field: Field) -> Editor:
    """The editor that fits a setting."""
    return EDITORS[field.editor](field)
