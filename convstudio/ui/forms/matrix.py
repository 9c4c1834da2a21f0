"""The editor for rows of numbers, such as a mask of one's own: a line a row, numbers by spaces."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from convstudio.ui.forms.base import WIDTH, Editor, UndoPasser
from convstudio.ui.forms.fields import Field
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

Matrix = tuple[tuple[float, ...], ...]
SHOWN = (3, 7)
"""So many lines are shown at least and at most; more are scrolled."""


class MatrixEditor(Editor):
    """What is typed counts as soon as every line holds as many numbers; until then the field says what is missing."""

    def __init__(self, field: Field) -> None:
        self._text = _Lines()
        super().__init__(field, self._text)
        UndoPasser(self._text, lambda: self._text.document().isUndoAvailable())
        self._value: Matrix = ()
        self._text.textChanged.connect(self._typed)
        self._text.left.connect(self.left)

    def set_value(self, value: Matrix) -> None:
        self._value = value
        if parsed(self._text.toPlainText()) == value:
            return
        self._text.blockSignals(True)
        self._text.setPlainText("\n".join("  ".join(f"{n:g}" for n in row) for row in value))
        self._text.blockSignals(False)
        self._text.fit()
        self.set_complaint("")

    def set_mixed(self) -> None:
        self.set_value(())
        self._text.setPlaceholderText(tr("mixed"))

    def _typed(self) -> None:
        self._text.fit()
        found = parsed(self._text.toPlainText())
        if isinstance(found, str):
            self.set_complaint(found)
            return
        self.set_complaint("")
        if found != self._value:
            self._value = found
            self.entered.emit(found)


class _Lines(QPlainTextEdit):
    """Plain text in the font of numbers, as high as its lines; Tab goes on to the next setting."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(number_font())
        self.setFixedWidth(round(WIDTH * 1.5))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fit()

    def fit(self) -> None:
        """Take the height of what is in it."""
        lines = min(max(self.blockCount(), SHOWN[0]), SHOWN[1])
        self.setFixedHeight(lines * QFontMetrics(self.font()).lineSpacing() + 20)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)


def parsed(text: str) -> Matrix | str:
    """The rows of numbers in a text, or what is wrong with it."""
    lines = [line.replace(",", " ").replace(";", " ").split() for line in text.strip().splitlines()]
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(tuple(float(word.replace("−", "-")) for word in line))
        except ValueError as error:
            return f"{tr('Line')} {number}: {str(error).partition(': ')[2]} {tr('is not a number.')}"
    if not rows:
        return tr("One row of the mask a line, numbers by spaces.")
    if len({len(row) for row in rows}) > 1:
        counts = ", ".join(str(len(row)) for row in rows)
        return f"{tr('The lines hold')} {counts} {tr('numbers; all need as many.')}"
    return tuple(rows)
