"""Where a run stands: a line of text above a thin bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from convstudio.protocol.messages import Metrics
from convstudio.ui.run import words
from convstudio.ui.run.caption import Caption
from convstudio.ui.text import tr

PARTS = 1000
"""Steps of the bar."""
ROOM_FOR_BOTH = 12
"""Free pixels between the two texts; with less the right one is left out rather than both cut."""


class ProgressPanel(QWidget):
    """Left what is being done, right how fast; below how much of it is done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = Caption()
        self._right = Caption(Qt.AlignmentFlag.AlignRight)
        self._bar = QProgressBar(textVisible=False, maximum=PARTS)
        self._bar.setAccessibleName(tr("Training progress"))
        self._lay_out()
        self._set_small_font()

    def show_progress(self, metrics: Metrics, paused: bool = False) -> None:
        """Show where the run is."""
        position = words.position(metrics)
        self._left.show_text(tr("paused · {position}").format(position=position) if paused else position)
        self._right.show_text(words.pace(metrics), "dim")
        self._show_share(words.share(metrics))

    def show_words(self, text: str, token: str = "dim") -> None:
        """Show a sentence in place of the position; the bar stays where it is."""
        self._left.show_text(text, token)
        self._right.show_text("")
        self._give_room()

    def show_share(self, share: float | None) -> None:
        """Fill the bar to `share`, 0..1; None for work whose length nobody knows."""
        self._show_share(share)

    @property
    def text(self) -> str:
        """Both texts, as a person reads them."""
        return " ".join(t for t in (self._left.text, self._right.text) if t)

    def sizeHint(self) -> QSize:
        return QSize(330, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self._left, 1)
        line.addWidget(self._right, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addStretch()
        layout.addLayout(line)
        layout.addWidget(self._bar)
        layout.addStretch()

    def _set_small_font(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(max(7.5, font.pointSizeF() - 1))
        for caption in (self._left, self._right):
            caption.setFont(font)

    def _show_share(self, share: float | None) -> None:
        self._bar.setMaximum(0 if share is None else PARTS)
        if share is not None:
            self._bar.setValue(round(share * PARTS))
        self._give_room()

    def _give_room(self) -> None:
        needed = self._left.sizeHint().width() + self._right.sizeHint().width() + ROOM_FOR_BOTH
        self._right.setVisible(bool(self._right.text) and needed <= self.width())
