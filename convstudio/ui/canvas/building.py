"""What adding a block would make of the network: set down free, led into a wire, or wired behind what is there.

Everything that adds blocks, from the mouse, the keyboard or the search, asks here, so that all do the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from convstudio.blocks.input import Input
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.note_geometry import refitted
from convstudio.ui.canvas.offers import helper
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

SPACE = 50.0
"""Free space between a block and the next along a wire."""
WIDEST, ROWS = 1200.0, 72.0
"""How far a row that grows by itself reaches, so that it can be read as a whole, and the room below it."""
MAGNET = 30.0
"""A block set down this near to the line of the wire that will lead to it is put on that line."""

Corner = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """The network with the new block, its id, the words for undo, and what letting go would do, for people."""

    network: Network
    block_id: str
    label: str
    words: str = ""


class Builder:
    """Makes plans for the document of a store. Corners are those of blocks, in canvas units."""

    def __init__(self, store: DocumentStore, layer: Layer, title: str = "") -> None:
        """`title` is the block's own; '' leaves it the layer's heading."""
        self._store, self._network, self._title = store, store.network, title
        self._layer = self._fitted(layer)
        self._label = tr("Add") + f" {title or tr(layer.title)}"

    def free(self, corner: Corner) -> Plan:
        """Where nothing leads to it. The first block of a network gets the Input that it needs anyway."""
        if not self._network.blocks and self._layer.ports and not self._layer.ends:
            return self._begun(corner)
        network, new_id = self._added(self._network, *corner)
        return Plan(network, new_id, self._label)

    def _added(self, network: Network, x: float, y: float) -> tuple[Network, str]:
        return edits.add(network, self._layer, x, y, self._title)

    def _begun(self, corner: Corner) -> Plan:
        """An Input, and the block behind it."""
        first = self._fitted(Input())
        line = corner[1] + geometry.size(self._layer)[1] / 2
        network, start = edits.add(
            self._network, first, corner[0] - SPACE - geometry.size(first)[0], _level(first, line)
        )
        network, new_id = self._added(network, *corner)
        network = edits.connect(network, Wire(start, new_id, self._layer.ports[0]))
        return Plan(network, new_id, self._label, tr("release to begin with an Input"))

    def into(self, wire: Wire, corner: Corner | None = None) -> Plan:
        """Into a wire; what follows makes room."""
        source, target = self._network.blocks[wire.source], self._network.blocks[wire.target]
        network, new_id = self._added(self._network, *(corner or self._beside(wire.source)))
        network = edits.insert_on_wire(network, wire, new_id)
        network = with_room(network, source.id, new_id, [target.id])
        return self._mended(network, new_id, tr("release to insert here"))

    def behind(self, source: str, corner: Corner | None = None) -> Plan:
        """Wired to a block's output, beside whatever else that feeds."""
        place = self._clear_of(source, corner) if corner else self._free_beside(source)
        network, new_id = self._added(self._network, *place)
        if abs(self._middle(network, new_id) - self._middle(network, source)) <= MAGNET:
            line = _level(self._layer, self._middle(network, source))
            network = edits.move(network, {new_id: (network.blocks[new_id].x, line)})
        if port := network.free_port(new_id):
            network = edits.connect(network, Wire(source, new_id, port))
        words = tr("release to append to") + f" {self._network.blocks[source].heading}"
        return self._mended(network, new_id, words)

    def after(self, sources: Sequence[str]) -> Plan:
        """By keyboard: what leaves the block goes through the new one; a merging block takes in several."""
        source = sources[-1]
        leaving = self._network.outgoing.get(source, ())
        if not self._layer.ports or self._network.blocks[source].layer.ends:
            return self.free(self._free_beside(source))
        if self._layer.merging and len(sources) > 1:
            return self._merging(sources)
        if self._layer.ends or not leaving:
            return self.behind(source)
        network, new_id = self._added(self._network, *self._beside(source))
        network = edits.insert_after(network, source, new_id)
        network = with_room(network, source, new_id, [w.target for w in leaving])
        return self._mended(network, new_id, "")

    def before(self, target: str, port: str, corner: Corner) -> Plan:
        """Feeding a free port."""
        network, new_id = self._added(self._network, *corner)
        network = edits.connect(network, Wire(new_id, target, port))
        return Plan(network, new_id, self._label)

    def _merging(self, sources: Sequence[str]) -> Plan:
        blocks = [self._network.blocks[i] for i in sources]
        right = max(b.x + geometry.size(b.layer)[0] for b in blocks) + SPACE
        middle = sum(self._middle(self._network, b.id) for b in blocks) / len(blocks)
        corner = geometry.snapped(self._layer, right, middle - geometry.size(self._layer)[1] / 2)
        network, new_id = self._added(self._network, *corner)
        for source in sources:
            port = network.free_port(new_id)
            if port and not self._network.blocks[source].layer.ends:
                network = edits.connect(network, Wire(source, new_id, port))
        return Plan(network, new_id, self._label)

    def _mended(self, network: Network, new_id: str, words: str) -> Plan:
        """Where the block cannot take what arrives and another before it surely helps, with that one too."""
        wires = network.incoming.get(new_id, {})
        shapes = [self._store.analysis.blocks[w.source].output for w in wires.values()]
        inputs = tuple(s for s in shapes if s)
        if len(self._layer.ports) == 1 == len(inputs) and (between := helper(self._layer, inputs)):
            wire = next(iter(wires.values()))
            source = network.blocks[wire.source]
            right = source.x + geometry.size(source.layer)[0] + SPACE
            network, helper_id = edits.add(network, between, right, _level(between, self._middle(network, source.id)))
            network = edits.insert_on_wire(network, wire, helper_id)
            network = with_room(network, source.id, helper_id, [new_id])
            network = with_room(network, helper_id, new_id, [w.target for w in network.outgoing.get(new_id, ())])
            words += tr(", with a") + f" {tr(between.title)}" if words else ""
        return Plan(network, new_id, self._label, words)

    def _beside(self, source: str) -> Corner:
        """Right behind a block, on its line."""
        block = self._network.blocks[source]
        line = self._middle(self._network, source)
        return block.x + geometry.size(block.layer)[0] + SPACE, _level(self._layer, line)

    def _clear_of(self, source: str, corner: Corner) -> Corner:
        """A corner, moved to the right where the new block would cover the one that feeds it."""
        covered = QRectF(*corner, *geometry.size(self._layer)).intersects(geometry.place(self._network.blocks[source]))
        return geometry.snapped(self._layer, self._beside(source)[0], corner[1]) if covered else corner

    def _free_beside(self, source: str) -> Corner:
        """The same, or below where that is taken; behind a row that has become wide, the beginning of the next.

        Rows begin below what leads to them, also the one that goes on where ways have met.
        """
        line = self._middle(self._network, source)
        places = [geometry.place(b) for b in self._network.blocks.values()]
        left = min(self._network.blocks[i].x for i in (source, *edits.upstream(self._network, source)))
        x, y = self._beside(source)
        if x + geometry.size(self._layer)[0] - left <= WIDEST:
            return self.free_from((x, y))
        below = max(p.bottom() for p in places if p.top() <= line + geometry.CARD[1]) + ROWS
        return self.free_from((left, _level(self._layer, below + geometry.CARD[1] / 2)))

    def free_from(self, corner: Corner) -> Corner:
        """The first free place from a corner downwards."""
        width, height = geometry.size(self._layer)
        x, y = corner
        taken = [(b.x, b.y, *geometry.size(b.layer)) for b in self._network.blocks.values()]
        columns = [t for t in taken if t[0] < x + width + 20 and x < t[0] + t[2] + 20]
        while any(t[1] < y + height + 20 and y < t[1] + t[3] + 20 for t in columns):
            y += 4 * geometry.GRID
        return x, y

    def _fitted(self, layer: Layer) -> Layer:
        """An Input takes the shape of the chosen data."""
        info = self._store.dataset
        if layer.ports or info is None:
            return layer
        return layer.with_shape(Shape(info.channels, info.axes)) or layer

    def _middle(self, network: Network, block_id: str) -> float:
        block = network.blocks[block_id]
        return block.y + geometry.size(block.layer)[1] / 2


def with_room(network: Network, source: str, new_id: str, targets: Iterable[str]) -> Network:
    """Put a new block behind what feeds it, and what it feeds behind it, where they would overlap."""
    before, new = network.blocks[source], network.blocks[new_id]
    least = before.x + geometry.size(before.layer)[0] + SPACE
    if new.x < least and abs(new.y - before.y) < geometry.CARD[1]:
        network = edits.move(network, {new_id: geometry.snapped(new.layer, least, new.y)})
        new = network.blocks[new_id]
    ahead = [network.blocks[t] for t in targets if network.blocks[t].x > before.x]
    edge = new.x + geometry.size(new.layer)[0] + SPACE
    overlap = max((edge - b.x for b in ahead if abs(new.y - b.y) <= 1.5 * geometry.CARD[1]), default=0.0)
    if overlap <= 0:
        return network
    shift = -(-overlap // geometry.GRID) * geometry.GRID
    moved = _followers(network, [b.id for b in ahead])
    while pushed := _pushed(network, moved | {new_id}, moved, shift):
        moved |= _followers(network, pushed)
    return refitted(network, edits.shift(network, moved, (), shift, 0))


def _pushed(network: Network, staying: set[str], moved: set[str], shift: float) -> list[str]:
    """The blocks that those `moved` to the right would cover."""
    shifted = [geometry.place(network.blocks[i]).translated(shift, 0) for i in moved]
    others = ((i, geometry.place(b)) for i, b in network.blocks.items() if i not in staying)
    return [i for i, area in others if any(area.intersects(s) for s in shifted)]


def _followers(network: Network, starts: Iterable[str]) -> set[str]:
    """These blocks and all that wires lead to from them, to the right: the rest of the row."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        here = network.blocks[waiting.pop()]
        if here.id not in found:
            found.add(here.id)
            waiting += [w.target for w in network.outgoing.get(here.id, ()) if network.blocks[w.target].x > here.x]
    return found


def _level(layer: Layer, line: float) -> float:
    """The top of a block whose ports lie on a line."""
    return line - geometry.size(layer)[1] / 2
