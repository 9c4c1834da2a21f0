"""Placing a new block: held over the canvas as a ghost, dropped free, into a wire, or behind a loose end."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from convstudio.network import grouping
from convstudio.network.document import Block, Network, Wire
from convstudio.network.layer import Layer
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.building import Builder, Plan
from convstudio.ui.canvas.gesture import Hints
from convstudio.ui.canvas.items import GhostItem
from convstudio.ui.canvas.look import BlockLook
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.text import tr

NEAR = (150.0, 90.0)
"""How far right of, and above or below, a loose output a drop is still connected to it."""


class PlaceBlock:
    """From the moment a new block is held over the canvas until it is dropped or taken away."""

    def __init__(self, scene: CanvasScene, hints: Hints, layer: Layer, title: str = "") -> None:
        """`title` is the block's own; '' leaves it the layer's heading."""
        self._scene, self._hints, self._layer, self._title = scene, hints, layer, title
        self._refused = grouping.too_deep(layer.depth(), len(scene.store.level))
        self._ghost = GhostItem(_look(layer, title))
        scene.addItem(self._ghost)

    def move(self, point: QPointF) -> None:
        """The block is held at `point`, a place of the canvas."""
        self._ghost.setPos(*self._corner(point))
        if self._refused:
            self._hints.show_hint(tr(self._refused), "bad", point)
            return
        self._scene.touch(self._meant(point)[0])
        if words := self._plan(point).words:
            self._hints.show_hint(words, "accent", point)
        else:
            self._hints.hide_hint()

    def release(self, point: QPointF) -> None:
        """Drop it: one edit, after which the new block is selected; nothing where it can never lie here."""
        if self._refused:
            self.cancel()
            return
        plan = self._plan(point)
        self.cancel()
        store = self._scene.store
        store.edit(plan.label, plan.network)
        store.select((plan.block_id,))

    def cancel(self) -> None:
        """It is taken away again."""
        self._scene.touch(None)
        self._hints.hide_hint()
        if self._ghost.scene():
            self._scene.removeItem(self._ghost)

    def _plan(self, point: QPointF) -> Plan:
        builder, corner = Builder(self._scene.store, self._layer, self._title), self._corner(point)
        wire, source = self._meant(point)
        if wire:
            return builder.into(wire, corner)
        return builder.behind(source, corner) if source else builder.free(corner)

    def _corner(self, point: QPointF) -> tuple[float, float]:
        width, height = geometry.size(self._layer)
        return geometry.snapped(self._layer, point.x() - width / 2, point.y() - height / 2)

    def _meant(self, point: QPointF) -> tuple[Wire | None, str | None]:
        """The wire to insert into, or the block to append to."""
        if not self._layer.ports:
            return None, None
        line = self._scene.wire_at(point)
        if line and not self._layer.ends:
            return line.wire, None
        return None, self._loose_end(QPointF(*self._corner(point)))

    def _loose_end(self, corner: QPointF) -> str | None:
        """The nearest one; `corner` may lie left of it by half of the block, for the mouse holds that in its middle."""
        width, height = geometry.size(self._layer)
        arriving = corner + QPointF(0, height / 2)
        network = self._scene.store.network
        near = [
            ((arriving - item.output_point()).manhattanLength(), block_id)
            for block_id, item in self._scene.blocks.items()
            if not network.blocks[block_id].layer.ends and block_id not in network.outgoing
            if -width / 2 <= arriving.x() - item.output_point().x() <= NEAR[0]
            if abs(arriving.y() - item.output_point().y()) <= NEAR[1]
        ]
        return min(near)[1] if near else None


def _look(layer: Layer, title: str) -> BlockLook:
    """How a block looks before it is part of a network."""
    out = geometry.output_port(layer)
    alone = Network({"new_1": Block("new_1", layer)})
    return BlockLook(
        heading=title or layer.heading(),
        glyph=layer.glyph,
        colour=layer.colour,
        pill=layer.pill,
        shape="",
        weights="",
        mark="",
        complaint="",
        inputs=geometry.input_ports(alone, "new_1"),
        output=(out.x(), out.y()) if out else None,
        size=geometry.size(layer),
    )
