"""Drawing a wire from a port, or taking up the end of one that is there."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.ui.canvas.gesture import Hints
from convstudio.ui.canvas.items import BlockItem, LooseWireItem
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.wiring import Verdict, judge, reachable
from convstudio.ui.text import tr

REACH = 40.0
"""A wire let go at least so far from its port, over free canvas, asks for a block."""


class DrawWire:
    """Drag from a port; legal targets say what would flow, others why not. An existing wire's end can be moved."""

    def __init__(
        self, scene: CanvasScene, hints: Hints, anchor: tuple[str, str], forward: bool, moved: Wire | None
    ) -> None:
        """`anchor` is (block id, port) of the fixed end; `forward` when that is an output. `moved` is lifted off."""
        self._scene, self._hints, self._moved = scene, hints, moved
        self._anchor, self._forward = anchor, forward
        self._loose = LooseWireItem()
        scene.addItem(self._loose)
        self._lit = False
        if moved:
            scene.wires[moved].setVisible(False)

    def move(self, point: QPointF) -> None:
        self._light()
        wire, verdict = self._found(point)
        end = self._end(wire, verdict, point)
        start = self._anchor_point()
        pair = (start, end) if self._forward else (end, start)
        self._loose.follow(*pair, verdict.token if verdict else "wire")
        if verdict and verdict.words:
            self._hints.show_hint(verdict.words, verdict.token, point)
        else:
            self._hints.hide_hint()

    def release(self, point: QPointF) -> None:
        wire, verdict = self._found(point)
        self.cancel()
        store = self._scene.store
        network = self._without_moved()
        if wire == self._moved and wire:
            return  # put back where it was: the order of the wires is not to change either
        if wire is None and self._moved is None and self._reaches_out(point):
            self._hints.offer(*self._anchor, self._forward, point)
        elif wire and verdict and verdict.kind != "refused":
            store.edit(tr("Connect") + f" {wire.source} → {wire.target}", edits.connect(network, wire))
        elif self._moved and wire is None:
            store.edit(tr("Disconnect") + f" {self._moved.target}", network)

    def cancel(self) -> None:
        self._hints.hide_hint()
        self._scene.light({})
        if self._loose.scene():
            self._scene.removeItem(self._loose)
        if self._moved and self._moved in self._scene.wires:
            self._scene.wires[self._moved].setVisible(True)

    def _light(self) -> None:
        """Show where the wire may lead, from its first movement on."""
        if not self._lit:
            self._lit = True
            network, analysis = self._without_moved(), self._scene.store.analysis
            self._scene.light(reachable(network, analysis, self._anchor, self._forward))

    def _without_moved(self) -> Network:
        network = self._scene.store.network
        return edits.disconnect(network, [self._moved]) if self._moved else network

    def _reaches_out(self, point: QPointF) -> bool:
        """Let go over free canvas, not just beside the port."""
        far = (point - self._anchor_point()).manhattanLength() > REACH
        return far and self._scene.block_at(point) is None

    def _found(self, point: QPointF) -> tuple[Wire | None, Verdict | None]:
        item = self._scene.block_at(point)
        if item is None or item.block_id == self._anchor[0]:
            return None, None
        network = self._without_moved()
        wire = self._wire_to(network, item, point)
        if wire is None:
            return None, None
        return wire, judge(network, self._scene.store.analysis, wire)

    def _wire_to(self, network: Network, item: BlockItem, point: QPointF) -> Wire | None:
        if not self._forward:
            return Wire(item.block_id, *self._anchor)
        hit = item.port_at(point)
        port = hit[0] if hit and not hit[1] else None
        port = port or network.free_port(item.block_id) or next(iter(network.ports(item.block_id)), "in")
        return Wire(self._anchor[0], item.block_id, port)

    def _anchor_point(self) -> QPointF:
        item = self._scene.blocks[self._anchor[0]]
        return item.output_point() if self._forward else item.input_point(self._anchor[1])

    def _end(self, wire: Wire | None, verdict: Verdict | None, point: QPointF) -> QPointF:
        if wire is None or verdict is None or verdict.kind == "refused":
            return point
        if not self._forward:
            return self._scene.blocks[wire.source].output_point()
        item = self._scene.blocks[wire.target]
        known = [name for name, _, _ in item.look.inputs]
        return item.input_point(wire.port) if wire.port in known else point


def draw_from(scene: CanvasScene, hints: Hints, item: BlockItem, name: str, is_output: bool) -> DrawWire:
    """The wire that a press on a port begins, or takes up."""
    if is_output:
        return DrawWire(scene, hints, (item.block_id, "out"), forward=True, moved=None)
    wire = scene.store.network.incoming.get(item.block_id, {}).get(name)
    if wire:
        return DrawWire(scene, hints, (wire.source, "out"), forward=True, moved=wire)
    return DrawWire(scene, hints, (item.block_id, name), forward=False, moved=None)
