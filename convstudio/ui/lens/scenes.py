"""From an explanation to what the two maps beside it show: values, marks, padding, and how far a scan has come."""

from __future__ import annotations

from math import prod

import numpy as np

from convstudio.network.terms import Cells, Choice, Place, Scanning, Stages, Sum
from convstudio.protocol.messages import Explanation, Seen
from convstudio.ui.lens.map_picture import Dot, MapScene, Margin
from convstudio.ui.lens.sheet import Mark, Sheet
from convstudio.ui.live.arrays import floats


def input_scene(sheet: Sheet, port: int) -> MapScene:
    """The shown channel of an input with the cells that the unit looks at."""
    found = sheet.found
    seen = found.inputs[port]
    marks = sheet.marks(port, seen.channel)
    margin = _margin(found, seen) if port == 0 and seen.step == 1 else Margin()
    return MapScene(floats(seen.map), seen.low, seen.high, dots(marks, seen), margin, seen.step)


def output_scene(sheet: Sheet, until: int | None = None) -> MapScene:
    """The map that the unit lies in, with the unit marked; of a scan only what it has reached."""
    found = sheet.found
    seen = found.output
    mark = Mark((found.channel,)) if len(seen.dims) == 1 else Mark(found.place)
    return MapScene(
        floats(seen.map),
        seen.low,
        seen.high,
        dots((mark,), seen),
        Margin(),
        seen.step,
        until,
        tuple(cell for place in sheet.covered() if (cell := flat_place(place, seen))),
    )


def dots(marks: tuple[Mark, ...], seen: Seen) -> tuple[Dot, ...]:
    """Marks as cells of the picture; those in other frames of a clip are left out."""
    found = []
    for mark in marks:
        cell = flat_place(mark.place, seen)
        if cell is not None:
            found.append(Dot(*cell, mark.padded, mark.chosen))
    return tuple(found)


def flat_place(place: Place, seen: Seen) -> tuple[int, int] | None:
    """Row and column in the picture; None for a place in another frame."""
    if len(place) <= 1:
        return (0, place[0]) if place else (0, 0)
    if len(place) == 2:
        return place[0], place[1]
    return (place[1], place[2]) if place[0] == seen.frame else None


def positions(found: Explanation) -> int:
    """How many places the map of the unit has; of a vector, how many numbers."""
    dims = found.output.dims
    return prod(dims[1:]) if len(dims) > 1 else dims[0]


def position(found: Explanation) -> int:
    """The number of the unit's place, in C order."""
    dims = found.output.dims
    return int(np.ravel_multi_index(found.place, dims[1:])) if len(dims) > 1 else found.channel


def unit_at(found: Explanation, number: int) -> tuple[int, Place]:
    """Channel and place of the unit with that number."""
    dims = found.output.dims
    if len(dims) == 1:
        return number, ()
    return found.channel, tuple(int(n) for n in np.unravel_index(number, dims[1:]))


def frame_position(found: Explanation) -> int:
    """The same within the frame that the picture shows."""
    return position(found) % prod(found.output.dims[-2:]) if len(found.output.dims) == 4 else position(found)


def _margin(found: Explanation, seen: Seen) -> Margin:
    """The padding around an input, as far as the mask or window reaches into it at any place."""
    terms = found.terms.first[0] if isinstance(found.terms, Stages) else found.terms
    if not isinstance(terms, Sum | Choice) or terms.scanning is None or len(seen.dims) == 1:
        return Margin()
    sides = _sides(found, terms.cells, terms.scanning, seen)
    (left, right), (top, bottom) = sides[-1], sides[-2] if len(sides) > 1 else (0, 0)
    return Margin(top, left, bottom, right, terms.scanning.mode)


def _sides(found: Explanation, cells: Cells, scanning: Scanning, seen: Seen) -> list[tuple[int, int]]:
    """Cells of padding in front of and behind each axis."""
    sides = []
    for axis, (length, made) in enumerate(zip(seen.dims[1:], found.output.dims[1:], strict=True)):
        step, gap, count = scanning.stride[axis], scanning.dilation[axis], cells.grid[axis]
        before = found.place[axis] * step - cells.places[0][axis]
        last = (made - 1) * step - before + gap * (count - 1)
        sides.append((max(0, before), max(0, last - length + 1)))
    return sides
