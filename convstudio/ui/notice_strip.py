"""One message on the screen: sign, words, what can be done, the detail behind it, and a way to close it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.ui.notices import Notice
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

STAY_MS = 6000
SIGNS = {"info": ("i", "accent"), "warn": ("!", "warning"), "error": ("×", "bad")}
NAMES = {"info": "Notice", "warn": "Warning", "error": "Error"}
DETAIL_HEIGHT = 140


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


class NoticeStrip(QFrame):
    """Shows one notice. Info goes away after a while, but not under the mouse and not while it has the focus."""

    close_requested = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget | None = None, stay: int = STAY_MS) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("card")
        self.setAccessibleName(f"{tr(NAMES[notice.severity])}: {notice.words}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._timer = QTimer(self, singleShot=True, interval=stay)
        self._timer.timeout.connect(self._close)
        self._detail = _detail_box(notice.detail)
        self._lay_out()
        self._count_down()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._count_down()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._timer.stop()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._count_down()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _count_down(self) -> None:
        focus = QApplication.focusWidget()
        inside = focus is not None and (focus is self or self.isAncestorOf(focus))
        if self.notice.severity == "info" and not inside and not self._detail.isVisibleTo(self):
            self._timer.start()

    def _close(self) -> None:
        self.close_requested.emit(self.notice)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(NoticeSign(self.notice.severity), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(_words(self.notice.words), 1)
        line.addWidget(self._close_button(), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(line)
        if self.notice.actions or self.notice.detail:
            layout.addLayout(self._buttons())
        layout.addWidget(self._detail)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(26, 0, 0, 0)
        line.setSpacing(8)
        for number, (label, call) in enumerate(self.notice.actions):
            button = QPushButton(label)
            button.setObjectName("primary" if number == 0 else "")
            button.setToolTip(label)
            button.clicked.connect(call)
            button.clicked.connect(self._close)
            line.addWidget(button)
        if self.notice.detail:
            line.addWidget(self._detail_button())
            line.addWidget(self._copy_button())
        line.addStretch()
        return line

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("×")
        button.setAutoRaise(True)
        button.setToolTip(tr("Close (Esc)"))
        button.setAccessibleName(tr("Close this message"))
        button.clicked.connect(self._close)
        return button

    def _detail_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(tr("Details"))
        button.setCheckable(True)
        button.setToolTip(tr("Show the technical text"))
        button.toggled.connect(self._show_detail)
        return button

    def _copy_button(self) -> QToolButton:
        self._copy = button = QToolButton()
        button.setText(tr("Copy"))
        button.setToolTip(tr("Copy the message with its technical text"))
        text = f"{self.notice.words}\n\n{self.notice.detail}"
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        button.hide()
        return button

    def _show_detail(self, shown: bool) -> None:
        self._detail.setVisible(shown)
        self._copy.setVisible(shown)
        self._timer.stop()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


class _DetailBox(QPlainTextEdit):
    """The technical text, as high as it needs to be up to `DETAIL_HEIGHT`."""

    def sizeHint(self) -> QSize:
        needed = self.document().blockCount() * self.fontMetrics().lineSpacing() + 20
        return QSize(super().sizeHint().width(), min(DETAIL_HEIGHT, needed))


def _detail_box(text: str) -> QPlainTextEdit:
    box = _DetailBox(text)
    box.setReadOnly(True)
    box.setFont(number_font())
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    box.setAccessibleName(tr("Technical text"))
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    box.hide()
    return box
