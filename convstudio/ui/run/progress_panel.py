"""Where a run stands: a line of text above a thin bar."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from convstudio.protocol.messages import Metrics
from convstudio.ui.run import words
from convstudio.ui.run.caption_line import CaptionLine
from convstudio.ui.text import tr

PARTS = 1000
"""Steps of the bar."""


class ProgressPanel(QWidget):
    """Left what is being done, right how fast; below how much of it is done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = CaptionLine()
        self._bar = QProgressBar(textVisible=False, maximum=PARTS)
        self._bar.setAccessibleName(tr("Training progress"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addStretch()
        layout.addWidget(self._line)
        layout.addWidget(self._bar)
        layout.addStretch()
        self._set_small_font()

    @property
    def text(self) -> str:
        """The line as a person reads it where there is room."""
        return self._line.text

    def show_progress(self, metrics: Metrics, word: str = "", pace: bool = True) -> None:
        """Show where the run is, after a `word` such as 'Paused'; `pace` also shows how fast it goes."""
        before = f"{word} · " if word else ""
        left = (before + words.position(metrics), before + words.epoch(metrics))
        self._line.show_texts(left, (words.pace(metrics), words.left(metrics)) if pace else ())
        self.show_share(words.share(metrics))

    def show_words(self, text: str, token: str = "dim") -> None:
        """Show a sentence in place of the position; the bar stays where it is."""
        self._line.show_texts((text,), (), token)

    def show_share(self, share: float | None) -> None:
        """Fill the bar to `share`, 0..1; None for work whose length nobody knows."""
        self._bar.setMaximum(0 if share is None else PARTS)
        if share is not None:
            self._bar.setValue(round(share * PARTS))

    def _set_small_font(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(max(7.5, font.pointSizeF() - 1))
        self._line.setFont(font)
