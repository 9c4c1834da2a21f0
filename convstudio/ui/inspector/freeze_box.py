"""The box in the Block tab that freezes the weights of the selected blocks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox

from convstudio.network.document import Block
from convstudio.network.freezing import is_frozen, weighs
from convstudio.ui.text import tr


class FreezeBox(QCheckBox):
    """Ticked where all selected blocks are frozen, half where some are; hidden where none has weights."""

    asked = Signal(bool)
    """The person wants the selected blocks frozen, or learning again."""

    def __init__(self) -> None:
        super().__init__(tr("Freeze the weights"))
        self.setToolTip(
            tr("Training leaves these weights as they are; a frozen normalisation goes by the averages that it has")
        )
        self._ticked = False
        self.clicked.connect(self._ask)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        weighing = [is_frozen(b) for b in blocks if weighs(b.layer)]
        self.setVisible(bool(weighing))
        some = any(weighing) and not all(weighing)
        whole = Qt.CheckState.Checked if weighing and all(weighing) else Qt.CheckState.Unchecked
        self.setCheckState(Qt.CheckState.PartiallyChecked if some else whole)
        self._ticked = whole == Qt.CheckState.Checked

    def _ask(self) -> None:
        """A click freezes all, unless all are frozen already."""
        self.asked.emit(not self._ticked)
