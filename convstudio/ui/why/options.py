"""The settings of the methods: Grad-CAM's layer, the cover of occlusion, the steps of integration, how a dream goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QPushButton, QSpinBox, QWidget

from convstudio.ui.text import tr

STEPS = (32, 128, 512)
TONES = (("with black", 0.0), ("with grey", 0.5), ("with white", 1.0))
STARTS = (("from grey noise", False), ("from the sample", True))


class Options(QObject):
    """Holds the fields; those of other methods than the chosen one are hidden."""

    changed = Signal()
    """Of an explanation: the answer will be another one."""
    manner_changed = Signal()
    """A dream goes on in another manner."""
    dream_toggled = Signal()
    """Start a dream, or stop the one that goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer, self.steps, self.tone, self.start = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.side, self.stride = QSpinBox(), QSpinBox()
        self.rate, self.smooth = QDoubleSpinBox(), QDoubleSpinBox()
        self.dream = QPushButton(tr("▶ Start"))
        self._of = {
            "gradcam": (self.layer,),
            "integrated": (self.steps,),
            "occlusion": (self.side, self.stride, self.tone),
            "maximise": (self.dream, self.start, self.rate, self.smooth),
        }
        self._dress()
        self._connect()
        self.show_method("gradient")

    @property
    def fields(self) -> tuple[QWidget, ...]:
        return tuple(field for fields in self._of.values() for field in fields)

    def show_method(self, method: str) -> None:
        for owner, fields in self._of.items():
            for field in fields:
                field.setVisible(owner == method)

    def show_going(self, going: bool) -> None:
        self.dream.setText(tr("❚❚ Stop") if going else tr("▶ Start"))

    def set_layers(self, names: Sequence[str]) -> None:
        """Layers that Grad-CAM can look at; the choice stays where it is among them, else it is the last."""
        before = self.layer.currentData()
        if list(names) == [self.layer.itemData(n) for n in range(1, self.layer.count())]:
            return
        with QSignalBlocker(self.layer):
            self.layer.clear()
            self.layer.addItem(tr("last layer that makes maps"), "")
            for name in names:
                self.layer.addItem(name, name)
            self.layer.setCurrentIndex(max(0, self.layer.findData(before)))

    def set_extent(self, longest: int) -> None:
        """The longest axis of a sample: no cover is larger."""
        self.side.setMaximum(max(1, longest))
        self.stride.setMaximum(max(1, longest))

    def _dress(self) -> None:
        for box, name, tip in (
            (self.layer, "Layer of Grad-CAM", "The layer whose maps are weighted"),
            (self.steps, "Steps of the integration", "Points on the way at which the gradient is taken"),
            (self.tone, "What covers the sample", "The tone of the cover"),
            (self.start, "First image", "The image that is changed"),
            (self.side, "Side of the cover", "Cells along each side of the cover"),
            (self.stride, "Stride of the cover", "Cells by which the cover is moved; fewer take longer"),
            (self.rate, "Size of a step", "How far the image is changed in a step"),
            (self.smooth, "Smoothing", "How far each cell goes towards its neighbours after a step (0 to 1)"),
        ):
            box.setAccessibleName(tr(name))
            box.setToolTip(tr(tip))
        for steps in STEPS:
            self.steps.addItem(f"{steps} {tr('steps')}", steps)
        self.steps.setCurrentIndex(1)
        for box, choices in ((self.tone, TONES), (self.start, STARTS)):
            for words, value in choices:
                box.addItem(tr(words), value)
        self.set_layers(())
        for spin, prefix, value in ((self.side, "cover", 4), (self.stride, "stride", 2)):
            spin.setRange(1, 28)
            spin.setValue(value)
            spin.setPrefix(f"{tr(prefix)} ")
            spin.setFixedWidth(80)
        self._dress_dream()

    def _dress_dream(self) -> None:
        for spin, prefix, least, most, step, value in (
            (self.rate, "step", 0.002, 0.2, 0.01, 0.02),
            (self.smooth, "smooth", 0.0, 1.0, 0.1, 0.3),
        ):
            spin.setDecimals(3 if spin is self.rate else 2)
            spin.setRange(least, most)
            spin.setSingleStep(step)
            spin.setValue(value)
            spin.setPrefix(f"{tr(prefix)} ")
            spin.setFixedWidth(112)
        self.dream.setObjectName("primary")
        self.dream.setToolTip(tr("Change the image so that the unit answers more strongly (Space)"))

    def _connect(self) -> None:
        for box in (self.layer, self.steps, self.tone):
            box.currentIndexChanged.connect(lambda _at: self.changed.emit())
        for spin in (self.side, self.stride):
            spin.valueChanged.connect(lambda _value: self.changed.emit())
        for number in (self.rate, self.smooth):
            number.valueChanged.connect(lambda _value: self.manner_changed.emit())
        self.dream.clicked.connect(lambda: self.dream_toggled.emit())
