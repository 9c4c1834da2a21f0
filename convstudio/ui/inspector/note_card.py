"""Notes in the Block tab: their colour, whether they are frames, and what the blocks inside a frame cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from convstudio.network.document import Colour, Note, NoteKind
from convstudio.network.facts import BlockFacts
from convstudio.ui.editing.note_colours import COLOURS, drop, name
from convstudio.ui.inspector.several import costs
from convstudio.ui.text import count, tr
from convstudio.ui.theme import number_font, theme


class NoteCard(QWidget):
    """Shows the selected notes. What a person chooses goes out as a signal."""

    colour_chosen = Signal(str)
    kind_chosen = Signal(str)
    write_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._title = QLabel()
        self._title.setObjectName("title")
        self.write = QPushButton(tr("Write…"))
        self.write.setToolTip(tr("Or double-click the note on the canvas"))
        self.write.clicked.connect(self.write_requested)
        self._inside, self._costs = QLabel(), QLabel()
        self._inside.setObjectName("dim")
        self._inside.setWordWrap(True)
        self._costs.setFont(number_font(8.5))
        self._costs.setWordWrap(True)
        self.colours = {colour: self._swatch(colour) for colour in COLOURS}
        self.kinds: dict[NoteKind, QToolButton] = {
            "note": self._choice(tr("Note")),
            "frame": self._choice(tr("Frame")),
        }
        self._colour_group, self._kind_group = QButtonGroup(self), QButtonGroup(self)
        column.addWidget(self._title)
        column.addLayout(self._row(self.colours.values(), self._colour_group))
        column.addLayout(self._row(self.kinds.values(), self._kind_group, self.write))
        column.addWidget(self._inside)
        column.addWidget(self._costs)
        for colour, swatch in self.colours.items():
            swatch.clicked.connect(lambda _=False, c=colour: self.colour_chosen.emit(c))
        for kind, button in self.kinds.items():
            button.clicked.connect(lambda _=False, k=kind: self.kind_chosen.emit(k))
        theme.changed.connect(self._paint_drops)
        self._paint_drops()

    def show_notes(self, notes: Sequence[Note], inside: Sequence[BlockFacts]) -> None:
        """`inside` is what is known of the blocks that lie in the selected frames."""
        kinds = {n.kind for n in notes}
        frames = kinds == {"frame"}
        one = tr("Frame") if frames else tr("Note")
        self._title.setText(one if len(notes) == 1 else count(len(notes), "note", "notes"))
        self.write.setEnabled(len(notes) == 1)
        _check(self._colour_group, self.colours, {n.colour for n in notes})
        _check(self._kind_group, self.kinds, kinds)
        self._inside.setVisible(frames)
        self._inside.setText(count(len(inside), "block", "blocks") + " " + tr("inside; they move with the frame."))
        self._costs.setVisible(frames and bool(inside))
        self._costs.setText(costs(inside))

    def _swatch(self, colour: Colour) -> QToolButton:
        button = self._choice(name(colour), named=False)
        button.setIconSize(QSize(14, 14))
        return button

    def _choice(self, words: str, *, named: bool = True) -> QToolButton:
        button = QToolButton()
        button.setObjectName("choice")
        button.setCheckable(True)
        button.setText(words if named else "")
        button.setAccessibleName(words)
        button.setToolTip(words)
        return button

    def _row(self, buttons: Iterable[QToolButton], group: QButtonGroup, last: QWidget | None = None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in buttons:
            group.addButton(button)
            row.addWidget(button)
        row.addStretch()
        if last:
            row.addWidget(last)
        return row

    def _paint_drops(self) -> None:
        for colour, swatch in self.colours.items():
            swatch.setIcon(drop(colour))


def _check(group: QButtonGroup, buttons: Mapping[Any, QToolButton], used: set[Any]) -> None:
    """Mark the one that all have; none where they differ."""
    group.setExclusive(False)
    for value, button in buttons.items():
        button.setChecked(used == {value})
    group.setExclusive(len(used) == 1)
