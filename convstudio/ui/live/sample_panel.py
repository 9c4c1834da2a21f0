"""The watched sample, under the palette: its picture, the way to others, and what the network says about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from convstudio.protocol.messages import ClassMap, Scores
from convstudio.ui.live.arrays import ArrayError, floats, octets
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.class_maps import ClassMaps, shares
from convstudio.ui.live.numbers import percent
from convstudio.ui.live.prob_bars import ProbBars
from convstudio.ui.live.sample_picture import SamplePicture
from convstudio.ui.text import grouped, tr


class SamplePanel(QWidget):
    """Shows the sample that it is handed and the scores that come for it; 200 pixels are wide enough."""

    sample_requested = Signal(int)
    """The number (from 0) of another sample."""
    image_requested = Signal()
    """The person wants to open an image file as the sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._count = -1, 0
        self._label: int | None = None
        self._classes: tuple[str, ...] = ()
        self._heading = Caption(tr("SAMPLE"), "section")
        self._picture = SamplePicture()
        self._previous, self._next = QToolButton(), QToolButton()
        self._place = Caption()
        self._open = QPushButton(tr("Your image…"))
        self._says = Caption(name="says")
        self._bars, self._maps = ProbBars(), ClassMaps()
        self._truth: NDArray[np.uint8] | None = None
        self._build()
        self.set_sample(None)

    # --- slots

    def set_classes(self, classes: Sequence[str]) -> None:
        """The names of the classes, in the order of the probabilities."""
        self._classes = tuple(classes)
        self._bars.set_labels(self._classes)
        self._maps.set_classes(self._classes)

    def set_sample(
        self,
        sample: NDArray[np.uint8] | None,
        number: int = -1,
        count: int = 0,
        label: int | None = None,
        truth: NDArray[np.uint8] | None = None,
    ) -> None:
        """Show a sample (uint8, channels × axes): number `number` (from 0) of `count`, truly of class `label`.

        `truth` is the right class of each pixel (rows × columns), where there is one. A picture of the person's own
        has number -1 and neither. None: there is no sample.
        """
        self._number, self._count, self._label, self._truth = number, count, label, truth
        self._picture.set_sample(sample)
        self._heading.setText(self._heading_words(sample is not None))
        self._place.setText(f"{grouped(number + 1)} {tr('of')} {grouped(count)}" if number >= 0 else "")
        self._place.setVisible(number >= 0)
        for button in (self._previous, self._next):
            button.setEnabled(count > 0)
        self._show_as(pixels=truth is not None)
        self.clear_scores()

    def on_scores(self, message: Scores) -> None:
        """Show the network's answer for the sample."""
        try:
            probabilities = floats(message.probabilities).reshape(-1)
        except ArrayError as problem:
            self._says.setText(str(problem))
            return
        self._show_as(pixels=False)
        self._bars.set_probabilities(probabilities, self._classes, self._label)
        if len(probabilities) and np.isfinite(probabilities).any():
            best = self._bars.highest
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

    def clear_scores(self) -> None:
        """Forget the answer: it was for another sample or another network."""
        self._maps.set_maps(self._truth, None)
        self._bars.set_probabilities(np.zeros(0, np.float32), self._classes)
        self._show_answer("", "dim")

    @property
    def bars(self) -> ProbBars:
        return self._bars

    @property
    def answer(self) -> str:
        """What the network says, in words: '✓ 3 · 97 %'."""
        return self._says.text()

    # --- inside

    def _heading_words(self, there: bool) -> str:
        if not there:
            return tr("NO SAMPLE")
        if self._number < 0:
            return tr("SAMPLE · YOUR IMAGE")
        return f"{tr('SAMPLE')} · “{self._name(self._label)}”" if self._label is not None else tr("SAMPLE")

    def _name(self, number: int) -> str:
        return self._classes[number] if 0 <= number < len(self._classes) else str(number)

    def _show_as(self, pixels: bool) -> None:
        """Below the sample stand maps of classes, or the probabilities of the classes."""
        self._maps.setVisible(pixels)
        self._bars.setVisible(not pixels)

    def _say(self, best: int, probability: float) -> None:
        words = f"{self._name(best)} · {percent(probability)}"
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

    def _step(self, distance: int) -> None:
        if self._count:
            here = self._number if self._number >= 0 else (-1 if distance > 0 else 0)
            self.sample_requested.emit((here + distance) % self._count)

    def _build(self) -> None:
        self._open.setToolTip(tr("Open an image file and show it to the network"))
        self._open.setAccessibleName(tr("Open an image as the sample"))
        self._open.setStyleSheet("padding: 3px 4px")
        self._open.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._open.clicked.connect(self.image_requested)
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bars.setFixedHeight(52)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addLayout(self._way())
        for widget in (self._place, self._open):
            beside.addWidget(widget)
        beside.addStretch()
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(beside, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 6, 10, 8)
        whole.setSpacing(6)
        whole.addWidget(self._heading)
        whole.addLayout(upper)
        whole.addWidget(self._says)
        whole.addWidget(self._bars)
        whole.addWidget(self._maps)
        whole.addStretch()

    def _way(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for button, sign, words, distance in (
            (self._previous, "‹", tr("Previous sample"), -1),
            (self._next, "›", tr("Next sample"), 1),
        ):
            button.setText(sign)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setStyleSheet("padding: 1px 4px")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, by=distance: self._step(by))
            row.addWidget(button)
        return row
