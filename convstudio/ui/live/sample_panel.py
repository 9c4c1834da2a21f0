"""The watched sample, under the palette: its picture, the way to others, and what the network says about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from convstudio.protocol.messages import ClassMap, Scores
from convstudio.ui.live.answer import Answer
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.prob_bars import ProbBars
from convstudio.ui.live.sample_picture import Box, SamplePicture
from convstudio.ui.text import grouped, tr

PICTURE = 88
"""Pixels of the picture's side."""


class SamplePanel(QWidget):
    """Shows the sample that it is handed and the answer that comes for it; 200 pixels are wide enough."""

    step_requested = Signal(int)
    """So many samples on (1) or back (-1)."""
    class_requested = Signal(int)
    """Only samples of the class of this number; -1: of every class."""
    mistake_requested = Signal()
    """The person wants to see the next sample that is answered wrongly."""
    draw_requested = Signal()
    """The person wants to draw a sample."""
    image_requested = Signal()
    """The person wants to open an image file as the sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = -1
        self._own = ""
        self._label: int | None = None
        self._classes: tuple[str, ...] = ()
        self._heading = Caption(tr("SAMPLE"), "section")
        self._picture = SamplePicture(PICTURE)
        self._previous, self._next = QToolButton(), QToolButton()
        self._place = Caption()
        self._class = QComboBox()
        self._mistake = QPushButton(tr("Next mistake"))
        self._draw, self._open = QPushButton(tr("Draw…")), QPushButton(tr("Image…"))
        self._answer = Answer()
        self._dress()
        self._connect()
        self._build()
        self.set_classes(())
        self.set_sample(None)

    # --- slots

    def set_classes(self, classes: Sequence[str]) -> None:
        """The names of the classes, in the order of the probabilities."""
        if self._class.count() and tuple(classes) == self._classes:
            return
        self._classes = tuple(classes)
        self._answer.set_classes(self._classes)
        self._class.blockSignals(True)
        self._class.clear()
        self._class.addItem(tr("every class"), -1)
        for number, name in enumerate(self._classes):
            self._class.addItem(name, number)
        self._class.blockSignals(False)

    def set_only(self, label: int | None) -> None:
        """Samples of this class only; None: of every class."""
        self._class.setCurrentIndex(0 if label is None else label + 1)

    def set_sample(
        self,
        sample: NDArray[np.uint8] | None,
        number: int = -1,
        count: int = 0,
        label: int | None = None,
        truth: NDArray[np.uint8] | None = None,
        own: str = "",
        keep: bool = False,
    ) -> None:
        """Show a sample (uint8, channels × axes): number `number` (from 0) of `count`, truly of class `label`.

        `truth` is the right class of each pixel (rows × columns), where there is one. A picture of the person's own
        has number -1 and neither; `own` says what it is, and `keep` that the answer to the one before, if that was the
        like, stays until the next comes. None: there is no sample.
        """
        drawn_on = keep and own == self._own
        self._number, self._label, self._own = number, label, own
        self._picture.set_sample(sample)
        self._heading.setText(self._heading_words(sample is not None))
        self._place.setText(f"{grouped(number + 1)} {tr('of')} {grouped(count)}" if number >= 0 else "")
        self._place.setVisible(number >= 0)
        for widget in (self._previous, self._next, self._class, self._mistake):
            widget.setEnabled(count > 0)
        self._answer.set_truth(label, truth, keep=drawn_on)

    def show_field(self, box: Box, flat: bool = False) -> None:
        """Frame a part of the picture: what a unit can see; () frames nothing."""
        self._picture.show_field(box, flat)

    @property
    def picture(self) -> SamplePicture:
        return self._picture

    def on_scores(self, message: Scores) -> None:
        """Show the network's answer for the sample."""
        self._answer.on_scores(message)

    def on_class_map(self, message: ClassMap) -> None:
        """Show the network's answer for each pixel of the sample."""
        self._answer.on_class_map(message)

    def clear_scores(self) -> None:
        """Forget the answer: it was for another sample or another network."""
        self._answer.clear()

    @property
    def bars(self) -> ProbBars:
        return self._answer.bars

    @property
    def answer(self) -> str:
        """What the network says, in words: '✓ 3 · 97 %'."""
        return self._answer.words

    # --- inside

    def _heading_words(self, there: bool) -> str:
        if not there:
            return tr("NO SAMPLE")
        if self._number < 0:
            return f"{tr('SAMPLE')} · {self._own.upper()}" if self._own else tr("SAMPLE")
        return f"{tr('SAMPLE')} · “{self._name(self._label)}”" if self._label is not None else tr("SAMPLE")

    def _name(self, number: int) -> str:
        return self._classes[number] if 0 <= number < len(self._classes) else str(number)

    def _dress(self) -> None:
        for button, sign, words in ((self._previous, "‹", "Previous sample"), (self._next, "›", "Next sample")):
            button.setText(sign)
            button.setToolTip(tr(words))
            button.setAccessibleName(tr(words))
            button.setStyleSheet("padding: 1px 2px")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for push, words, name in (
            (self._mistake, "The next sample that the network, as it is now, answers wrongly", "Next mistake"),
            (self._draw, "Draw a sample by hand", "Draw a sample"),
            (self._open, "Open an image file, drop one on the window, or paste one", "Open an image as the sample"),
        ):
            push.setToolTip(tr(words))
            push.setAccessibleName(tr(name))
            push.setStyleSheet("padding: 2px 0; font-size: 8pt;")
            push.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._class.setToolTip(tr("Next and previous sample, and next mistake: of which class"))
        self._class.setAccessibleName(tr("Class of the samples"))
        self._class.setStyleSheet("padding: 1px 6px; font-size: 8pt;")
        self._class.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _connect(self) -> None:
        self._previous.clicked.connect(lambda _=False: self.step_requested.emit(-1))
        self._next.clicked.connect(lambda _=False: self.step_requested.emit(1))
        self._class.activated.connect(lambda row: self.class_requested.emit(self._class.itemData(row)))
        self._mistake.clicked.connect(self.mistake_requested)
        self._draw.clicked.connect(self.draw_requested)
        self._open.clicked.connect(self.image_requested)

    def _build(self) -> None:
        beside = QVBoxLayout()
        beside.setSpacing(3)
        beside.addLayout(_row(self._previous, self._next))
        beside.addWidget(self._class)
        beside.addWidget(self._mistake)
        beside.addLayout(_row(self._draw, self._open))
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(beside, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 6, 10, 8)
        whole.setSpacing(6)
        head = _row(self._heading)
        head.addWidget(self._place)
        whole.addLayout(head)
        whole.addLayout(upper)
        whole.addWidget(self._answer)
        whole.addStretch()


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
