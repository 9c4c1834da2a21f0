"""Marks blocks that there is advice about: a small sign on the block, with the words on hover."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QObject

from convstudio.network.problem import Problem
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.problems.advisor import Advisor


class AdviceMarks(QObject):
    """Follows the advisor. Only blocks about which something else is said than before are painted anew."""

    def __init__(self, scene: CanvasScene, advisor: Advisor) -> None:
        super().__init__(scene)
        self._scene, self._advisor = scene, advisor
        advisor.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what is said now."""
        said: dict[str, list[str]] = {}
        for problem in self._advisor.here:
            if problem.severity == "advice":
                for block_id in problem.blocks:
                    said.setdefault(block_id, []).append(_tip(problem))
        for block_id, item in self._scene.blocks.items():
            item.set_advice("".join(said.get(block_id, ())))


def _tip(problem: Problem) -> str:
    """As rich text, which Qt breaks into lines; titles of blocks are people's own."""
    return f"<p><b>{escape(problem.title)}</b><br>{escape(problem.words)}</p>"
