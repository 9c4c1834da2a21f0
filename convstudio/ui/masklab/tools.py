"""The tools of the mask lab: recipes, buttons that change masks as a whole, and what is done to the block."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.ui.masklab.recipe_bar import RecipeBar
from convstudio.ui.text import tr

BUTTONS = (
    ("turn", "↻", "Turn by a quarter to the right"),
    ("mirror", "⇋", "Mirror: left becomes right"),
    ("upside_down", "⇅", "Turn upside down: above becomes below"),
    ("negate", "±", "Negate all numbers"),
    ("sum_zero", "Σ 0", "Make the numbers add up to 0: less their mean"),
    ("sum_one", "Σ 1", "Make the numbers add up to 1: divided by their sum"),
    ("empty", "0", "Set all numbers to 0"),
)


class Tools(QScrollArea):
    """A column that scrolls where the panel is low."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recipes = RecipeBar()
        self.buttons = {name: _button(sign, tip) for name, sign, tip in BUTTONS}
        self.freeze = QCheckBox(tr("Freeze"))
        self.freeze.setToolTip(tr("Training leaves the weights of this block as they are, and trains the rest"))
        self.restore = QPushButton(tr("Restore"))
        self.restore.setStyleSheet("padding: 3px 8px")
        self.setWidgetResizable(True)
        self.setWidget(self._column())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def label_of(self, name: str) -> str:
        """What a button does, in a few words."""
        return self.buttons[name].toolTip().partition(":")[0]

    def show_restore(self, possible: bool, trained: bool) -> None:
        """Offer to go back to the masks that training made, or to those that the seed drew."""
        self.restore.setVisible(possible)
        before = tr("Put back what the masks of this block held before they were edited by hand")
        kept = tr("What is made by hand now is part of the project, and training starts with it.")
        drawn = f"{tr('Let the seed draw the masks of this block again.')} {kept}"
        self.restore.setToolTip(before if trained else drawn)

    def _column(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.recipes)
        column.addLayout(self._grid())
        foot = QHBoxLayout()
        foot.addWidget(self.freeze)
        foot.addStretch()
        foot.addWidget(self.restore)
        column.addLayout(foot)
        hint = QLabel(tr("Drag a cell up or down, or type a number; Shift and drag paints."))
        hint.setObjectName("dim")
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addStretch()
        return inside

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, button in enumerate(self.buttons.values()):
            grid.addWidget(button, number // 4, number % 4)
        return grid


def _button(sign: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setToolTip(tr(tip))
    button.setAccessibleName(tr(tip))
    button.setStyleSheet("padding: 3px 2px")
    button.setMinimumWidth(34)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
