"""The receptive field of a unit as pictures and words: what it can see, and what moves it in fact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convstudio.network.layer import Span
from convstudio.network.sight import Fields
from convstudio.network.terms import Place
from convstudio.ui.lens.map_picture import MapScene
from convstudio.ui.text import count, grouped, tr

SHARE = 0.9
"""The measured field is told by the fewest cells that make up this part of the influence."""

Cell = tuple[int, int]


@dataclass(frozen=True, eq=False)
class FieldSight:
    """What the two pictures show: how large the field is, and where it lies and what was measured, in words."""

    image: MapScene
    measured: MapScene
    size: str
    words: str


def field_sight(
    fields: Fields, place: Place, sample: NDArray[np.uint8] | None, influence: NDArray[np.float32], samples: int
) -> FieldSight:
    """`fields` are those of the unit's block along the axes of the input, `sample` (channels × axes) is watched."""
    spans = seen(fields, place)
    box = field_box(spans)
    picture = _picture(sample, influence.shape, spans)
    most = float(influence.max()) if influence.size else 0.0
    cells, within = strongest(influence), int(np.count_nonzero(influence))
    measured = (
        f"{tr('Measured over')} {count(samples, 'sample', 'samples')}: "
        f"{round(100 * SHARE)} % {tr('of the influence comes from')} {grouped(cells)} {tr('of')} "
        f"{count(within, 'cell', 'cells')}"
        if most > 0
        else tr("Measured: nothing of the input moves this unit now")
    )
    return FieldSight(
        MapScene(picture, 0.0, 1.0, covered=box),
        MapScene(influence, 0.0, most, covered=box),
        _size(spans),
        f"{_where(fields, spans)} {measured}.",
    )


def seen(fields: Fields, place: Place) -> tuple[Span, ...]:
    """First and last input cell that the unit sees along each axis, within the input."""
    units = place if len(place) == len(fields) else (0,) * len(fields)
    return tuple(field.interval(unit) for field, unit in zip(fields, units, strict=True))


def strongest(influence: NDArray[np.float32]) -> int:
    """The fewest cells that together make up `SHARE` of all influence."""
    falling = np.sort(influence.astype(np.float64).ravel())[::-1]
    total = falling.sum()
    return int(np.searchsorted(np.cumsum(falling), SHARE * total) + 1) if total > 0 else 0


def field_box(spans: tuple[Span, ...]) -> tuple[Cell, ...]:
    """The corners of the frame; none where the unit sees padding only, or what it sees cannot be told."""
    if not spans or any(first > last for first, last in spans):
        return ()
    flat = spans[-2:] if len(spans) > 1 else ((0, 0), spans[0])
    (top, bottom), (left, right) = flat
    return ((top, left), (bottom, right))


def _picture(sample: NDArray[np.uint8] | None, shape: tuple[int, ...], spans: tuple[Span, ...]) -> NDArray[np.float32]:
    """The mean of the sample's channels, of a clip the frame in the middle of what is seen; black without a sample."""
    if sample is None:
        return np.zeros(shape, np.float32)
    flat = sample[None] if sample.ndim == 1 else sample
    mean = (flat.astype(np.float32) / 255).mean(axis=0)
    if mean.ndim == 3:
        mean = mean[sum(spans[0]) // 2 if spans else len(mean) // 2]
    found: NDArray[np.float32] = np.atleast_2d(mean).astype(np.float32)
    return found if found.shape == tuple(shape) else np.zeros(shape, np.float32)


def _size(spans: tuple[Span, ...]) -> str:
    """'can see 7 × 7'."""
    if not spans:
        return tr("not known")
    return f"{tr('can see')} {' × '.join(str(max(0, last - first + 1)) for first, last in spans)}"


def _where(fields: Fields, spans: tuple[Span, ...]) -> str:
    """'It can see rows 3 to 9 and columns 12 to 18.'"""
    if not fields:
        return tr("What it can see cannot be told.")
    if any(first > last for first, last in spans):
        return tr("It sees padding only.")
    names = {1: ("time",), 2: ("rows", "columns"), 3: ("time", "rows", "columns")}.get(len(spans), ())
    found = [f"{tr(name)} {first} {tr('to')} {last}" for name, (first, last) in zip(names, spans, strict=True)]
    return f"{tr('It can see')} {', '.join(found)}."
