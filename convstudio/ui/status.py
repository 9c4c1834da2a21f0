"""The status bar: totals of the network at the left, problems and zoom at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from convstudio.network.facts import Analysis
from convstudio.network.sight import Sight
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, grouped, short, tr
from convstudio.ui.theme import theme


class StatusBar(QStatusBar):
    """Shows what the analysis says in total. A click on the problems lists them."""

    problems_requested = Signal()

    def __init__(self, store: DocumentStore, advisor: Advisor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._advisor = store, advisor
        self._totals = QLabel()
        self._totals.setToolTip(tr("Receptive field: what one unit of the last maps sees of the input"))
        self._problems = QToolButton()
        self._problems.setAutoRaise(True)
        self._problems.setToolTip(tr("Lists problems and advice, with what mends them; F8 goes from one to the next"))
        self._problems.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._problems.clicked.connect(self.problems_requested)
        self._zoom = QLabel("100 %")
        self._zoom.setMinimumWidth(52)
        self._zoom.setToolTip(tr("Scale of the canvas; Ctrl+0 shows the whole network"))
        self.addWidget(self._totals, 1)
        self.addPermanentWidget(self._problems)
        self.addPermanentWidget(self._zoom)
        self.setSizeGripEnabled(False)
        advisor.changed.connect(self.follow)
        theme.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the totals and problems of the document."""
        analysis = self._store.whole
        self._totals.setText("     ".join(totals(self._store.whole_sight)))
        self._show_problems(analysis)

    def show_zoom(self, factor: float) -> None:
        self._zoom.setText(f"{factor * 100:.0f} %")

    def _show_problems(self, analysis: Analysis) -> None:
        errors, warnings = len(analysis.errors), len(analysis.problems) - len(analysis.errors)
        words, token = f"● {tr('no problems')}", "good_text"
        if warnings:
            words, token = "! " + count(warnings, "warning", "warnings"), "warning_text"
        if errors:
            words, token = "✕ " + count(errors, "problem", "problems"), "bad"
        if self._store.empty:
            words, token = "○ " + tr("nothing to run yet"), "dim"
        hints = len(self._advisor.advice)
        also = "  ·  " + count(hints, "piece of advice", "pieces of advice") if hints else ""
        self._problems.setText(words + also)
        sheet = (
            f"QToolButton {{ color: {theme.text(token)}; background: transparent; border: none; padding: 2px 8px; }}"
        )
        if sheet != self._problems.styleSheet():  # a new one lays the whole bar out again, even where it is the same
            self._problems.setStyleSheet(sheet)


def totals(sight: Sight) -> list[str]:
    """'8 blocks · 8 wires', parameters, multiply-adds and receptive field, for those that there are."""
    analysis = sight.analysis
    blocks, wires = len(analysis.blocks), len(analysis.network.wires)
    parts = [f"{count(blocks, 'block', 'blocks')} · {count(wires, 'wire', 'wires')}"]
    if not analysis.blocks:
        return parts
    parts.append(f"{grouped(analysis.parameters)} {tr('parameters')}")
    parts.append(f"{short(analysis.multiply_adds)} {tr('multiply-adds')}")
    if field := last_field(sight):
        parts.append(f"{tr('receptive field')} {field}")
    return parts


def last_field(sight: Sight) -> str:
    """What one unit of the last maps on the way to the Output sees, as '18×18'; '' where there are no such maps.

    A row of numbers always sees everything, which says nothing of the masks. Normalisation over whole maps and gates
    that weigh them see everything as well; from there on it is said in words.
    """
    facts = ((i, sight.analysis.blocks[i]) for i in reversed(sight.analysis.live))
    field = next((sight.of(i) for i, f in facts if f.output and f.output.axes and f.inputs), ())
    if field and all(axis.size == axis.length and axis.stride == 0 for axis in field):
        return tr("whole input")
    return "×".join(str(axis.size) for axis in field)
