"""A sheet on which a network is drawn as one reads: from left to right, row below row."""

from __future__ import annotations

from convstudio.blocks.input import Input
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.group import Entry, Group
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape

CARD, PILL = (150.0, 138.0), 28.0
"""Sizes on the canvas: width and height of a card, height of a pill."""
LETTER = 7.2
GAP = 46.0
ROW = 216.0
"""From one row to the next."""
LANE = 180.0
"""From a row's middle to a branch beside it."""


class Sheet:
    """A network that grows. `end` is the id of the block drawn last; what comes next is wired to it."""

    def __init__(self, begin: Shape | None = None) -> None:
        """Begins with an Input of this shape; without one with the Entry of a group."""
        self.network = Network()
        self.end = ""
        self._row = 0.0
        self._lowest = 0.0
        self._left = 0.0
        self._drawn: set[str] = set()
        self.chain(Input(channels=begin.channels, axes=begin.axes) if begin else Entry())

    def chain(self, *layers: Layer, after: str = "", lane: float = 0) -> str:
        """Draw layers one behind another, the first behind `after`, in a lane above (-1) or below (1) the middle.

        Returns the id of the last one.
        """
        for layer in layers:
            before = after or self.end
            self.join(layer, *([before] if before else []), lane=lane)
            after = ""
        return self.end

    def group(self, title: str, network: Network, repeat: int = 1) -> str:
        """Draw a group that holds a network, `repeat` times in a row. Returns its id."""
        return self.join(Group(network=network, repeat=repeat), self.end, title=title)

    def join(self, layer: Layer, *ends: str, lane: float = 0, title: str = "") -> str:
        """Draw a layer to which all these blocks lead. Returns its id."""
        left = max((self._right(i) + GAP for i in ends if i in self._drawn), default=self._left)
        middle = self._row + lane * LANE
        height = PILL if layer.pill else CARD[1]
        self.network, self.end = edits.add(self.network, layer, left, middle - height / 2, title)
        for source in ends:
            port = self.network.free_port(self.end)
            assert port is not None
            self.network = edits.connect(self.network, Wire(source, self.end, port))
        self._drawn.add(self.end)
        self._lowest = max(self._lowest, lane)
        return self.end

    def row(self) -> None:
        """Go on at the left of the next row."""
        self._row += ROW + self._lowest * LANE
        self._lowest = 0.0
        self._drawn = set()

    def up(self, rows: int) -> None:
        """Go on so many rows higher, at the right of all that is drawn."""
        self._left = max(self._right(i) for i in self.network.blocks) + 2 * GAP if self._left == 0 else self._left
        self._row -= rows * ROW
        self._drawn = set()

    def _right(self, block_id: str) -> float:
        block = self.network.blocks[block_id]
        return block.x + (max(72.0, 36.0 + LETTER * len(block.heading)) if block.layer.pill else CARD[0])
