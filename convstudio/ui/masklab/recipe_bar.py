"""The recipes of the lab: which well-known mask, and the numbers that it is made from."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSlider, QVBoxLayout, QWidget

from convstudio.blocks.fixed_mask import USES, WORDS
from convstudio.ui.live.numbers import significant
from convstudio.ui.text import tr

RANDOM = "random"
PRESETS = (*(name for name in WORDS if name != "own"), RANDOM)


@dataclass(frozen=True)
class KnobRow:
    """A number of a recipe: its name in it, its words, and its bounds in steps of `step`."""

    name: str
    words: str
    low: float
    high: float
    step: float
    start: float
    tip: str


KNOBS = (
    KnobRow("sigma", "σ", 0.3, 6.0, 0.1, 1.0, "Standard deviation of the Gaussian, in cells"),
    KnobRow("angle", "angle", -180, 180, 5, 0, "Degrees clockwise; at 0 the bars stand upright"),
    KnobRow("wavelength", "wave", 2, 16, 0.25, 4.0, "Cells from bar to bar of the same sign"),
    KnobRow("phase", "phase", -180, 180, 5, 0, "Degrees: 0 has a bright bar in the middle, 90 an edge"),
)


class RecipeBar(QWidget):
    """Tells which mask is wanted, at once and while a number is dragged."""

    chosen = Signal(str)
    """A preset was chosen."""
    turned = Signal()
    """A number of the preset that is chosen has changed."""
    released = Signal()
    """The gesture is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presets = QComboBox()
        self.presets.setAccessibleName(tr("Make the mask"))
        self.presets.setPlaceholderText(tr("Make it…"))
        for name in PRESETS:
            self.presets.addItem(tr("Random") if name == RANDOM else tr(WORDS[name]), name)
        self.presets.setCurrentIndex(-1)
        self.presets.activated.connect(self._choose)
        self.knobs = {row.name: Knob(row) for row in KNOBS}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self.presets)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        for number, knob in enumerate(self.knobs.values()):
            grid.addWidget(knob, number // 2, number % 2)
            knob.turned.connect(self.turned)
            knob.released.connect(self.released)
        whole.addLayout(grid)
        self.show_preset("")

    @property
    def preset(self) -> str:
        """The preset that the mask was made from last; '' when it was edited by hand since."""
        return self.presets.currentData() or ""

    @property
    def values(self) -> dict[str, float]:
        """sigma, angle, wavelength, phase."""
        return {name: knob.value for name, knob in self.knobs.items()}

    def show_preset(self, preset: str, values: dict[str, float] | None = None) -> None:
        """Show what the mask is made from, without a word to anybody."""
        self.presets.setCurrentIndex(self.presets.findData(preset))
        for name, value in (values or {}).items():
            self.knobs[name].show_value(value)
        for name, knob in self.knobs.items():
            knob.setVisible(name in USES.get(preset, ()))

    def _choose(self) -> None:
        self.show_preset(self.preset)
        self.chosen.emit(self.preset)
        self.released.emit()


class Knob(QWidget):
    """A slider with its words and its number in one line."""

    turned = Signal()
    released = Signal()

    def __init__(self, row: KnobRow) -> None:
        super().__init__()
        self._row = row
        self.words = QLabel()
        self.words.setObjectName("dim")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(row.low / row.step), round(row.high / row.step))
        self.slider.setAccessibleName(tr(row.tip.partition(";")[0].partition(",")[0]))
        self.slider.setMinimumWidth(40)
        self.setToolTip(tr(row.tip))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._turn)
        self.slider.sliderReleased.connect(self.released)
        self.show_value(row.start)

    @property
    def value(self) -> float:
        return self._value

    def show_value(self, value: float) -> None:
        self._value = value
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(round(value / self._row.step))
            self.slider.blockSignals(False)
        unit = "°" if self._row.name in ("angle", "phase") else ""
        self.words.setText(f"{tr(self._row.words)} {significant(value)}{unit}")

    def _turn(self, steps: int) -> None:
        self.show_value(round(steps * self._row.step, 6))
        self.turned.emit()
        if not self.slider.isSliderDown():
            self.released.emit()
