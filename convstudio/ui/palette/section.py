"""One section of the palette: a heading that folds it away, and the buttons of its kinds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from convstudio.ui.text import tr


class PaletteSection(QWidget):
    """Buttons in columns below a heading; a click on the heading, or Enter, folds or unfolds them."""

    folded = Signal(str, bool)

    def __init__(
        self,
        name: str,
        buttons: Sequence[QPushButton],
        closed: bool,
        columns: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.buttons, self._closed = name, tuple(buttons), closed
        self._sought = False
        self._head = QToolButton(self)
        self._head.setObjectName("fold")
        self._head.setText(tr(name).upper())
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.setToolTip(tr("Fold or unfold this section"))
        self._head.clicked.connect(self._turn)
        self._holder = QWidget(self)
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for place, button in enumerate(buttons):
            grid.addWidget(button, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self._head)
        whole.addWidget(self._holder)
        self._arrange()

    @property
    def head(self) -> QToolButton:
        return self._head

    @property
    def closed(self) -> bool:
        return self._closed

    def seek(self, found: Sequence[QPushButton], sought: bool) -> None:
        """Show only the buttons that were found; while something is `sought`, also of a folded section."""
        self._sought = sought
        for button in self.buttons:
            button.setVisible(button in found)
        self.setVisible(bool(found))
        self._arrange()

    def _turn(self) -> None:
        self._closed = not self._closed
        self._arrange()
        self.folded.emit(self.name, self._closed)

    def _arrange(self) -> None:
        shown = self._sought or not self._closed
        self._holder.setVisible(shown)
        self._head.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        words = tr(self.name).upper()
        self._head.setText(words if shown else f"{words}  {len(self.buttons)}")
        self._head.setAccessibleName(f"{tr(self.name)}, {tr('open') if shown else tr('folded')}")
