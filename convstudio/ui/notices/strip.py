"""One message on the screen: sign, words, what can be done, the detail behind it, and a way to close it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convstudio.ui.flow_layout import FlowLayout
from convstudio.ui.notices.notices import Notice
from convstudio.ui.notices.parts import DetailBox, NoticeSign, copy_button, quiet_button
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

STAY_MS = 6000
NAMES = {"info": "Notice", "warn": "Warning", "error": "Error"}
EDGES = {"info": "line", "warn": "warning", "error": "bad"}
INDENT = 26
"""Buttons begin where the words do."""


class NoticeStrip(QFrame):
    """Shows one notice. Info goes away after a while, but not under the mouse and not while it has the focus."""

    close_requested = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget | None = None, stay: int = STAY_MS) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setAccessibleName(f"{tr(NAMES[notice.severity])}: {notice.words}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._timer = QTimer(self, singleShot=True, interval=stay)
        self._timer.timeout.connect(self._close)
        self._detail = DetailBox(notice.detail)
        self._copy = copy_button(f"{notice.words}\n\n{notice.detail}")
        self._lay_out()
        theme.changed.connect(self.update)
        self._count_down()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._count_down()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._timer.stop()
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._count_down()
        self.update()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent" if self.hasFocus() else EDGES[self.notice.severity]))
        painter.setBrush(theme.colour("raised" if theme.dark else "panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _count_down(self) -> None:
        """Start the time that an info stays; reading its detail, or being in it by keyboard, stops that."""
        focus = QApplication.focusWidget()
        inside = focus is not None and (focus is self or self.isAncestorOf(focus))
        if self.notice.severity == "info" and not inside and not self._detail.isVisibleTo(self):
            self._timer.start()

    def _close(self) -> None:
        self.close_requested.emit(self.notice)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 8, 9)
        layout.setSpacing(8)
        layout.addLayout(self._first_line())
        if self.notice.actions:
            layout.addLayout(self._buttons())
        layout.addWidget(self._detail)
        layout.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)

    def _first_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(NoticeSign(self.notice.severity), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(_words(self.notice.words), 1)
        line.setAlignment(Qt.AlignmentFlag.AlignTop)
        if self.notice.detail:
            more = quiet_button(tr("Details"), tr("Show the technical text"))
            more.setCheckable(True)
            more.toggled.connect(self._show_detail)
            line.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        close = quiet_button("×", tr("Close this message (Esc)"))
        close.clicked.connect(self._close)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _buttons(self) -> FlowLayout:
        line = FlowLayout()
        line.setContentsMargins(INDENT, 0, 0, 0)
        for number, (label, call) in enumerate(self.notice.actions):
            button = QPushButton(label)
            button.setObjectName("" if number else "primary")
            button.setToolTip(label)
            button.clicked.connect(lambda _=False, call=call: call())
            button.clicked.connect(self._close)
            line.addWidget(button)
        return line

    def _show_detail(self, shown: bool) -> None:
        self._detail.setVisible(shown)
        self._copy.setVisible(shown)
        self._timer.stop()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setContentsMargins(0, 1, 0, 0)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label
