"""The receptive field: which cells of the network's input one unit can see.

Composition follows Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill,
2019): with windows of size k (gaps of dilation included), stride s and padding p along an axis,
size' = size + (k - 1) · stride, stride' = stride · s, start' = start - p · stride.
"""

from __future__ import annotations

from msgspec import Struct

from convstudio.network.layer import Window
from convstudio.network.shape import Shape


class Field(Struct, frozen=True):
    """Along one axis of the input: unit 0 sees `size` cells from `start` on, each next unit `stride` cells further.

    `start` may be negative (padding). Stride 0: every unit sees the same cells. `length` is the axis' own.
    """

    size: int
    stride: int
    start: int
    length: int

    def interval(self, unit: int) -> tuple[int, int]:
        """First and last input cell of what `unit` sees, clipped to the input; first > last where it sees padding only.

        At the border, the gaps of a dilated mask may lie on the outermost of these cells.
        """
        first = self.start + unit * self.stride
        return max(0, first), min(self.length - 1, first + self.size - 1)


def of_input(shape: Shape) -> tuple[Field, ...]:
    """The field of the input itself: each cell sees itself."""
    return tuple(Field(1, 1, 0, length) for length in shape.axes)


def through(fields: tuple[Field, ...], windows: tuple[Window, ...] | None, came: Shape) -> tuple[Field, ...]:
    """The field after a layer with these windows on an input of shape `came`; None windows see all of it."""
    if windows is None:
        return tuple(_whole(f, came, axis) for axis, f in enumerate(fields))
    if len(windows) != len(fields):
        return fields
    return tuple(
        Field(f.size + (w.size - 1) * f.stride, f.stride * w.stride, f.start - w.before * f.stride, f.length)
        for f, w in zip(fields, windows, strict=True)
    )


def merged(branches: list[tuple[Field, ...]], shape: Shape) -> tuple[Field, ...]:
    """The field where branches meet: what any of them sees. `shape` is the result's.

    Branches of unlike stride have no single size; then size is the largest that any unit has.
    """
    axes = zip(*branches, strict=True)
    return tuple(_union(list(fields), _units(shape, axis)) for axis, fields in enumerate(axes))


def _units(shape: Shape, axis: int) -> int:
    return shape.axes[axis] if axis < shape.rank else 1


def _whole(field: Field, came: Shape, axis: int) -> Field:
    last = field.start + (_units(came, axis) - 1) * field.stride + field.size - 1
    first = max(0, field.start)
    return Field(min(field.length - 1, last) - first + 1, 0, first, field.length)


def _union(fields: list[Field], units: int) -> Field:
    def size(unit: int) -> int:
        starts = [f.start + unit * f.stride for f in fields]
        ends = [s + f.size for s, f in zip(starts, fields, strict=True)]
        return max(ends) - min(starts)

    start = min(f.start for f in fields)
    return Field(max(size(0), size(units - 1)), max(f.stride for f in fields), start, fields[0].length)
