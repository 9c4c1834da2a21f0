"""Where messages are seen: at the bottom of a widget, over it, newest first and at most three."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from convstudio.ui.notices.notices import Notice, Notices
from convstudio.ui.notices.strip import STAY_MS, NoticeStrip
from convstudio.ui.text import count, tr

MAX_SHOWN = 3
MAX_WIDTH = 620
MARGIN = 12
SPACING = 8


class NoticeBar(QWidget):
    """Floats over the bottom of `below` and follows its size; takes no room where there is nothing to say.

    Older messages wait until a newer one is closed.
    """

    def __init__(self, notices: Notices, below: QWidget, stay: int = STAY_MS) -> None:
        """`stay` is how long, in milliseconds, an info is shown."""
        super().__init__(below)
        self._notices = notices
        self._below = below
        self._stay = stay
        self._strips: list[NoticeStrip] = []
        self.setAccessibleName(tr("Messages"))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACING)
        self._rest = QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        self._rest.setObjectName("dim")
        self._layout.addWidget(self._rest)
        notices.changed.connect(self._show_open)
        notices.posted.connect(self._announce)
        below.installEventFilter(self)
        self._show_open()

    @property
    def shown(self) -> tuple[Notice, ...]:
        """What can be read now, newest first."""
        return tuple(strip.notice for strip in self._strips)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._below:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _show_open(self) -> None:
        wanted = self._notices.open[:MAX_SHOWN]
        kept = {id(strip.notice): strip for strip in self._strips}
        for strip in self._strips:
            if not any(strip.notice is notice for notice in wanted):
                self._layout.removeWidget(strip)
                strip.hide()
                strip.deleteLater()
        self._strips = [kept.get(id(notice)) or self._strip(notice) for notice in wanted]
        for place, strip in enumerate(self._strips):
            self._layout.insertWidget(place, strip)
        self._place()

    def _strip(self, notice: Notice) -> NoticeStrip:
        strip = NoticeStrip(notice, self, self._stay)
        strip.close_requested.connect(self._notices.close, Qt.ConnectionType.QueuedConnection)
        return strip

    def _place(self) -> None:
        """At the bottom, centred; as many strips as there is height for, one at least, and how many more there are."""
        below = self._below
        width = max(0, min(MAX_WIDTH, below.width() - 2 * MARGIN))
        room = below.height() - 2 * MARGIN
        fitting = self._fitting(width, room)
        for place, strip in enumerate(self._strips):
            strip.setVisible(place < fitting)
        self._show_rest(len(self._notices.open) - fitting)
        height = self._layout.totalHeightForWidth(width)
        self.setGeometry((below.width() - width) // 2, below.height() - height - MARGIN, width, height)
        self.setVisible(bool(self._strips))
        self.raise_()

    def _fitting(self, width: int, room: int) -> int:
        """How many strips there is height for, with the line below them where some are left out; one at least."""
        totals = list(accumulate(strip.heightForWidth(width) + SPACING for strip in self._strips))
        if totals and (totals[-1] > room + SPACING or len(self._notices.open) > len(totals)):
            room -= self._rest.sizeHint().height() + SPACING
        return min(len(totals), max(1, sum(total <= room + SPACING for total in totals)))

    def _show_rest(self, hidden: int) -> None:
        self._rest.setText(count(hidden, "more message", "more messages"))
        self._rest.setVisible(hidden > 0)

    def _announce(self, notice: Notice) -> None:
        """Let a screen reader read a new message out."""
        for strip in self._strips:
            if strip.notice is notice:
                QAccessible.updateAccessibility(QAccessibleEvent(strip, QAccessible.Event.Alert))
