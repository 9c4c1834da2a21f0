"""The page of a dream: its image, the curve up to it, and what is said of both."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from convstudio.protocol.messages import Dreamt
from convstudio.ui.live.arrays import floats
from convstudio.ui.live.numbers import significant
from convstudio.ui.text import tr
from convstudio.ui.why import words
from convstudio.ui.why.cells import picture_of
from convstudio.ui.why.dream_curve import DreamCurve
from convstudio.ui.why.heat import HeatPicture
from convstudio.ui.why.pair import pair

BEGIN = "Press Start: the image begins as grey noise, and changes until the unit answers as strongly as it can."


class DreamPage(QWidget):
    """Shows the dream that goes on, or the last one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.last: Dreamt | None = None
        self.image, self.curve = HeatPicture(tr("The image of the dream")), DreamCurve()
        pair(self, self.image, self.curve)

    def show_dream(self, dreamt: Dreamt) -> None:
        """The image of a dream, and the curve up to it."""
        values = floats(dreamt.values).tolist()
        self.curve.show_values(values if dreamt.steps == 0 else self.curve.values + values)
        self.image.show_sample(picture_of(dreamt.image))
        self.image.show_heat(None)
        self.last = dreamt

    def forget(self) -> None:
        """Another unit: the image of the last one is not its."""
        self.last = None
        self.curve.show_values([])
        self.image.show_sample(QImage())

    def numbers(self, unit: str) -> str:
        """How strongly the unit answers, after how many steps; without a dream, how one begins."""
        if self.last is None:
            return tr(BEGIN)
        value = self.curve.values[-1] if self.curve.values else 0.0
        lines = [f"{unit} = {significant(value, 4)}", words.steps_words(self.last.steps)]
        if self.last.still:
            lines.append(tr("Nothing of this image moves the unit. Start from another noise, or from the sample."))
        return "\n".join(lines)

    def csv_text(self) -> str:
        """What the unit answered after each step; '' before the first."""
        rows = "".join(f"{n},{value!r}\n" for n, value in enumerate(self.curve.values))
        return f"step,value\n{rows}" if rows else ""
