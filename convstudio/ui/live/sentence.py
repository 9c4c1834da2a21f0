"""The empty state of a view: one friendly sentence in the middle, saying what will be here and what brings it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Sentence(QLabel):
    """A dim, centred, wrapping sentence. One that promises what the worker will bring can be held back."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName("dim")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(16, 8, 16, 8)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._promised, self._held = "", ""

    @property
    def promised(self) -> str:
        """What the worker is going to bring; '' where the sentence promises nothing."""
        return self._promised

    def setText(self, text: str) -> None:
        """A sentence that is true whatever the worker does."""
        self._promised = ""
        super().setText(text)

    def promise(self, text: str) -> None:
        """A sentence about what comes by itself, as soon as the worker is ready."""
        self._promised = text
        super().setText(self._held or text)

    def hold(self, words: str) -> None:
        """Say this in place of what is promised: why it does not come yet. '' says the promise again."""
        self._held = words
        if self._promised:
            super().setText(words or self._promised)
