"""Which mask is edited: fields for its output and input, and for how many others the same is done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from convstudio.ui.masklab.chosen import Chosen, Scope
from convstudio.ui.text import tr

SCOPES = {
    Scope.ONE: "this mask only",
    Scope.OUTPUT: "all of this output",
    Scope.ALL: "every mask",
}


class MaskChoice(QWidget):
    """Tells the place of a mask in the weights, and the scope; of a fixed mask, the channel that is pictured."""

    chosen = Signal(int, int, object)
    """Row, column, and Scope."""
    channel_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channels = 0
        """How many maps a fixed mask filters; 0 for masks that are learned."""
        self.rows, self.columns, self.scopes = QSpinBox(), QSpinBox(), QComboBox()
        self.rows.setAccessibleName(tr("Output channel"))
        self.columns.setAccessibleName(tr("Input channel"))
        self.scopes.setAccessibleName(tr("What is edited"))
        self.scopes.setToolTip(tr("For which masks an edit counts: each of them gets the same"))
        for scope, words in SCOPES.items():
            self.scopes.addItem(tr(words), scope)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.scopes.setMinimumWidth(60)
        for widget in (self.rows, self.columns, self.scopes):
            widget.setStyleSheet("padding: 1px 6px")
            row.addWidget(widget)
        self.rows.valueChanged.connect(self._choose)
        self.columns.valueChanged.connect(self._choose)
        self.scopes.activated.connect(self._choose)

    def show_choice(self, chosen: Chosen | None, channels: int = 0) -> None:
        """Show which mask is edited, without a word to anybody."""
        if chosen is None:
            return
        stage, fixed = chosen.stage, channels > 0
        self.channels = channels
        depthwise = stage.reading.groups > 1 and stage.inputs == 1
        first, second = (tr("input"), tr("output")) if stage.reading.transposed else (tr("output"), tr("input"))
        name = tr("channel") if fixed or depthwise else first
        row = min(self.rows.value(), channels - 1) if fixed else chosen.row
        _show(self.rows, name, row, channels if fixed else stage.outputs)
        _show(self.columns, second, chosen.column, stage.inputs)
        self.columns.setVisible(not fixed and not depthwise)
        self._show_scopes(chosen, fixed, first)

    def channel(self, otherwise: int) -> int:
        """The channel that is pictured."""
        return self.rows.value() if self.channels else otherwise

    def _show_scopes(self, chosen: Chosen, fixed: bool, first: str) -> None:
        stage = chosen.stage
        self.scopes.setVisible(not fixed and stage.outputs * stage.inputs > 1)
        self.scopes.setItemText(1, f"{tr('all of')} {first} {chosen.row}")
        self.scopes.setCurrentIndex(self.scopes.findData(chosen.scope))
        model = self.scopes.model()
        for index, possible in ((1, stage.inputs > 1), (2, stage.outputs == stage.total)):
            model.item(index).setEnabled(possible)  # type: ignore[attr-defined]

    def _choose(self) -> None:
        if self.channels:
            self.channel_chosen.emit()
        else:
            self.chosen.emit(self.rows.value(), self.columns.value(), self.scopes.currentData())


def _show(box: QSpinBox, name: str, value: int, count: int) -> None:
    box.blockSignals(True)
    box.setPrefix(f"{name} ")
    box.setRange(0, max(0, count - 1))
    box.setValue(value)
    box.setEnabled(count > 1)
    box.blockSignals(False)
