"""The line below the feature maps: switch maps off, see what that costs, and rank the maps by what they carry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.text import tr


class MuteBar(QWidget):
    """Buttons and words; what they do is tied elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map, self.block, self.rank = QToolButton(), QToolButton(), QToolButton()
        self.back, self.clear = QToolButton(), QToolButton()
        self.words = Caption()
        self._dress()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        row.setSpacing(6)
        for button in (self.map, self.block, self.rank):
            row.addWidget(button)
        row.addWidget(self.words, 1)
        for button in (self.back, self.clear):
            row.addWidget(button)
        self.show_words("", "", False, False)

    def show_state(self, there: bool, off: bool, whole: bool) -> None:
        """Whether a map is selected, and whether it, or all of its block, is off."""
        self.map.setVisible(there)
        for button, on in ((self.map, off), (self.block, whole)):
            button.setChecked(on)

    def show_words(self, words: str, tip: str, some: bool, back: bool) -> None:
        """What is off, and what that costs; whether some is, and whether there is a step back."""
        self.words.setText(words)
        self.words.setToolTip(tip)
        self.clear.setVisible(some)
        self.back.setVisible(back)

    def _dress(self) -> None:
        for button, text, tip in (
            (self.map, "Mute map", "Switch the selected map off, or on again: what follows is computed without it (H)"),
            (self.block, "Mute all", "Switch all maps of this block off, or on again"),
            (self.rank, "Rank…", "Measure how much of the accuracy each map of this block carries"),
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
