"""Where the tiles of a picture stand: whole-number magnification, columns and rows for a room of given size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MARGIN = 3
"""Pixels around all tiles, so that the frame of a selected one has room."""
STRIP = 10
"""Least height in pixels of a tile that is a single row of cells."""


class Cell(NamedTuple):
    """A cell of a tile."""

    tile: int
    row: int
    column: int


class Room(NamedTuple):
    """Pixels to fill."""

    width: int
    height: int


@dataclass(frozen=True)
class TileLayout:
    """`count` tiles of `height` × `width` cells in `columns`; a cell is `across` × `down` pixels.

    Where tiles are too large for the room, only every `step`-th cell of each axis is shown.
    """

    count: int
    height: int
    width: int
    columns: int = 1
    across: int = 1
    down: int = 1
    step: int = 1
    gap: int = 2

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def tile_width(self) -> int:
        return -(-self.width // self.step) * self.across

    @property
    def tile_height(self) -> int:
        return -(-self.height // self.step) * self.down

    @property
    def size(self) -> Room:
        """Pixels that all tiles take, margins included."""
        wide = self.columns * (self.tile_width + self.gap) - self.gap
        high = self.rows * (self.tile_height + self.gap) - self.gap
        return Room(wide + 2 * MARGIN, max(0, high) + 2 * MARGIN)

    def place(self, tile: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of a tile, in pixels."""
        row, column = divmod(tile, self.columns)
        left = MARGIN + column * (self.tile_width + self.gap)
        top = MARGIN + row * (self.tile_height + self.gap)
        return left, top, self.tile_width, self.tile_height

    def at(self, x: int, y: int) -> Cell | None:
        """The cell at a pixel; None in a gap, in the margin and behind the last tile."""
        column, inside_x = divmod(x - MARGIN, self.tile_width + self.gap)
        row, inside_y = divmod(y - MARGIN, self.tile_height + self.gap)
        tile = row * self.columns + column
        inside = inside_x < self.tile_width and inside_y < self.tile_height
        if not (inside and 0 <= column < self.columns and row >= 0 and tile < self.count):
            return None
        return Cell(tile, inside_y // self.down * self.step, inside_x // self.across * self.step)

    def rows_between(self, top: int, bottom: int) -> range:
        """The rows of tiles that a strip of pixels touches."""
        pitch = self.tile_height + self.gap
        first = max(0, (top - MARGIN) // pitch)
        last = min(self.rows, -(-(bottom - MARGIN) // pitch))
        return range(min(first, self.rows), max(first, last))


def lay_out(
    count: int,
    height: int,
    width: int,
    room: Room,
    columns: int | None = None,
    smallest: int = 24,
    largest: int = 96,
    gap: int = 2,
) -> TileLayout:
    """The largest magnification with which all tiles fit into `room`; the smallest sensible one where none does.

    `columns` is fixed, or None: as many as fit. `smallest` and `largest` bound a tile's longer side in pixels.
    """
    if count == 1 and columns is None:
        return _single(height, width, room, largest, gap)
    if height == 1 and width > 1 and columns is None:
        return _strips(count, width, room, gap)
    longer = max(height, width, 1)
    bound = max(1, min(largest, room.width - 2 * MARGIN))
    if columns is None and longer > bound:
        step = -(-longer // bound)
        return _magnified(count, height, width, room, columns, 1, gap, step)
    most = max(1, bound // longer)
    least = min(most, -(-smallest // longer))
    comfortable = least if columns is None else min(most, -(-5 * smallest // (2 * longer)))
    found = _magnified(count, height, width, room, columns, least, gap)
    for factor in range(most, least, -1):
        tried = _magnified(count, height, width, room, columns, factor, gap)
        if tried.size.width > room.width:
            continue
        if tried.size.height <= room.height:
            return tried
        if factor <= comfortable and found.across < factor:
            found = tried  # it must be scrolled anyway: better with masks that can be recognised
    return found


def _magnified(
    count: int, height: int, width: int, room: Room, columns: int | None, factor: int, gap: int, step: int = 1
) -> TileLayout:
    down = max(factor, STRIP) if height == 1 and width > 1 else factor
    tile = -(-width // step) * factor
    fitting = max(1, (room.width - 2 * MARGIN + gap) // (tile + gap))
    return TileLayout(count, height, width, columns or min(fitting, max(1, count)), factor, down, step, gap)


def _single(height: int, width: int, room: Room, largest: int, gap: int) -> TileLayout:
    """One tile, as large as the room and `largest` allow; thinned out where it is larger than that."""
    wide = max(1, min(room.width - 2 * MARGIN, largest))
    high = max(1, min(room.height - 2 * MARGIN, largest))
    step = max(1, -(-width // wide), -(-height // high))
    across = max(1, wide // -(-width // step))
    if height == 1 and width > 1:
        return TileLayout(1, 1, width, 1, min(across, 24), max(1, min(high, 2 * STRIP)), step, gap)
    factor = max(1, min(across, high // max(1, -(-height // step))))
    return TileLayout(1, height, width, 1, factor, factor, step, gap)


def _strips(count: int, width: int, room: Room, gap: int) -> TileLayout:
    """Tiles of one row of cells (signals), one below the other over the whole width."""
    inside = max(1, room.width - 2 * MARGIN)
    step = -(-width // inside)
    across = max(1, min(24, inside // -(-width // step)))
    down = max(STRIP, min(24, (room.height - 2 * MARGIN) // max(1, count) - gap))
    return TileLayout(count, 1, width, 1, across, down, step, gap)
