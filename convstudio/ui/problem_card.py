"""A card that says what is wrong, with the arithmetic, and offers the edits that mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convstudio.network.problem import Problem
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


class ProblemCard(QFrame):
    """Shows one problem. `fix_requested` carries the fix whose button was pressed."""

    fix_requested = Signal(object)

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        token = "bad" if problem.severity == "error" else "warning"
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setStyleSheet(f"QFrame#card {{ border: 1px solid {theme.text(token)}; }}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        title = QLabel(f"{'✕' if token == 'bad' else '!'}  {tr(problem.title)}")
        title.setWordWrap(True)
        title.setStyleSheet(f"color: {theme.text('bad' if token == 'bad' else 'warning_text')}; font-weight: 600;")
        words = QLabel(problem.words)
        words.setObjectName("dim")
        words.setTextFormat(Qt.TextFormat.PlainText)  # titles of blocks are people's own
        words.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(words)
        for number, fix in enumerate(problem.fixes):
            button = QPushButton(tr(fix.label))
            button.setObjectName("primary" if number == 0 and token == "bad" else "")
            button.clicked.connect(lambda _=False, fix=fix: self.fix_requested.emit(fix))
            column.addWidget(button)
        self.setAccessibleName(f"{problem.title}. {problem.words}")
