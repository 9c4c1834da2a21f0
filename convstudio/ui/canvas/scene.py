"""The scene: one item for each block and wire of the document. It follows the store and repaints only differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from operator import or_

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.far import FarItem
from convstudio.ui.canvas.heat_map import HeatMap
from convstudio.ui.canvas.items import BLOCK_CACHE, BlockItem, WireItem
from convstudio.ui.canvas.look import Heat, WireLook, block_look, wire_look
from convstudio.ui.canvas.motion import FAR, Motion
from convstudio.ui.canvas.note_geometry import around
from convstudio.ui.canvas.note_layer import NoteLayer
from convstudio.ui.canvas.routes import Routes
from convstudio.ui.canvas.wiring import Goal
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme

Body = tuple[float, float, float, float]
"""Left, top, width and height of a block."""
ROOM = 600.0
"""Canvas around the outermost blocks that Qt's index of the items covers."""


EDGE = 20.0
"""Room around the blocks that counts as theirs."""


class CanvasScene(QGraphicsScene):
    """Holds items by block id and by wire. The document is the truth; this is its picture."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._blocks: dict[str, BlockItem] = {}
        self._wires: dict[Wire, WireItem] = {}
        self._seen: dict[str, tuple[object, ...]] = {}
        self._lit: tuple[frozenset[str], frozenset[Wire]] = (frozenset(), frozenset())
        self.notes = NoteLayer(self)
        self.far = FarItem(self._blocks, self._wires)
        self.heat = HeatMap(store, self)
        self._bodies: list[Body] = []
        self._content = QRectF()
        self._reach: tuple[object, object, object] = (None, None, None)
        """What the content was measured of."""
        self._moved: dict[str, tuple[float, float]] = {}
        self._disturbed: list[QRectF] = []
        self._shifted: set[str] = set()
        self._ported: set[str] = set()
        self._warmed: Mapping[str, Heat] = {}
        self._routes = Routes(self._blocks, self._wires)
        self._followed: tuple[Network, Analysis] | None = None
        self._motion = Motion(self.shift, self._places, self)
        store.replaced.connect(self._forget_all)
        store.level_changed.connect(self._forget_all)
        store.changed.connect(self.follow)
        store.selection_changed.connect(self._show_selection)
        self.heat.changed.connect(self._show_heat)
        theme.changed.connect(self._repaint)
        self.follow()

    @property
    def store(self) -> DocumentStore:
        return self._store

    @property
    def blocks(self) -> Mapping[str, BlockItem]:
        return self._blocks

    @property
    def wires(self) -> Mapping[Wire, WireItem]:
        return self._wires

    def follow(self) -> None:
        """Make the items those of the document; only what differs from before is worked out and painted anew."""
        network, analysis = self._store.network, self._store.analysis
        self._disturbed, self._shifted, self._ported = [], set(), set()
        self._forget(network)
        self._moved = {i: _corner(self._blocks[i]) for i in self._motion.interrupt() if i in self._blocks}
        self.notes.follow(network)
        self.heat.follow()
        changed = {i for i in self._touched(network, analysis) if self._show_block(network, analysis, i)}
        self._warm()
        self._show_wires(network, analysis, changed)
        self._followed = network, analysis
        self._show_selection()
        self._measure(network)
        self.far.refresh(self.sceneRect())
        self._motion.glide(self._moved)

    def _touched(self, network: Network, analysis: Analysis) -> set[str]:
        """Blocks that may look otherwise than before, or lie elsewhere; told by identities, which is quick."""
        if self._followed is None:
            return set(network.blocks)
        before, known = self._followed
        found = _others(network.blocks, before.blocks)
        if known is not analysis:
            found |= _others(analysis.blocks, known.blocks)
        if before.incoming is not network.incoming:
            found |= {i for i in network.blocks if network.incoming.get(i) is not before.incoming.get(i)}
        return found

    def _show_wires(self, network: Network, analysis: Analysis, changed: set[str]) -> None:
        """Wires that are new, and those of changed blocks; where blocks have moved, also those that pass them."""
        fresh = self._beside(network, changed)
        added = {w for w in network.wires if w not in self._wires} if self._rewired(network) else set()
        told = {w for w in fresh | added if self._show_wire(w, wire_look(network, analysis, w))}
        moved = added | self._beside(network, self._shifted)
        self._routes.keep((told | self._beside(network, self._ported)) - moved)
        led = moved | self._routes.passing(self._disturbed)
        self._routes.lead(led)
        self._routes.label(self._disturbed, led)

    def _rewired(self, network: Network) -> bool:
        return self._followed is None or network.wires is not self._followed[0].wires

    def _beside(self, network: Network, ids: Iterable[str]) -> set[Wire]:
        """The wires that lead to these blocks, and from them."""
        arriving = {w for i in ids for w in network.incoming.get(i, {}).values()}
        return arriving | {w for i in ids for w in network.outgoing.get(i, ())}

    def _show_wire(self, wire: Wire, look: WireLook) -> bool:
        """Show a wire as it is now; whether its label is another one."""
        line = self._wires.get(wire)
        if line is None:
            line = self._wires[wire] = WireItem(wire, look)
            self.addItem(line)
            self.far.adopt(line)
        said = line.label_size if line.labelled else None
        line.set_look(look)
        return said != (line.label_size if line.labelled else None)

    def _measure(self, network: Network) -> None:
        """How far blocks, wires and notes reach."""
        if self._disturbed or len(self._bodies) != len(network.blocks):
            self._bodies = [(b.x, b.y, *self._blocks[i].look.size) for i, b in network.blocks.items()]
        reach = (self._bodies, network.notes, self._routes.turning)
        if all(one is other for one, other in zip(reach, self._reach, strict=True)):
            return
        self._reach = reach
        turns = geometry.TURN if self._routes.turning else 0
        self._content = self._extent().adjusted(-turns, 0, turns, 0)
        self.setSceneRect(self._content.adjusted(-ROOM, -ROOM, ROOM, ROOM))

    def _show_block(self, network: Network, analysis: Analysis, block_id: str) -> bool:
        """Show a block as it is now; False when nothing that it is drawn from has changed."""
        block = network.blocks[block_id]
        drawn_from, seen = _drawn_from(network, analysis, block), self._seen.get(block.id)
        if drawn_from == seen:
            return False
        self._seen[block.id] = drawn_from
        look = block_look(network, analysis, block, self.heat.of.get(block.id))
        item = self._blocks.get(block.id)
        if item is None:
            item = self._blocks[block.id] = BlockItem(block.id, look)
            self.addItem(item)
            self.far.adopt(item)
        grown = item.look.size != look.size
        if item.look.inputs != look.inputs or grown:
            self._ported.add(block.id)
        item.set_look(look)
        if not seen or grown or item.pos() != QPointF(block.x, block.y):
            self._put(block, item, known=bool(seen))
        return True

    def _put(self, block: Block, item: BlockItem, *, known: bool) -> None:
        """Draw a block where the document has it; one that is `known` and comes from far away glides there."""
        place = QPointF(block.x, block.y)
        self._shifted.add(block.id)
        self._disturbed += [item.body, geometry.place(block)]
        if known and (item.pos() - place).manhattanLength() > FAR:
            self._moved[block.id] = _corner(item)
        item.setPos(place)
        self._routes.place(block.id)

    def _show_heat(self) -> None:
        self.heat.follow()
        self._warm()
        self.far.refresh()

    def _warm(self) -> None:
        """Show the shares of costs, or no more; only blocks whose share is another than before are touched."""
        before, heat = self._warmed, self.heat.of
        if heat is before:
            return
        for block_id in before.keys() | heat.keys():
            one, other = before.get(block_id), heat.get(block_id)
            if one is not other and (item := self._blocks.get(block_id)) and item.look.heat != other:
                item.set_look(replace(item.look, heat=other))
        self._warmed = heat

    def shift(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Draw blocks elsewhere for the moment; the document is not changed."""
        if not places:
            return
        left = [self._blocks[i].body for i in places]
        for block_id, (x, y) in places.items():
            self._blocks[block_id].setPos(x, y)
            self._routes.place(block_id)
        led = {w for w in self._wires if w.source in places or w.target in places}
        self._routes.lead(led)
        self._routes.label([*left, *(self._blocks[i].body for i in places)], led)
        self.far.refresh(reduce(or_, (self._blocks[i].body for i in places), QRectF()))

    def settle(self, ids: Iterable[str]) -> None:
        """Draw those of these blocks that there still are where the document has them."""
        self.shift(self._places(ids))

    def arrive(self) -> None:
        """Blocks and notes that are still gliding to their places are there."""
        self._motion.finish()
        self.notes.arrive()

    def _places(self, ids: Iterable[str]) -> dict[str, tuple[float, float]]:
        blocks = self._store.network.blocks
        return {i: (blocks[i].x, blocks[i].y) for i in ids if i in blocks}

    def light(self, goals: Mapping[str, Goal]) -> None:
        """While a wire is drawn: show where it may end. Blocks that are not named look as always."""
        for block_id, item in self._blocks.items():
            item.set_lit(goals.get(block_id))
        self.far.refresh()

    def touch(self, wire: Wire | None) -> None:
        """Show into which wire something that is held over the canvas would be inserted."""
        for known, line in self._wires.items():
            line.set_touched(known == wire)
        self.far.refresh()

    @property
    def bodies(self) -> list[Body]:
        """Where the document has the blocks; the same list as long as none is elsewhere or of another size."""
        return self._bodies

    def content(self) -> QRectF:
        """The rectangle around all blocks and notes of the document."""
        return self._content

    def selected_area(self) -> QRectF:
        """The rectangle around what is selected; empty when nothing is."""
        store = self._store
        if wire := store.selected_wire:
            return around(store.network, (wire.source, wire.target), ())
        return around(store.network, store.selection, store.selected_notes)

    def kind_at(self, point: QPointF) -> str:
        """What lies under a point: a block, a wire, a note, or the canvas."""
        if self.block_at(point):
            return "block"
        return "wire" if self.wire_at(point) else "note" if self.notes.at(point) else "canvas"

    def set_thumbnail(self, block_id: str, image: QImage | None) -> None:
        """Show what a block computes; nothing happens when there is no such block any more."""
        if item := self._blocks.get(block_id):
            item.set_image(image)
            self.far.refresh()

    def block_at(self, point: QPointF) -> BlockItem | None:
        """The topmost block under a point, its ports included."""
        near = QRectF(point.x() - 14, point.y() - 14, 28, 28)
        found = [i for i in self.items(near) if isinstance(i, BlockItem)]
        hit = next((i for i in found if i.sceneBoundingRect().adjusted(20, 20, -20, -20).contains(point)), None)
        return hit or next((i for i in found if i.port_at(point)), None)

    def wire_at(self, point: QPointF) -> WireItem | None:
        """The wire under a point."""
        return next((i for i in self.items(point) if isinstance(i, WireItem)), None)

    def _forget_all(self) -> None:
        """Blocks of another document do not come from where those of the last one were."""
        self._motion.finish()
        self.notes.forget()
        self._followed = None
        self._forget(Network())

    def _forget(self, network: Network) -> None:
        """Take away the items of what is not in the network."""
        for wire in self._wires.keys() - set(network.wires) if self._rewired(network) else ():
            self.removeItem(self._wires.pop(wire))
            self._routes.forget_wire(wire)
        for block_id in self._blocks.keys() - network.blocks.keys():
            self._disturbed.append(self._blocks[block_id].body)
            self._routes.forget_block(block_id)
            self.removeItem(self._blocks.pop(block_id))
            del self._seen[block_id]
        chosen, lines = self._lit
        self._lit = chosen & self._blocks.keys(), lines & self._wires.keys()

    def _show_selection(self) -> None:
        """Mark the selected blocks, the wires beside them, and the selected wire; only what differs is touched."""
        self.notes.choose(self._store.selected_notes)
        network, chosen = self._store.network, self._blocks.keys() & frozenset(self._store.selection)
        beside = [w for i in chosen for w in (*network.outgoing.get(i, ()), *network.incoming.get(i, {}).values())]
        lines = self._wires.keys() & {*beside, self._store.selected_wire}
        self._mark(frozenset(chosen), frozenset(lines))

    def _mark(self, chosen: frozenset[str], lines: frozenset[Wire]) -> None:
        for block_id in chosen ^ self._lit[0]:
            self._blocks[block_id].set_chosen(block_id in chosen)
        for wire in lines ^ self._lit[1]:
            self._wires[wire].set_chosen(wire in lines)
        self._lit = chosen, lines
        self.far.refresh()

    @contextmanager
    def unmarked(self) -> Iterator[None]:
        """Nothing is marked as selected meanwhile, and all is drawn anew as from near: for a picture of the canvas."""
        self._mark(frozenset(), frozenset())
        self.notes.choose(())
        self._set_cache(QGraphicsItem.CacheMode.NoCache)  # a drawing would get pixels instead of lines and words
        try:
            with self.far.standing_back(self):
                yield
        finally:
            self._set_cache(BLOCK_CACHE)
            self._show_selection()

    def _set_cache(self, mode: QGraphicsItem.CacheMode) -> None:
        for item in self._blocks.values():
            item.setCacheMode(mode)

    def _extent(self) -> QRectF:
        """The rectangle around all blocks and notes, a little room included; empty when there are none."""
        network = self._store.network
        found = around(network, (), network.notes)
        if self._bodies:
            left, top = min(b[0] for b in self._bodies), min(b[1] for b in self._bodies)
            right, bottom = max(b[0] + b[2] for b in self._bodies), max(b[1] + b[3] for b in self._bodies)
            found = found.united(QRectF(left, top, right - left, bottom - top))
        return found if found.isEmpty() else found.adjusted(-EDGE, -EDGE, EDGE, EDGE)

    def _repaint(self) -> None:
        for item in (*self._blocks.values(), *self._wires.values()):
            item.update()
        self.notes.repaint()
        self.far.refresh()


def _others(these: Mapping[str, object], those: Mapping[str, object]) -> set[str]:
    """The ids under which something else lies here than there."""
    return {i for i, value in these.items() if value is not those.get(i)}


def _drawn_from(network: Network, analysis: Analysis, block: Block) -> tuple[object, ...]:
    """All that a block's picture, and those of its wires, are worked out from."""
    facts = analysis.blocks[block.id]
    return block, facts.output, facts.parameters, facts.problems, network.incoming.get(block.id)


def _corner(item: BlockItem) -> tuple[float, float]:
    return item.pos().x(), item.pos().y()
