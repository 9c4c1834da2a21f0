"""Shows on the canvas what a fix would do, without doing it: new blocks and wires as ghosts, shapes before → after."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRect
from PySide6.QtWidgets import QGraphicsItem, QLabel

from convstudio.blocks import catalogue
from convstudio.network import grouping
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Analysis
from convstudio.network.problem import Fix
from convstudio.network.resolve import resolve
from convstudio.ui.canvas.items import GhostItem, LooseWireItem
from convstudio.ui.canvas.look import BlockLook, block_look
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.level import level
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme

FAINT = 0.25
"""How much is left to see of what the fix would take away."""
MOST = 12
"""So many labels are shown at most, first come first served."""


class FixPreview(QObject):
    """One preview at a time; it ends when the document changes. The document itself is never touched."""

    def __init__(self, canvas: CanvasView, store: DocumentStore) -> None:
        super().__init__(canvas)
        self._canvas, self._store = canvas, store
        self._ghosts: list[QGraphicsItem] = []
        self._labels: list[tuple[QLabel, QPointF]] = []
        self._faint: list[QGraphicsItem] = []
        self._shifted: tuple[str, ...] = ()
        store.changed.connect(self.clear)
        canvas.zoom_changed.connect(lambda _factor: self._place_labels())

    @property
    def words(self) -> tuple[str, ...]:
        """What the labels say."""
        return tuple(label.text() for label, _ in self._labels)

    @property
    def shown(self) -> bool:
        return bool(self._ghosts or self._labels or self._faint or self._shifted)

    def show(self, fix: Fix | None) -> None:
        """Show the effect of a fix; None ends the preview."""
        self.clear()
        if fix is None:
            return
        now = self._store.network
        after = fix.apply(now)
        outer = grouping.put(self._store.document.network, self._store.level, after)
        found = level(outer, resolve(outer, catalogue(), self._store.sample), self._store.level).analysis
        self._fade(now, after)
        self._shift(now, after)
        self._haunt(now, after, found)
        self._compare(now, after, found)
        self._place_labels()

    def clear(self) -> None:
        """Take the preview away."""
        scene = self._canvas.scene()
        for ghost in self._ghosts:
            scene.removeItem(ghost)
        for label, _ in self._labels:
            label.hide()
            label.deleteLater()
        for item in self._faint:
            if item.scene():
                item.setOpacity(1.0)
        shifted, self._shifted = self._shifted, ()
        self._ghosts, self._labels, self._faint = [], [], []
        if shifted:
            self._canvas.content_scene.settle(shifted)

    def _fade(self, now: Network, after: Network) -> None:
        scene = self._canvas.content_scene
        gone = set(now.wires) - set(after.wires)
        items = [scene.blocks[i] for i in now.blocks if i not in after.blocks]
        for item in (*items, *(scene.wires[w] for w in gone)):
            item.setOpacity(FAINT)
            self._faint.append(item)

    def _shift(self, now: Network, after: Network) -> None:
        moved = {
            i: (b.x, b.y)
            for i, b in after.blocks.items()
            if i in now.blocks and (b.x, b.y) != (now.blocks[i].x, now.blocks[i].y)
        }
        self._canvas.content_scene.shift(moved)
        self._shifted = tuple(moved)

    def _haunt(self, now: Network, after: Network, found: Analysis) -> None:
        """New blocks and new wires, dashed."""
        looks: dict[str, tuple[BlockLook, QPointF]] = {}
        for block_id, block in after.blocks.items():
            looks[block_id] = block_look(after, found, block), QPointF(block.x, block.y)
            if block_id not in now.blocks:
                ghost = GhostItem(looks[block_id][0])
                ghost.setPos(looks[block_id][1])
                self._add(ghost)
        for wire in set(after.wires) - set(now.wires):
            self._draw(wire, looks)

    def _draw(self, wire: Wire, looks: dict[str, tuple[BlockLook, QPointF]]) -> None:
        (source, start), (target, end) = looks[wire.source], looks[wire.target]
        line = LooseWireItem()
        x, y = source.output or (source.size[0], source.size[1] / 2)
        line.follow(start + QPointF(x, y), end + target.port(wire.port), "accent")
        self._add(line)

    def _add(self, item: QGraphicsItem) -> None:
        self._canvas.scene().addItem(item)
        self._ghosts.append(item)

    def _compare(self, now: Network, after: Network, found: Analysis) -> None:
        """At blocks that get other settings or another shape: what was, and what would be."""
        for block_id in found.order:
            if block_id in now.blocks and len(self._labels) < MOST:
                words = self._difference(block_id, now, after, found)
                if words:
                    block = after.blocks[block_id]
                    self._label(words, QPointF(block.x, block.y))

    def _difference(self, block_id: str, now: Network, after: Network, found: Analysis) -> str:
        old, new = self._store.analysis.blocks[block_id].output, found.blocks[block_id].output
        one, other = now.blocks[block_id], after.blocks[block_id]
        parts = (
            [f"{one.layer.heading()} → {other.layer.heading()}"] if one.layer.heading() != other.layer.heading() else []
        )
        if old != new:
            parts.append(f"{old.compact if old else '?'} → {new.compact if new else '?'}")
        return "  ".join(parts)

    def _label(self, words: str, place: QPointF) -> None:
        label = QLabel(words, self._canvas)
        colour = theme.text("accent")
        label.setStyleSheet(
            f"background: {theme.text('raised')}; color: {colour}; border: 1px dashed {colour}; border-radius: 5px;"
            " padding: 2px 6px; font-size: 8pt;"
        )
        label.adjustSize()
        label.show()
        self._labels.append((label, place))

    def _place_labels(self) -> None:
        """Above their blocks, and above one another where these lie close together."""
        taken: list[QRect] = []
        for label, place in self._labels:
            room = QRect(self._canvas.mapFromScene(place) - QPoint(0, label.height() + 4), label.size())
            while hit := next((other for other in taken if other.intersects(room)), None):
                room.moveBottom(hit.top() - 3)
            label.move(room.topLeft())
            taken.append(room)
