"""The small parts of a message strip: its sign, its quiet buttons, and the box for the technical text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QToolButton, QWidget

from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

SIGNS = {"info": ("i", "accent"), "warn": ("!", "warning"), "error": ("×", "bad")}
DETAIL_HEIGHT = 140
_QUIET = """
QToolButton { background: transparent; border: 1px solid transparent; padding: 0 5px;
  color: palette(placeholder-text); }
QToolButton:hover, QToolButton:checked { color: palette(text); background: palette(light); }
QToolButton:focus { border-color: palette(highlight); }
"""


class NoticeSign(QWidget):
    """A coloured disc with a letter: colour is not the only sign."""

    def __init__(self, severity: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter, self._token = SIGNS[severity]
        self.setFixedSize(18, 18)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._token))
        painter.drawEllipse(self.rect())
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)


class DetailBox(QPlainTextEdit):
    """The technical text, as high as it needs to be up to `DETAIL_HEIGHT`; hidden at first."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setReadOnly(True)
        self.setFont(number_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Technical text"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        needed = self.document().blockCount() * self.fontMetrics().lineSpacing() + 30
        return QSize(super().sizeHint().width(), min(DETAIL_HEIGHT, needed))


def quiet_button(label: str, tip: str) -> QToolButton:
    """A button without a frame, for what is rarely needed."""
    button = QToolButton()
    button.setText(label)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFixedHeight(20)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setStyleSheet(_QUIET)
    return button


def copy_button(text: str) -> QToolButton:
    """Puts `text` on the clipboard; hidden at first."""
    button = quiet_button(tr("Copy"), tr("Copy the message with its technical text"))
    button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
    button.hide()
    return button
