"""A card that says what is wrong or could be better, with the arithmetic, and offers the edits that mend it."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convstudio.network.problem import Fix, Problem
from convstudio.ui.level import way
from convstudio.ui.problems.fix_button import FixButton
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

SIGNS = {"error": ("✕", "bad", "bad"), "warning": ("!", "warning", "warning_text"), "advice": ("i", "line", "accent")}
"""By severity: the sign before the title, and the tokens of frame and title."""
NUMBER = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
"""The space between thousands, where no line may end."""
BEGINS = (QEvent.Type.Enter, QEvent.Type.FocusIn)
ENDS = (QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide)


class ProblemCard(QFrame):
    """Shows one problem. `fix_requested` carries the fix whose button was pressed."""

    fix_requested = Signal(object)
    fix_hovered = Signal(object)
    """The fix under the mouse or with the focus; None when it is left."""
    block_chosen = Signal(str)

    def __init__(self, problem: Problem, parent: QWidget | None = None, *, linked: bool = False) -> None:
        """With `linked` the blocks that the problem names can be clicked."""
        super().__init__(parent)
        sign, frame, colour = SIGNS[problem.severity]
        self._fixes: dict[QObject, Fix] = {}
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setStyleSheet(f"QFrame#card {{ border: 1px solid {theme.text(frame)}; }}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        title = QLabel(f"{sign}  {tr(problem.title)}")
        title.setWordWrap(True)
        title.setStyleSheet(f"color: {theme.text(colour)}; font-weight: 600;")
        words = QLabel(NUMBER.sub("\u00a0", problem.words))
        words.setObjectName("dim")
        words.setTextFormat(Qt.TextFormat.PlainText)  # titles of blocks are people's own
        words.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(words)
        if linked and problem.places:
            column.addWidget(self._links(problem.places))
        for number, fix in enumerate(problem.fixes):
            column.addWidget(self._button(fix, number == 0 and problem.severity == "error"))
        self.setAccessibleName(f"{problem.title}. {problem.words}")

    def _links(self, blocks: tuple[str, ...]) -> QLabel:
        style = f"color:{theme.text('accent')}"
        links = QLabel(" · ".join(f"<a href='{i}' style='{style}'>{way(i)}</a>" for i in blocks))
        links.setWordWrap(True)
        links.setAccessibleName(tr("Blocks") + ": " + ", ".join(blocks))
        mouse, keys = Qt.TextInteractionFlag.LinksAccessibleByMouse, Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        links.setTextInteractionFlags(mouse | keys)
        links.linkActivated.connect(self.block_chosen)
        return links

    def _button(self, fix: Fix, primary: bool) -> QPushButton:
        button = FixButton(tr(fix.label))
        button.setObjectName("primary" if primary else "")
        button.clicked.connect(lambda: self.fix_requested.emit(fix))
        button.installEventFilter(self)
        self._fixes[button] = fix
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched in self._fixes and event.type() in BEGINS:
            self.fix_hovered.emit(self._fixes[watched])
        elif watched in self._fixes and event.type() in ENDS:
            self.fix_hovered.emit(None)
        return False
