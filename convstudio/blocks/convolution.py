"""Convolution: masks that are scanned over all input maps, each giving one output map."""

from __future__ import annotations

from math import gcd, prod
from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import sliding
from convstudio.network.call import Call, per_axis
from convstudio.network.layer import (
    MAX_CHANNELS,
    Channels,
    Layer,
    Misfit,
    Remedy,
    Scan,
    Sizes,
    Window,
    shortened,
    times,
)
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape

Maps = Annotated[Channels, Meta(title="Output channels", description="Number of feature maps that this block makes.")]
Mask = Annotated[Sizes, Meta(title="Mask size", description="Cells of the mask (the kernel) along each axis.")]
Stride = Annotated[Sizes, Meta(title="Stride", description="Cells by which the mask moves from place to place.")]
Dilation = Annotated[Sizes, Meta(title="Dilation", description="1: cells side by side; 2: every second cell …")]
Pad = Annotated[
    sliding.Padding,
    Meta(
        title="Padding",
        description="same keeps the size at stride 1; none lets it shrink; or cells on each side.",
    ),
]
PaddingMode = Annotated[
    sliding.Mode,
    Meta(
        title="Padding mode",
        description="What the padding holds: zeros, the mirrored signal, its outermost cells again (replicate), or the "
        "cells of the opposite side (circular).",
    ),
]
Groups = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_CHANNELS,
        title="Groups",
        description="The maps are divided into so many groups that know nothing of each other; input and output "
        "channels must divide by it.",
    ),
]
Bias = Annotated[bool, Meta(title="Bias", description="A constant for each output map, learned as well.")]


class Convolution(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "convolution"
    title: ClassVar[str] = "Convolution"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "convolution"
    glyph: ClassVar[str] = "C"
    stem: ClassVar[str] = "conv"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "A mask of weights is scanned over the image. At each place the weights are multiplied with the pixels under "
        "them and summed, over all input maps; a bias is added. Each output map has masks of its own, and training "
        "learns their values."
    )

    channels: Maps = 8
    mask: Mask = (3,)
    stride: Stride = (1,)
    padding: Pad = "same"
    padding_mode: PaddingMode = "zeros"
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
        return self.channels * self._mask_weights(inputs[0]) + self.channels * self.bias

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return self._result(inputs).size * self._mask_weights(inputs[0])

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return sliding.windows(self._fitting(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        moves, bias = self._fitting(came), self.channels if self.bias else 0
        product = weights_product(self.channels, came.channels, self.groups, moves, bias)
        return *sliding.shape_lines(came, moves), f"{product} = {grouped(self.parameters(inputs))}"

    def scans(self, inputs: tuple[Shape, ...]) -> tuple[Scan, ...]:
        return sliding.scans(self._fitting(inputs[0]))

    def with_masks(self, cells: tuple[int, ...], dilation: tuple[int, ...]) -> Layer:
        return replace(self, mask=shortened(cells), dilation=shortened(dilation))

    def with_width(self, channels: int) -> Layer:
        """With as many of the groups as still divide the channels."""
        return replace(self, channels=channels, groups=gcd(self.groups, channels))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        moves = self._fitting(came)
        options = sliding.options(moves, (1,) * came.rank, self.padding_mode)
        if self.groups > 1:
            options += (("groups", self.groups),)
        if not self.bias:
            options += (("bias", False),)
        mask = per_axis(tuple(m.mask for m in moves))
        return Call(f"nn.Conv{came.rank}d", (came.channels, self.channels, mask), options)

    def _moves(self, came: Shape) -> tuple[sliding.Slide, ...] | Misfit:
        return sliding.slides(came.rank, self.mask, self.stride, self.dilation, self.padding)

    def _fitting(self, came: Shape) -> tuple[sliding.Slide, ...]:
        moves = self._moves(came)
        assert not isinstance(moves, Misfit)
        return moves

    def _result(self, inputs: tuple[Shape, ...]) -> Shape:
        found = self.output(inputs)
        assert isinstance(found, Shape)
        return found

    def _mask_weights(self, came: Shape) -> int:
        return came.channels // self.groups * prod(m.mask for m in self._fitting(came))

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """Those changes of one setting that surely help."""
        words, groups = fitting_groups(came.channels, self.channels, self.groups)
        squares = self._on_all_axes(came)
        fitting = replace(squares, mask=tuple(min((n, *came.axes)) for n in squares.mask))
        candidates = (
            ("Pad to keep the size", replace(self, padding="same")),
            ("No padding", replace(self, padding="none")),
            ("Pad with zeros", replace(self, padding_mode="zeros")),
            ("Stride 1", replace(self, stride=(1,))),
            (words, replace(self, groups=groups)),
            ("One size for all axes", squares),
            (f"Use a {times(fitting.mask)} mask", fitting),
        )
        good = [(words, layer) for words, layer in candidates if isinstance(layer._fit(came), Shape)]
        return tuple(Remedy(words, layer) for words, layer in good[:3] if came.rank)

    def _on_all_axes(self, came: Shape) -> Convolution:
        """Where settings have numbers for another count of axes, the first of them for all."""
        padding = self.padding if isinstance(self.padding, str) else _first(self.padding, came.rank)
        stride, dilation = _first(self.stride, came.rank), _first(self.dilation, came.rank)
        return replace(self, mask=_first(self.mask, came.rank), stride=stride, dilation=dilation, padding=padding)

    def _fit(self, came: Shape) -> Shape | Misfit:
        """The shape of the result, or a misfit that has no remedies yet."""
        moves = self._moves(came)
        if isinstance(moves, Misfit):
            return moves
        if sliding.uneven_same(moves):
            return self._uneven()
        unfit = undivided(came.channels, self.channels, self.groups) or sliding.unfit_mode(
            came, moves, self.padding_mode
        )
        return unfit or sliding.slid(came, self.channels, moves, "mask")

    def _uneven(self) -> Misfit:
        return Misfit(
            "Padding “same” cannot be even here",
            f"A {times(self.mask)} mask with an even reach needs more padding on one side than on the other, and that "
            "is possible only at stride 1. Choose an odd mask, or padding in numbers.",
        )


def weights_product(each: int, maps: int, groups: int, moves: tuple[sliding.Slide, ...], bias: int) -> str:
    """'weights 8 · (4 · 3 · 3) + 8': for each map a mask over its part of others, and a bias."""
    cells = " · ".join(str(m.mask) for m in moves)
    part = f"{maps} / {groups}" if groups > 1 else f"{maps}"
    return f"weights {each} · ({part} · {cells})" + (f" + {bias}" if bias else "")


def undivided(came: int, made: int, groups: int) -> Misfit | None:
    """Why so many channels that come and are made do not divide into groups, without remedies yet; None if they do."""
    for channels, which in ((came, "input"), (made, "output")):
        if channels % groups:
            return Misfit(
                f"{channels} {which} channels do not make {groups} equal groups",
                f"{channels} / {groups} = {channels // groups}, and {channels % groups} would be left over. Input and "
                "output channels must divide by the number of groups.",
            )
    return None


def fitting_groups(came: int, made: int, groups: int) -> tuple[str, int]:
    """The most groups that fit, but no more than there are; with the words for it."""
    most = next(n for n in range(min(groups, came, made), 0, -1) if came % n == made % n == 0)
    return (f"Use {most} groups" if most > 1 else "Use 1 group", most)


def _first(sizes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return sizes if len(sizes) in (1, rank) else sizes[:1]
