"""Transposed convolution: every input value spreads its mask over the output, which grows."""

from __future__ import annotations

from math import gcd, prod
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import sliding
from convstudio.blocks.convolution import Bias, Dilation, Groups, Maps, Mask, fitting_groups, undivided, weights_product
from convstudio.network.call import Call, Value, per_axis
from convstudio.network.layer import NOTHING, Layer, Misfit, Remedy, Sizes, Span, Window, across, times
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class Spread(sliding.Slide, frozen=True):
    """How the results lie along one axis: each input value covers `mask` cells, its neighbour's lie `stride` further.

    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4. Of the result
    `before` cells are cut off in front and `after` behind (less than that where cells are added).
    """

    def length(self, length: int) -> int:
        return (length - 1) * self.stride + self.extent - self.before - self.after

    def text(self, length: int) -> str:
        """The formula with its numbers."""
        added = self.before - self.after
        more = f" + {added}" if added else ""
        cut = f" - 2·{self.before}" if self.before else ""
        covered = f"{self.dilation}·({self.mask} - 1)"
        return f"({length} - 1)·{self.stride}{cut} + {covered}{more} + 1 = {self.length(length)}"

    def phases(self) -> tuple[Span, ...]:
        """What `stride` neighbouring output cells see: cell o is reached from (o + before - dilation · tap) / stride.

        A tap counts only where that is a whole number.
        """
        return tuple(self._seen(cell) for cell in range(self.stride))

    def _seen(self, cell: int) -> Span:
        reached = [cell + self.before - self.dilation * tap for tap in range(self.mask)]
        found = [place // self.stride for place in reached if place % self.stride == 0]
        return (min(found), max(found)) if found else NOTHING


class Transposed(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "transposed"
    title: ClassVar[str] = "Transposed"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "convolution"
    glyph: ClassVar[str] = "T"
    stem: ClassVar[str] = "transposed"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "A convolution the other way round: each input value is multiplied with a mask and laid down on the output, "
        "the next one a stride further; where they overlap they add up. With stride 2 the maps grow to twice their "
        "size, as networks need that draw pictures or name every pixel. A mask that the stride divides leaves no "
        "checkerboard."
    )

    channels: Maps = 8
    mask: Mask = (2,)
    stride: Annotated[
        Sizes, Meta(title="Stride", description="Cells between the results of neighbours: by this the maps grow.")
    ] = (2,)
    padding: Annotated[
        sliding.Paddings, Meta(title="Padding", description="Cells cut off on both sides of the result.")
    ] = (0,)
    output_padding: Annotated[
        sliding.Paddings,
        Meta(
            title="Output padding",
            description="Cells added behind, since several input sizes of a strided convolution give the same output "
            "size; less than the stride.",
        ),
    ] = (0,)
    dilation: Dilation = (1,)
    groups: Groups = 1
    bias: Bias = True

    def heading(self) -> str:
        return f"{self.title} {times(self.mask)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = self._fit(came)
        return replace(found, remedies=self._remedies(came)) if isinstance(found, Misfit) else found

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return inputs[0].channels * self._weights_of_a_map(inputs[0]) + self.channels * self.bias

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        """Every input value meets all weights of its map; also those whose product is cut off afterwards."""
        return inputs[0].size * self._weights_of_a_map(inputs[0])

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return tuple(Window(phases=m.phases(), stride=1) for m in self._fitting(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        spreads, bias = self._fitting(came), self.channels if self.bias else 0
        product = weights_product(came.channels, self.channels, self.groups, spreads, bias)
        return *sliding.shape_lines(came, spreads), f"{product} = {grouped(self.parameters(inputs))}"

    def with_width(self, channels: int) -> Layer:
        """With as many of the groups as still divide the channels."""
        return replace(self, channels=channels, groups=gcd(self.groups, channels))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        spreads = self._fitting(came)
        options: list[tuple[str, Value]] = [
            ("stride", per_axis(tuple(m.stride for m in spreads))),
            ("padding", per_axis(tuple(m.before for m in spreads))),
            ("output_padding", per_axis(tuple(m.before - m.after for m in spreads))),
            ("dilation", per_axis(tuple(m.dilation for m in spreads))),
            ("groups", self.groups),
            ("bias", self.bias),
        ]
        defaults = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1, "bias": True}
        changed = tuple((name, value) for name, value in options if value != defaults[name])
        mask = per_axis(tuple(m.mask for m in spreads))
        return Call(f"nn.ConvTranspose{came.rank}d", (came.channels, self.channels, mask), changed)

    def _spreads(self, came: Shape) -> tuple[Spread, ...] | Misfit:
        moves = sliding.slides(came.rank, self.mask, self.stride, self.dilation, self.padding)
        if isinstance(moves, Misfit):
            return moves
        added = across(self.output_padding, came.rank)
        if added is None:
            return sliding.unlike_axes("output padding", self.output_padding, came.rank)
        return tuple(
            Spread(m.mask, m.stride, m.dilation, m.before, m.before - n) for m, n in zip(moves, added, strict=True)
        )

    def _fitting(self, came: Shape) -> tuple[Spread, ...]:
        spreads = self._spreads(came)
        assert not isinstance(spreads, Misfit)
        return spreads

    def _fit(self, came: Shape) -> Shape | Misfit:
        """The shape of the result, or a misfit that has no remedies yet."""
        spreads = self._spreads(came)
        if isinstance(spreads, Misfit):
            return spreads
        if unfit := undivided(came.channels, self.channels, self.groups):
            return unfit
        for name, length, spread in zip(came.axis_names, came.axes, spreads, strict=True):
            if unfit := _unfit(name, length, spread):
                return unfit
        return Shape(self.channels, tuple(m.length(n) for m, n in zip(spreads, came.axes, strict=True)))

    def _weights_of_a_map(self, came: Shape) -> int:
        return self.channels // self.groups * prod(m.mask for m in self._fitting(came))

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """Those changes of one setting that surely help."""
        words, groups = fitting_groups(came.channels, self.channels, self.groups)
        candidates = (
            ("No padding", replace(self, padding=(0,))),
            ("No output padding", replace(self, output_padding=(0,))),
            (words, replace(self, groups=groups)),
        )
        return tuple(Remedy(label, layer) for label, layer in candidates if isinstance(layer._fit(came), Shape))


def _unfit(name: str, length: int, spread: Spread) -> Misfit | None:
    added = spread.before - spread.after
    if added >= spread.stride:
        return Misfit(
            "Too much output padding",
            f"On the {name} {added} cells are added behind; it must be less than the stride, "
            f"{spread.stride}: the next value would reach them.",
        )
    if spread.length(length) < 1:
        return Misfit("Nothing is left of the result", f"The padding cuts all {name} away: {spread.text(length)}.")
    return None
