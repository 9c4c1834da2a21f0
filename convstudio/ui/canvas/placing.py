"""Placing a new block: held over the canvas as a ghost, dropped free, into a wire, or behind a loose end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from convstudio.network import edits
from convstudio.network.document import Block, Network, Wire
from convstudio.network.layer import Layer
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.gestures import Hints
from convstudio.ui.canvas.items import GhostItem
from convstudio.ui.canvas.look import BlockLook
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.text import tr

SPACE = 40.0
"""Least gap between a block and the next along a wire."""
NEAR = (150.0, 90.0)
"""How far right of, and above or below, a loose output a drop is still connected to it."""


class PlaceBlock:
    """From the moment a new block is held over the canvas until it is dropped or taken away."""

    def __init__(self, scene: CanvasScene, hints: Hints, layer: Layer) -> None:
        self._scene, self._hints, self._layer = scene, hints, layer
        self._ghost = GhostItem(_look(layer))
        scene.addItem(self._ghost)

    def move(self, point: QPointF) -> None:
        """The block is held at `point`, a place of the canvas."""
        self._ghost.setPos(*self._corner(point))
        wire, before = self._meant(point)
        self._touch(wire)
        if wire:
            self._hints.show_hint(tr("release to insert here"), "accent", point)
        elif before:
            heading = self._scene.store.network.blocks[before].heading
            self._hints.show_hint(tr("release to append to") + f" {heading}", "accent", point)
        else:
            self._hints.hide_hint()

    def release(self, point: QPointF) -> None:
        """Drop it: one edit, after which the new block is selected."""
        wire, before = self._meant(point)
        self.cancel()
        store = self._scene.store
        network, new_id = self._placed(store.network, point, wire, before)
        store.edit(tr("Add") + f" {self._layer.title}", network)
        store.select((new_id,))

    def cancel(self) -> None:
        """It is taken away again."""
        self._touch(None)
        self._hints.hide_hint()
        if self._ghost.scene():
            self._scene.removeItem(self._ghost)

    def _placed(self, network: Network, point: QPointF, wire: Wire | None, before: str | None) -> tuple[Network, str]:
        network, new_id = edits.add(network, self._layer, *self._corner(point))
        if wire:
            network = _with_room(edits.insert_on_wire(network, wire, new_id), wire, new_id)
        elif before and (port := network.free_port(new_id)):
            network = edits.connect(network, Wire(before, new_id, port))
        return network, new_id

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
        arriving = corner + QPointF(0, geometry.size(self._layer)[1] / 2)
        network = self._scene.store.network
        near = [
            ((arriving - item.output_point()).manhattanLength(), block_id)
            for block_id, item in self._scene.blocks.items()
            if not network.blocks[block_id].layer.ends and block_id not in network.outgoing
            if -20 <= arriving.x() - item.output_point().x() <= NEAR[0]
            if abs(arriving.y() - item.output_point().y()) <= NEAR[1]
        ]
        return min(near)[1] if near else None

    def _touch(self, wire: Wire | None) -> None:
        for known, line in self._scene.wires.items():
            line.set_touched(known == wire)


def _with_room(network: Network, wire: Wire, new_id: str) -> Network:
    """Move the new block behind `wire`'s source, and what follows behind the new block, where they would overlap."""
    source = network.blocks[wire.source]
    new = network.blocks[new_id]
    least = source.x + geometry.size(source.layer)[0] + SPACE
    if new.x < least and abs(new.y - source.y) < geometry.CARD[1]:
        network = edits.move(network, {new_id: geometry.snapped(new.layer, least, new.y)})
    new, target = network.blocks[new_id], network.blocks[wire.target]
    overlap = new.x + geometry.size(new.layer)[0] + SPACE - target.x
    if overlap <= 0 or abs(new.y - target.y) > geometry.CARD[1]:
        return network
    followers = [network.blocks[i] for i in {wire.target, *edits.downstream(network, wire.target)}]
    shift = -(-overlap // geometry.GRID) * geometry.GRID
    return edits.move(network, {b.id: (b.x + shift, b.y) for b in followers if b.x >= target.x})


def _look(layer: Layer) -> BlockLook:
    """How a block looks before it is part of a network."""
    out = geometry.output_port(layer)
    alone = Network({"new_1": Block("new_1", layer)})
    return BlockLook(
        heading=layer.heading(),
        glyph=layer.glyph,
        colour=layer.colour,
        pill=layer.pill,
        shape="",
        weights="",
        mark="",
        complaint="",
        inputs=tuple((n, p.x(), p.y()) for n, p in geometry.input_ports(alone, "new_1").items()),
        output=(out.x(), out.y()) if out else None,
        size=geometry.size(layer),
    )


def free_place(network: Network, layer: Layer, near: QPointF) -> QPointF:
    """The centre of a free place for a new block, at `near` or below it."""
    width, height = geometry.size(layer)
    taken = [QRectF(b.x, b.y, *geometry.size(b.layer)).adjusted(-20, -20, 20, 20) for b in network.blocks.values()]
    x, y = near.x(), near.y()
    while any(t.intersects(QRectF(x - width / 2, y - height / 2, width, height)) for t in taken):
        y += geometry.GRID * 4
    return QPointF(x, y)
