"""Ways over the canvas by keys: along the wires, and to the nearest block in a direction; ids in, ids out."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from convstudio.network.document import Network
from convstudio.ui.canvas import geometry

ASIDE = 2.0
"""A unit to the side counts as so many ahead when the nearest block is looked for."""


def following(network: Network, block_id: str) -> str | None:
    """The block that the uppermost wire leads to; None at an end."""
    targets = [network.blocks[w.target] for w in network.outgoing.get(block_id, ())]
    return min(targets, key=lambda b: (b.y, b.x)).id if targets else None


def preceding(network: Network, block_id: str) -> str | None:
    """The block that feeds the first port; None at a start."""
    wires = network.incoming.get(block_id, {})
    return next((wires[port].source for port in network.ports(block_id) if port in wires), None)


def first(network: Network) -> str | None:
    """Where a walk begins: the leftmost block that nothing feeds."""
    starts = [b for i, b in network.blocks.items() if i not in network.incoming] or list(network.blocks.values())
    return min(starts, key=lambda b: (b.x, b.y)).id if starts else None


def last(network: Network) -> str | None:
    """Where a walk backwards begins: the lowest, rightmost block that feeds nothing."""
    ends = [b for i, b in network.blocks.items() if i not in network.outgoing] or list(network.blocks.values())
    return max(ends, key=lambda b: (b.y, b.x)).id if ends else None


def note_beside(network: Network, note_id: str | None, forward: bool) -> str | None:
    """The next note in the order of reading, or the one before; the first or last of all where none is given."""
    order = sorted(network.notes.values(), key=lambda n: (n.y, n.x))
    ids = [n.id for n in (order if forward else order[::-1])]
    place = ids.index(note_id) + 1 if note_id else 0
    return ids[place] if place < len(ids) else None


def nearest(network: Network, block_id: str, direction: tuple[int, int]) -> str | None:
    """The nearest block to the left (-1, 0), right (1, 0), above (0, -1) or below (0, 1)."""
    here = geometry.place(network.blocks[block_id]).center()
    found = []
    for other, block in network.blocks.items():
        away = geometry.place(block).center() - here
        ahead = QPointF.dotProduct(away, QPointF(*direction))
        aside = abs(away.x() * direction[1]) + abs(away.y() * direction[0])
        if other != block_id and ahead > 0 and aside <= ASIDE * ahead:
            found.append((ahead + ASIDE * aside, other))
    return min(found)[1] if found else None
