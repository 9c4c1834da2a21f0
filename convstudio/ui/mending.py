"""What is said about problems and advice in a window, tied together: the list, the walk by F8, previews of fixes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.network.problem import Fix
from convstudio.ui.canvas.advice_marks import AdviceMarks
from convstudio.ui.canvas.fix_preview import FixPreview
from convstudio.ui.problem_panel import ProblemPanel
from convstudio.ui.workbench import Workbench


class Mending(QObject):
    """Binds the actions that lead to problems and their fixes."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._advisor = bench, bench.advisor
        self.preview = FixPreview(bench.canvas, bench.store)
        self.marks = AdviceMarks(bench.scene, bench.advisor)
        self.panel = ProblemPanel(bench.advisor, bench.canvas)
        self.panel.block_chosen.connect(bench.reveal)
        self.panel.closed.connect(bench.canvas.setFocus)
        self.panel.opened.connect(partial(bench.bubble.set_silent, True))
        self.panel.closed.connect(partial(bench.bubble.set_silent, False))
        bench.advisor.previewed.connect(self._preview)
        bench.status.problems_requested.connect(self.toggle)
        bench.actions.connect("problems", self.toggle)
        bench.actions.connect("next_problem", lambda: self.walk(1))
        bench.actions.connect("previous_problem", lambda: self.walk(-1))
        bench.actions["show_advice"].toggled.connect(bench.advisor.want)
        bench.advisor.changed.connect(self._follow)
        self._place = -1
        self._follow()

    def toggle(self) -> None:
        """Open the list, or close it."""
        if self.panel.isVisible():
            self.panel.shut()
        else:
            self.panel.open()

    def walk(self, step: int) -> None:
        """Go to the next problem or piece of advice that names blocks, after the last one to the first."""
        found = [p for p in self._advisor.all if p.places]
        if not found:
            self.panel.open()
            return
        start = self._place if self._place >= 0 or step > 0 else 0
        self._place = (start + step) % len(found)
        self._bench.reveal(*found[self._place].places)

    def _preview(self, fix: Fix | None) -> None:
        """What the preview says lies below the cards whose buttons asked for it."""
        self.preview.show(fix)
        self._bench.bubble.raise_()
        self.panel.raise_()

    def _follow(self) -> None:
        actions = self._bench.actions
        actions["show_advice"].setChecked(self._advisor.wanted)
        self._place = min(self._place, len(self._advisor.all) - 1)
