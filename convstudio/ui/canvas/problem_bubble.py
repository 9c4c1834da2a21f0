"""The card below a selected block that cannot work: why not, and the edits that mend it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QVBoxLayout, QWidget

from convstudio.network.problem import Problem
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme

WIDTH = 300
GAP = 12
NARROW = 600
"""On a canvas that is not so wide, it stays away where the same is said beside the canvas."""


class ProblemBubble(QWidget):
    """Floats over the canvas; follows the selection, the document, and where the block is seen."""

    def __init__(self, canvas: CanvasView, store: DocumentStore, advisor: Advisor) -> None:
        super().__init__(canvas)
        self._canvas, self._store, self._advisor = canvas, store, advisor
        self._shown: tuple[str, Problem] | None = None
        self._card: ProblemCard | None = None
        self._silent = False
        self._beside: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setFixedWidth(WIDTH)
        store.changed.connect(self.follow)
        store.selection_changed.connect(self.follow)
        canvas.zoom_changed.connect(lambda _factor: self._settle())
        canvas.gesture_changed.connect(self._settle)
        theme.changed.connect(self._restyle)
        canvas.installEventFilter(self)
        self.hide()

    def follow(self) -> None:
        """Show the first error of the one selected block, if it has one."""
        found = self._found()
        if found != self._shown:
            self._shown = found
            self._rebuild()
        self._settle()

    def set_silent(self, silent: bool) -> None:
        """Stay away while the problems are listed elsewhere over the canvas."""
        self._silent = silent
        self._settle()

    def spare(self, beside: QWidget) -> None:
        """This widget says the same as long as it is seen."""
        self._beside = beside
        beside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        turned = watched is self._beside and event.type() in (QEvent.Type.Show, QEvent.Type.Hide)
        if turned or (watched is self._canvas and event.type() == QEvent.Type.Resize):
            self._settle()
        return super().eventFilter(watched, event)

    def _needless(self) -> bool:
        narrow = self._canvas.width() < NARROW
        return self._silent or self._canvas.busy or (narrow and self._beside is not None and self._beside.isVisible())

    def _found(self) -> tuple[str, Problem] | None:
        if len(self._store.selection) != 1:
            return None
        (block_id,) = self._store.selection
        problems = self._store.analysis.blocks[block_id].problems
        error = next((p for p in problems if p.severity == "error"), None)
        return (block_id, error) if error else None

    def _rebuild(self) -> None:
        if self._card:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        if self._shown:
            self._card = ProblemCard(self._shown[1])
            self._card.fix_requested.connect(self._advisor.apply)
            self._card.fix_hovered.connect(self._advisor.preview_here)
            self._column.addWidget(self._card)

    def _settle(self) -> None:
        """Stay below the block, inside the canvas; step aside while the mouse is at work."""
        item = self._canvas.scene_items.get(self._shown[0]) if self._shown else None
        if item is None or self._needless():
            self.hide()
            return
        width, height = item.look.size
        left = self._canvas.mapFromScene(item.pos().x() + width / 2, item.pos().y() + height)
        layout = self._card.layout() if self._card else None
        self.setFixedHeight(layout.totalHeightForWidth(WIDTH) if layout else 0)
        x = max(4, min(left.x() - WIDTH // 2, self._canvas.width() - WIDTH - 4))
        above = self._canvas.mapFromScene(item.pos()).y() - GAP - self.height()
        y = left.y() + GAP
        if y + self.height() > self._canvas.height() - 4 and above >= 4:
            y = above
        self.move(QPoint(x, y))
        self.show()
        self.raise_()

    def _restyle(self) -> None:
        self._rebuild()
        self._settle()
