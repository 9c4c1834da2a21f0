"""Where the wires lead: from port to port, and around blocks where these are in the way."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF

from convstudio.network.document import Wire, port_number
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.items import BlockItem, WireItem
from convstudio.ui.canvas.labels import Labels
from convstudio.ui.canvas.lanes import LONG, Bodies, way_around, way_back

REACH = 260.0
"""How far above and below a long wire blocks may push it."""
CLEAR = 60.0
"""So near to a long wire blocks may be in its way."""
MANY = 40
"""Where so many blocks have moved, all long wires are led anew."""


class Routes:
    """Leads the wires of a scene between its blocks, and keeps in mind what it needs to lead a few of them anew."""

    def __init__(self, blocks: Mapping[str, BlockItem], wires: Mapping[Wire, WireItem]) -> None:
        self._blocks, self._wires = blocks, wires
        self._bodies = Bodies()
        self._labels = Labels(self._bodies)
        self._around: dict[Wire, tuple[float, float, float]] = {}
        self._long: dict[Wire, QRectF] = {}
        self._back: set[Wire] = set()

    @property
    def turning(self) -> bool:
        """Whether a wire leads back to the left."""
        return bool(self._back)

    def place(self, block_id: str) -> None:
        """A block is drawn elsewhere than before, or is of another size."""
        self._bodies.put(block_id, self._blocks[block_id].body)

    def forget_block(self, block_id: str) -> None:
        self._bodies.drop(block_id)

    def forget_wire(self, wire: Wire) -> None:
        self._labels.forget(wire)
        self._around.pop(wire, None)
        self._long.pop(wire, None)
        self._back.discard(wire)

    def lead(self, wires: Iterable[Wire]) -> None:
        """Lead wires to where their blocks are drawn now, around those that are in the way."""
        for wire in sorted(wires, key=self._length):  # shorter ones pass blocks closer by
            start, end = self._ends(wire)
            self._draw(wire, start, end, self._lane(wire, start, end))

    def keep(self, wires: Iterable[Wire]) -> None:
        """Wires may carry something else now, and their ports be one more or less; none of the blocks has moved."""
        for wire in wires:
            start, end = self._ends(wire)
            line = self._wires[wire]
            if (start, end) != line.ends:
                self._draw(wire, start, end, line.lane)
            else:
                self._labels.place(line)

    def _ends(self, wire: Wire) -> tuple[QPointF, QPointF]:
        return self._blocks[wire.source].output_point(), self._blocks[wire.target].input_point(wire.port)

    def _draw(self, wire: Wire, start: QPointF, end: QPointF, lane: float | None) -> None:
        self._wires[wire].set_ends(start, end, lane)
        self._keep_in_mind(wire, start.x(), end.x(), lane)
        self._labels.place(self._wires[wire])

    def label(self, areas: Sequence[QRectF], led: Container[Wire]) -> None:
        """Blocks have left these areas or come to them: labels go out of their way, or back to the middle.

        Those of wires that were just `led` stand well.
        """
        for wire in self._labels.near(areas, led):
            self._labels.place(self._wires[wire])

    def passing(self, areas: Sequence[QRectF]) -> set[Wire]:
        """Long wires, and those that lead back, near areas that blocks have left or come to: they may go elsewhere."""
        if len(areas) > MANY:
            return set(self._long)
        return {w for w, room in self._long.items() if any(room.intersects(area) for area in areas)} if areas else set()

    def _keep_in_mind(self, wire: Wire, left: float, right: float, lane: float | None) -> None:
        self.forget_wire(wire)
        if lane is not None and left < right:
            self._around[wire] = (left, right, lane)
        if right - left >= LONG or right < left:
            self._long[wire] = self._wires[wire].boundingRect().adjusted(0, -CLEAR, 0, CLEAR)
        if right < left:
            self._back.add(wire)

    def _length(self, wire: Wire) -> float:
        return self._blocks[wire.target].pos().x() - self._blocks[wire.source].pos().x()

    def _lane(self, wire: Wire, start: QPointF, end: QPointF) -> float | None:
        """The way around the blocks between two points, if there are any."""
        if geometry.turns(start, end):
            return way_back(start, end, self._bodies.between(QRectF(start, end).normalized(), ()))
        if end.x() - start.x() < LONG:
            return None
        way, ends = QRectF(start, end).normalized().adjusted(0, -4, 0, 4), (wire.source, wire.target)
        if not self._bodies.between(way, ends):
            return None
        near = self._bodies.between(way.adjusted(0, -REACH, 0, REACH), ends)
        others = [around for other, around in self._around.items() if other != wire]
        return way_around(start, end, near, others, low=port_number(wire.port) > 1)
