"""The line below the feature maps: switch maps off, see what that costs, and rank the maps by what they carry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from convstudio.ui.flow_layout import FlowLayout
from convstudio.ui.live.caption import Caption
from convstudio.ui.text import tr


class MuteBar(QWidget):
    """Buttons and words; what they do is tied elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map, self.block, self.rank, self.why = QToolButton(), QToolButton(), QToolButton(), QToolButton()
        self.back, self.clear = QToolButton(), QToolButton()
        self.words = Caption()
        self._dress()
        row = FlowLayout(self, spacing=6)
        row.setContentsMargins(12, 0, 12, 6)
        for widget in (self.map, self.block, self.rank, self.why, self.back, self.clear, self.words):
            row.addWidget(widget)
        self.show_words("", "", False, False)

    def show_state(self, there: bool, off: bool, whole: bool) -> None:
        """Whether a map is selected, and whether it, or all of its block, is off."""
        for button in (self.map, self.why):
            button.setVisible(there)
        for switch, on in ((self.map, off), (self.block, whole)):
            switch.setChecked(on)

    def show_words(self, words: str, tip: str, some: bool, back: bool) -> None:
        """What is off, and what that costs; whether some is, and whether there is a step back."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.words.setToolTip(tip)
        self.clear.setVisible(some)
        self.back.setVisible(back)

    def _dress(self) -> None:
        for button, text, tip in (
            (self.map, "Mute map", "Switch the selected map off, or on again: what follows is computed without it (H)"),
            (self.block, "Mute all", "Switch all maps of this block off, or on again"),
            (self.rank, "Rank…", "Measure how much of the accuracy each map of this block carries"),
            (self.why, "Why…", "What of the sample moves this map, which patches excite it, what it looks for (Y)"),
            (self.back, "↶", "As it was before the last muting"),
            (self.clear, "Unmute all", "Switch everything on again (Shift+H)"),
        ):
            button.setText(tr(text))
            button.setToolTip(tr(tip))
            button.setObjectName("choice")
            button.setStyleSheet("padding: 2px 7px")
            button.setAccessibleName(tr(tip))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for button in (self.map, self.block):
            button.setCheckable(True)
