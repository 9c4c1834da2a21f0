"""What is said about problems and advice in a window, tied together: the list, the walk by F8, previews of fixes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.network.problem import Fix, Problem
from convstudio.ui.canvas.advice_marks import AdviceMarks
from convstudio.ui.canvas.fix_preview import FixPreview
from convstudio.ui.problems.panel import ProblemPanel
from convstudio.ui.workbench import Workbench


class Mending(QObject):
    """Binds the actions that lead to problems and their fixes."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._advisor = bench, bench.advisor
        self.preview = FixPreview(bench.canvas, bench.store)
        self.marks = AdviceMarks(bench.scene, bench.advisor)
        self.panel = ProblemPanel(bench.advisor, bench.canvas)
        bench.canvas.set_cover(self.panel)
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
        self._last: Problem | None = None
        self._errors: tuple[Problem, ...] = ()
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
        self._place = (self._start(found, step) + step) % len(found)
        self._last = found[self._place]
        self._bench.reveal(*self._last.places)

    def _start(self, found: list[Problem], step: int) -> int:
        """The place that a walk goes on from: where the last one stopped, also when that has been mended since."""
        if self._place < 0 or self._last is None:
            return -1 if step > 0 else 0
        gone = self._last not in found
        place = self._place if gone else found.index(self._last)
        return place - 1 if gone and step > 0 else place

    def _preview(self, fix: Fix | None) -> None:
        """What the preview says lies below the cards whose buttons asked for it."""
        self.preview.show(fix)
        self._bench.bubble.raise_()
        self.panel.raise_()

    def _follow(self) -> None:
        actions = self._bench.actions
        actions["show_advice"].setChecked(self._advisor.wanted)
        errors = tuple(p for p in self._advisor.all if p.severity == "error")
        if set(errors) - set(self._errors):
            self._place = -1  # what keeps the network from being trained comes first
        self._errors = errors
