"""What the network says about the watched sample: words, and a probability a class or a class a pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from convstudio.protocol.messages import ClassMap, Scores
from convstudio.ui.live.arrays import ArrayError, floats, octets
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.class_maps import ClassMaps, shares
from convstudio.ui.live.numbers import percent
from convstudio.ui.live.prob_bars import ProbBars
from convstudio.ui.text import tr


class Answer(QWidget):
    """Shows the answers that it is handed, beside the truth where that is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._label: int | None = None
        self._truth: NDArray[np.uint8] | None = None
        self._says = Caption(name="says")
        self.bars, self._maps = ProbBars(), ClassMaps()
        self.bars.setFixedHeight(52)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self._says, self.bars, self._maps):
            column.addWidget(widget)
        self.set_truth(None)

    # --- slots

    def set_classes(self, classes: Sequence[str]) -> None:
        """The names of the classes, in the order of the probabilities."""
        self._classes = tuple(classes)
        self.bars.set_labels(self._classes)
        self._maps.set_classes(self._classes)

    def set_truth(self, label: int | None, truth: NDArray[np.uint8] | None = None, keep: bool = False) -> None:
        """The right class of the sample, and of each of its pixels; the last answer goes, unless it is to stay."""
        self._label, self._truth = label, truth
        self._show_as(pixels=truth is not None or (keep and not self._maps.isHidden()))
        if not keep:
            self.clear()

    def on_scores(self, message: Scores) -> None:
        """Show the network's answer for the sample."""
        try:
            probabilities = floats(message.probabilities).reshape(-1)
        except ArrayError as problem:
            self._says.setText(str(problem))
            return
        self._show_as(pixels=False)
        self.bars.set_probabilities(probabilities, self._classes, self._label)
        if len(probabilities) and np.isfinite(probabilities).any():
            best = self.bars.highest
            self._say(best, float(probabilities[best]))
        else:
            self._show_answer(tr("no answer: not a number"), "bad")

    def on_class_map(self, message: ClassMap) -> None:
        """Show the network's answer for each pixel of the sample."""
        try:
            answer = octets(message.classes)
        except ArrayError as problem:
            self._says.setText(str(problem))
            return
        self._show_as(pixels=True)
        self._maps.set_maps(self._truth, answer)
        if self._truth is None or self._truth.shape != answer.shape:
            self._show_answer(shares(answer, self._classes), "text")
        else:
            right = float((self._truth == answer).mean())
            self._show_answer(f"{percent(right)} {tr('of the pixels right')}", "text")

    def clear(self) -> None:
        """Forget the answer: it was for another sample or another network."""
        self._maps.set_maps(self._truth, None)
        self.bars.set_probabilities(np.zeros(0, np.float32), self._classes)
        self._show_answer("", "dim")

    @property
    def words(self) -> str:
        """What the network says: '✓ 3 · 97 %'."""
        return self._says.text()

    # --- inside

    def _show_as(self, pixels: bool) -> None:
        """Maps of classes, or the probabilities of the classes."""
        self._maps.setVisible(pixels)
        self.bars.setVisible(not pixels)

    def _say(self, best: int, probability: float) -> None:
        name = self._classes[best] if 0 <= best < len(self._classes) else str(best)
        words = f"{name} · {percent(probability)}"
        if self._label is None:
            self._show_answer(words, "text")
        elif best == self._label:
            self._show_answer(f"✓ {words}", "good")
        else:
            self._show_answer(f"✗ {words}", "bad")

    def _show_answer(self, words: str, style: str) -> None:
        self._says.setText(words)
        self._says.setAccessibleName(f"{tr('The network says')} {words}" if words else tr("The network's answer"))
        if self._says.objectName() != style:
            self._says.setObjectName(style)
            self._says.style().polish(self._says)
