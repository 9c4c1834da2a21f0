"""A field for writing on the canvas itself: over a note, or over the title of a block."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QKeySequence, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from convstudio.ui.theme import theme

GOES_ON = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Reasons for losing the focus after which the person comes back to the field."""

PADDING = {True: (3, 1), False: (8, 8)}
"""Pixels at the sides and above, of one line and of several."""


class TextField(QPlainTextEdit):
    """Holds what is being written. It ends by Enter (Ctrl+Enter where there may be several lines), Escape, or a click
    elsewhere; `ended` says whether the text counts."""

    ended = Signal(bool)

    def __init__(self, parent: QWidget, text: str, longest: int, name: str, *, one_line: bool) -> None:
        super().__init__(text, parent)
        self._first, self._one_line, self._longest = text, one_line, longest
        self._over = self._scrolls = False
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        wrap = QTextOption.WrapMode.NoWrap if one_line else QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        self.setWordWrapMode(wrap)
        self.document().setDocumentMargin(0)
        self.textChanged.connect(self._shorten)
        self.verticalScrollBar().valueChanged.connect(self._stay)
        theme.changed.connect(self.restyle)
        self.restyle()
        self.selectAll()

    def text(self) -> str:
        text = self.toPlainText()
        return text.replace("\n", " ").strip() if self._one_line else text

    def take_room(self, width: float, height: float, highest: int) -> None:
        """Be this large, in pixels; higher where the text needs it, up to `highest`."""
        self.setFixedWidth(round(width))
        lines = 1.0 if self._one_line else self.document().size().height()  # a plain text counts in lines
        needed = lines * QFontMetricsF(self.font()).lineSpacing() + 2 * (PADDING[self._one_line][1] + 2)
        self.setFixedHeight(min(highest, round(max(height, needed))))
        if self._one_line:
            self.setViewportMargins(0, max(0, round((height - needed) / 2)), 0, 0)
        self._scrolls = needed > highest
        self._stay()

    def restyle(self) -> None:
        side, top = PADDING[self._one_line]
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.text('raised')}; color: {theme.text('text')};"
            f" border: 1.5px solid {theme.text('accent')}; border-radius: 6px; padding: {top}px {side}px; }}"
        )

    def finish(self, counts: bool = True) -> None:
        """End the writing, once."""
        if not self._over:
            self._over = True
            self.ended.emit(counts)

    def event(self, event: QEvent) -> bool:
        """The keys that end the writing are no commands; Ctrl+Z is one when there is nothing to take back here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            undoing = event.matches(keys.Undo) and self.toPlainText() == self._first
            if undoing or (event.matches(keys.Redo) and not self.document().isRedoAvailable()):
                event.ignore()
                return True
            if event.key() == Qt.Key.Key_Escape or self._ends(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.finish(False)
        elif self._ends(event):
            self.finish()
        else:
            super().keyPressEvent(event)

    def _ends(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (self._one_line or control)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in GOES_ON:
            self.finish()

    def _stay(self) -> None:
        """Nothing is scrolled out of a field that has room for all of its text."""
        if not self._scrolls:
            self.verticalScrollBar().setValue(0)

    def _shorten(self) -> None:
        """What is longer than a file may hold is cut while it is typed."""
        if len(self.toPlainText()) > self._longest:
            cursor = self.textCursor()
            cursor.setPosition(self._longest)
            cursor.movePosition(cursor.MoveOperation.End, cursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
