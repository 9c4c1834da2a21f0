"""Adaptive average pooling: means of as many regions as there are to be output cells."""

from __future__ import annotations

from math import gcd
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import sliding
from convstudio.network.call import Call, per_axis
from convstudio.network.layer import Layer, Misfit, Remedy, Sizes, Span, Window, across, times
from convstudio.network.shape import Shape


class AdaptiveAveragePool(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "adaptive_average_pool"
    title: ClassVar[str] = "Adaptive avg"
    section: ClassVar[str] = "Pooling"
    colour: ClassVar[str] = "pooling"
    glyph: ClassVar[str] = "A"
    stem: ClassVar[str] = "adaptive_avg"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Says how large the result is to be, and divides the map into as many regions; the mean of each represents it. "
        "Where the division leaves a rest, regions overlap by a cell. So the fully connected layers after it fit "
        "images of any size."
    )
    keeps_width: ClassVar[bool] = True
    function: ClassVar[str] = "F.adaptive_avg_pool"

    size: Annotated[Sizes, Meta(title="Output size", description="Cells of the result along each axis.")] = (2,)

    def heading(self) -> str:
        return f"{self.title} {times(self.size)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank == 0:
            return sliding.NO_AXES
        size = across(self.size, came.rank)
        if size is None:
            found = sliding.unlike_axes("output size", self.size, came.rank)
            one = replace(self, size=self.size[:1])
            return replace(found, remedies=(Remedy(f"Use {times(one.size)}", one),))
        return Shape(came.channels, size)

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        (came,) = inputs
        return tuple(_window(n, cells) for n, cells in zip(came.axes, self._sizes(came), strict=True))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        lines = zip(came.axis_names, came.axes, self._sizes(came), strict=True)
        return tuple(f"{name} {length} / {cells}: {_region_words(length, cells)}" for name, length, cells in lines)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        return Call(f"{self.function}{came.rank}d", (per_axis(self._sizes(came)),))

    def _sizes(self, came: Shape) -> tuple[int, ...]:
        return across(self.size, came.rank) or ()


def region(cell: int, length: int, cells: int) -> Span:
    """Torch's rule: from ⌊cell · length / cells⌋ to before ⌈(cell + 1) · length / cells⌉."""
    return cell * length // cells, -(-(cell + 1) * length // cells) - 1


def _window(length: int, cells: int) -> Window:
    if length % cells == 0:
        return Window(length // cells, length // cells)
    common = gcd(length, cells)
    return Window(stride=length // common, phases=tuple(region(cell, length, cells) for cell in range(cells // common)))


def _region_words(length: int, cells: int) -> str:
    sizes = sorted({last - first + 1 for first, last in (region(c, length, cells) for c in range(cells))})
    return "regions of " + " or ".join(str(n) for n in sizes)
