"""The Training tab: which data, and how to train; every change is an undoable edit of the document."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from convstudio.data.info import DatasetInfo, available
from convstudio.network.document import DataChoice, Document
from convstudio.network.training_settings import PARTS, TrainingSettings, unused
from convstudio.protocol.messages import Device
from convstudio.ui.forms.base import Editor
from convstudio.ui.forms.form import Form
from convstudio.ui.inspector.rate_curve import RateCurve
from convstudio.ui.inspector.ways import Ways
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import grouped, tr

RATE_PART = "Schedule of the learning rate"
"""Under these settings the learning rate is drawn."""

DURING = (
    "A run is under way: changes count at once, and are marked on the curves. Another data set, share, seed or batch "
    "size begins the epoch anew. Device and start values wait for the next run."
)

BFLOAT16 = {
    "made for it": "Masks, feature maps, validation and exports are computed in float32 all the same.",
    "emulated": (
        "Here bfloat16 is slower than float32: {device} has no instructions for it, so it is emulated, "
        "with its few digits all the same. Masks, feature maps, validation and exports are computed in float32."
    ),
    "none": "{device} does not compute in bfloat16: a run will not begin. Choose float32, or another device.",
}
"""What the setting means on a device, by how that computes in bfloat16."""


class TrainingTab(QScrollArea):
    """Shows the document's choice of data and training settings."""

    rate_test_requested = Signal()
    """The person wants to see which learning rates suit the network."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: tuple[DataChoice, TrainingSettings] | None = None
        self.setAccessibleName(tr("Data and training"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make()
        self._arrange()
        self._connect()
        self.offer_rate_test(False)
        self.follow()

    def _make(self) -> None:
        self.data_set = QComboBox()
        self.data_set.setAccessibleName(tr("Data set"))
        for info in available():
            self.data_set.addItem(tr(info.title), info.name)
        self.data_set.addItem(tr("None (only analyse)"), "")
        self._about = _dim()
        self._data = Form(DataChoice, only=("validation_share", "seed"))
        self._parts = {title: Form(TrainingSettings, only=names) for title, names in PARTS}
        self._rate, self.ways = RateCurve(), Ways()
        self._devices: tuple[Device, ...] = ()
        self.bfloat16_note = _dim()
        self.rate_button = QToolButton()
        self.rate_button.setText(tr("Find…"))
        self.rate_button.setAccessibleName(tr("Find a learning rate"))
        self.rate_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editor("learning_rate").put_beside(self.rate_button)
        self.run_note = QLabel()
        self.run_note.setObjectName("dim")
        self.run_note.setWordWrap(True)
        self.run_note.hide()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (self.run_note, _section(tr("Data")), self.data_set, self._about, self._data):
            column.addWidget(widget)
        for title, form in self._parts.items():
            column.addWidget(_section(tr(title)))
            column.addWidget(form)
            if title == RATE_PART:
                column.addWidget(self._rate)
        column.addWidget(self.bfloat16_note)
        column.addWidget(self.ways)
        column.addStretch()
        self.setWidget(inner)

    def _connect(self) -> None:
        self.rate_button.clicked.connect(self.rate_test_requested)
        self.data_set.activated.connect(self._choose_data)
        self._data.changed.connect(self._change_data)
        for form in self._parts.values():
            form.changed.connect(self._change_training)
        for form in (self._data, *self._parts.values()):
            form.left.connect(self._store.seal)
        self._store.replaced.connect(self._forget)
        self._store.changed.connect(self.follow)

    def editor(self, name: str) -> Editor:
        """The editor of one training setting; KeyError when there is none."""
        return next(form for title, form in self._parts.items() if name in dict(PARTS)[title]).editor(name)

    def offer_rate_test(self, possible: bool) -> None:
        """Whether a worker is free to find a learning rate."""
        self.rate_button.setEnabled(possible)
        words = "Try 100 rates on a copy of the network and see which suits it"
        self.rate_button.setToolTip(tr(words) if possible else tr("Pause the run to find a learning rate"))

    def show_run(self, active: bool, waiting: tuple[str, ...]) -> None:
        """While a run is under way, say which changes count when; `waiting` are settings of which it knows nothing."""
        named = ", ".join(tr(title) for title in waiting)
        self.run_note.setText(f"{tr(DURING)}\n{tr('Waiting for the next run:')} {named}." if named else tr(DURING))
        self.run_note.setVisible(active)

    def show_devices(self, devices: tuple[Device, ...]) -> None:
        """Which places to compute there are."""
        self._devices = devices
        self._show_precision()

    def _show_precision(self) -> None:
        settings = self._store.document.training
        self.bfloat16_note.setVisible(settings.precision == "bfloat16")
        self.bfloat16_note.setText(bfloat16_words(self._devices, settings.device))

    def follow(self) -> None:
        """Show the document's settings."""
        document = self._store.document
        if (document.data, document.training) != self._shown:
            self._shown = document.data, document.training
            self._show(document, self._store.dataset)

    def _forget(self) -> None:
        """Another document may have the same settings; what was entered and refused was not meant for it."""
        self._shown = None
        for form in (self._data, *self._parts.values()):
            form.forget()

    def _show(self, document: Document, info: DatasetInfo | None) -> None:
        self.data_set.setCurrentIndex(self.data_set.findData(document.data.name))
        self._about.setText(_about(info) if info else _without(document.data))
        self._data.setVisible(not document.data.none)
        self._data.set_value(document.data)
        left_out = unused(document.training)
        self._show_precision()
        for form in self._parts.values():
            form.set_value(document.training)
            form.hide_settings(left_out)
        self._rate.show_rate(document.training, steps_an_epoch(document, info.samples) if info else 1)

    def _choose_data(self, index: int) -> None:
        chosen = with_fields(self._store.document.data, name=self.data_set.itemData(index))
        self._store.do(tr("Choose data"), replace(self._store.document, data=chosen))

    def _change_data(self, name: str, value: DataChoice) -> None:
        self._store.do(tr("Change") + f" {name}", replace(self._store.document, data=value), merge=f"data.{name}")

    def _change_training(self, name: str, value: TrainingSettings) -> None:
        document = replace(self._store.document, training=value)
        self._store.do(tr("Change") + f" {name}", document, merge=f"training.{name}")


def bfloat16_words(devices: tuple[Device, ...], chosen: str) -> str:
    """What bfloat16 means on the device that is chosen; 'auto' is the first accelerator, else the CPU."""
    named = [device for device in devices if device.name == chosen]
    found = named or (devices[1:2] or devices[:1] if chosen == "auto" else ())
    words = tr(BFLOAT16[found[0].bfloat16 if found else "made for it"])
    return words.format(device=found[0].title if found else "")


def steps_an_epoch(document: Document, samples: int) -> int:
    """About how many mini-batches make an epoch of a data set of so many samples."""
    share = 1 - document.data.validation_share
    return max(1, ceil(samples * share / document.training.batch_size))


def _about(info: DatasetInfo) -> str:
    size = " × ".join(str(n) for n in (info.channels, *info.axes))
    counts = f"{grouped(info.samples)} {tr('samples of')} {size}, {len(info.classes)} {tr('classes')}."
    return f"{tr(info.about)}\n{counts}"


def _without(choice: DataChoice) -> str:
    if choice.none:
        return tr("Shapes and costs are worked out for any input. To train, choose a data set whose samples fit.")
    return tr("This file names a data set that is not here: choose one.")


def _section(text: str) -> QLabel:
    label = QLabel(text.upper())
    label.setObjectName("section")
    return label


def _dim(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label
