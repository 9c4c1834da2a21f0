"""Where the labels of wires stand: in the middle, beside it where a block lies there, nowhere where nothing is free."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from convstudio.network.document import Wire
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.items import WireItem
from convstudio.ui.canvas.lanes import Bodies

PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
"""Parts of the way along a wire that are tried, the best one first."""
BELOW = 20.0
"""Under a small block stands its shape."""
GAP = 3.0
MANY = 40
"""Where so many blocks have moved, all labels are placed anew."""


class Labels:
    """Finds a free place for each label, and knows which have to move when blocks do."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._rooms: dict[Wire, QRectF] = {}

    def place(self, line: WireItem) -> None:
        """Put the label of a wire, which leads elsewhere or carries something else now, where it hides nothing."""
        if not line.labelled:
            self.forget(line.wire)
            line.set_label_at(None)
            return
        self._rooms[line.wire] = line.boundingRect().adjusted(0, -BELOW, 0, BELOW)
        places = (line.path.pointAtPercent(part) for part in PLACES)
        line.set_label_at(next((p for p in places if self._free(p, line.label_size)), None))

    def _free(self, middle: QPointF, size: QSizeF) -> bool:
        room = QRectF(middle - QPointF(size.width() / 2, size.height() / 2), size)
        near = self._bodies.between(room.adjusted(-GAP, -BELOW, GAP, GAP), ())
        return not any(room.intersects(_taken(body)) for body in near)

    def forget(self, wire: Wire) -> None:
        self._rooms.pop(wire, None)

    def near(self, areas: Sequence[QRectF], known: Container[Wire]) -> list[Wire]:
        """Wires, but for some `known` ones, whose labels may stand in areas that blocks have left or come to."""
        found = [(w, room) for w, room in self._rooms.items() if w not in known]
        many = len(areas) > MANY
        return [w for w, room in found if many or any(room.intersects(area) for area in areas)]


def _taken(body: QRectF) -> QRectF:
    return body.adjusted(-GAP, -GAP, GAP, BELOW if body.height() <= geometry.PILL_HEIGHT else GAP)
