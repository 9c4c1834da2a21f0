"""The receptive field: which cells of the network's input one unit can see.

Composition follows Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill,
2019): with windows of size k (gaps of dilation included), stride s and padding p along an axis,
size' = size + (k - 1) · stride, stride' = stride · s, start' = start - p · stride.

Blocks that make several units of one cell (transposed convolution, upsampling) or divide an axis unevenly (adaptive
pooling) have no single size: neighbouring units see unlike numbers of cells, in a pattern that repeats. There the
pattern is carried along as it is, unit by unit.

What a unit sees by way of padding that repeats the signal (reflect, replicate, circular) is not counted: the field is
the one of a unit inside the signal.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from msgspec import Struct

from convstudio.network.layer import NOTHING, Span, Window
from convstudio.network.shape import Shape

MOST_PHASES = 256
"""A longer pattern is not followed; the receptive field then counts as unknown."""


class Field(Struct, frozen=True):
    """Along one axis of the input: unit 0 sees `size` cells from `start` on, each next unit `stride` cells further.

    `start` may be negative (padding). Stride 0: every unit sees the same cells. `length` is the axis' own. With
    `phases`, these are what the first units see; the pattern repeats `stride` cells further, and `size` is the most
    that any unit sees.
    """

    size: int
    stride: int
    start: int
    length: int
    phases: tuple[Span, ...] = ()

    @property
    def pace(self) -> Fraction:
        """Cells from unit to unit, in the mean over the pattern."""
        return Fraction(self.stride, self.period)

    @property
    def period(self) -> int:
        """After so many units the pattern repeats."""
        return len(self.phases) or 1

    def span(self, unit: int) -> Span:
        """First and last cell that `unit` sees, also beyond the ends of the input (padding)."""
        turns, phase = divmod(unit, self.period)
        first, last = self.phases[phase] if self.phases else (self.start, self.start + self.size - 1)
        return (first + turns * self.stride, last + turns * self.stride) if first <= last else NOTHING

    def interval(self, unit: int) -> Span:
        """First and last input cell of what `unit` sees, clipped to the input; first > last where it sees padding only.

        At the border, the gaps of a dilated mask may lie on the outermost of these cells.
        """
        first, last = self.span(unit)
        return max(0, first), min(self.length - 1, last)


def of_input(shape: Shape) -> tuple[Field, ...]:
    """The field of the input itself: each cell sees itself."""
    return tuple(Field(1, 1, 0, length) for length in shape.axes)


def through(fields: tuple[Field, ...], windows: tuple[Window, ...] | None, came: Shape) -> tuple[Field, ...]:
    """The field after a layer with these windows on an input of shape `came`; None windows see all of it.

    () where it cannot be told.
    """
    if windows is None:
        return tuple(_whole(f, _units(came, axis)) for axis, f in enumerate(fields))
    if len(windows) != len(fields) or plain(windows):
        return fields
    if fields and _alike(fields) and _alike(windows):  # square, as most images and masks are
        found = _through(fields[0], windows[0])
        return (found,) * len(fields) if found else ()
    return _known(_through(f, w) for f, w in zip(fields, windows, strict=True))


def merged(branches: list[tuple[Field, ...]], inputs: tuple[Shape, ...], result: Shape) -> tuple[Field, ...]:
    """The field where branches with results of these shapes meet: what any of them sees.

    An axis of length 1 that is stretched over the `result` is seen from everywhere. Branches of unlike stride have no
    single size; then size is the largest that any unit has. () where it cannot be told.
    """
    ready = [
        fields
        if came.axes == result.axes
        else tuple(_stretched(f, came, result, axis) for axis, f in enumerate(fields))
        for fields, came in zip(branches, inputs, strict=True)
    ]
    square = result.rank == len(ready[0]) > 0 and _alike(result.axes)
    if square and all(_alike(fields) for fields in ready):
        found = _union([fields[0] for fields in ready], _units(result, 0))
        return (found,) * len(ready[0]) if found else ()
    return _known(_union(list(fields), _units(result, axis)) for axis, fields in enumerate(zip(*ready, strict=True)))


def plain(windows: tuple[Window, ...]) -> bool:
    """Whether each unit sees the one in its own place and nothing else; a loop, because most blocks are asked this."""
    for window in windows:  # noqa: SIM110
        if window.size != 1 or window.stride != 1 or window.before or window.phases:
            return False
    return True


def _alike(values: tuple[object, ...]) -> bool:
    """Whether all are the first one's like."""
    first = values[0]
    return all(value is first or value == first for value in values)


def _known(fields: Iterable[Field | None]) -> tuple[Field, ...]:
    found = tuple(fields)
    return tuple(f for f in found if f) if all(found) else ()


def _units(shape: Shape, axis: int) -> int:
    return shape.axes[axis] if axis < shape.rank else 1


def _through(field: Field, window: Window) -> Field | None:
    if not field.phases and not window.phases:
        start = field.start - window.before * field.stride
        return Field(field.size + (window.size - 1) * field.stride, field.stride * window.stride, start, field.length)
    if not field.stride:
        return field
    seen = window.phases or ((-window.before, window.size - 1 - window.before),)
    rounds = field.period // gcd(field.period, window.stride)
    if rounds * len(seen) > MOST_PHASES:
        return None
    places = [(first + r * window.stride, last + r * window.stride) for r in range(rounds) for first, last in seen]
    phases = [_joined(field, first, last, window.dilation) for first, last in places]
    return _patterned(phases, field.stride * window.stride * rounds // field.period, field.length)


def _joined(field: Field, first: int, last: int, step: int = 1) -> Span:
    """What the units from `first` to `last`, or every so many of them, see together."""
    near = range(0, min(field.period * step, last - first + 1), step)
    return _hull([*(field.span(first + n) for n in near), *(field.span(last - n) for n in near)])


def _hull(spans: Iterable[Span]) -> Span:
    found = [s for s in spans if s[0] <= s[1]]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else NOTHING


def _patterned(phases: list[Span], stride: int, length: int) -> Field:
    """A field with this pattern, or with the shortest that says the same."""
    period = next(p for p in range(1, len(phases) + 1) if _repeats(phases, p, stride))
    shown, stride = tuple(phases[:period]), stride * period // len(phases)
    size = max(last - first + 1 for first, last in shown)
    return Field(size, stride, shown[0][0], length, shown if period > 1 else ())


def _repeats(phases: list[Span], period: int, stride: int) -> bool:
    if len(phases) % period or stride * period % len(phases):
        return False
    step = stride * period // len(phases)
    return all(
        (later[0] - step, later[1] - step) == early or early == later == NOTHING
        for early, later in zip(phases, phases[period:], strict=False)
    )


def _whole(field: Field, units: int) -> Field:
    """What all units see together, for each of them."""
    first, last = _joined(field, 0, units - 1)
    first, last = max(0, first), min(field.length - 1, last)
    return Field(last - first + 1, 0, first, field.length)


def _stretched(field: Field, came: Shape, result: Shape, axis: int) -> Field:
    if axis < came.rank and came.axes[axis] == 1 and _units(result, axis) > 1:
        return _whole(field, 1)
    return field


def _union(fields: list[Field], units: int) -> Field | None:
    full = Field(fields[0].length, 0, 0, fields[0].length)
    if full in fields:
        return full
    if not any(f.phases for f in fields):
        return _linear_union(fields, units)
    period = lcm(*(f.period for f in fields))
    if len({f.pace for f in fields}) > 1 or period > MOST_PHASES:
        return None
    phases = [_hull(f.span(unit) for f in fields) for unit in range(period)]
    return _patterned(phases, int(fields[0].pace * period), fields[0].length)


def _linear_union(fields: list[Field], units: int) -> Field:
    start = min([f.start for f in fields])
    stride = max([f.stride for f in fields])
    size = max([f.start + f.size for f in fields]) - start
    if any(f.stride != stride for f in fields):
        firsts = [f.start + (units - 1) * f.stride for f in fields]
        ends = [first + f.size for first, f in zip(firsts, fields, strict=True)]
        size = max(size, max(ends) - min(firsts))
    return Field(size, stride, start, fields[0].length)
