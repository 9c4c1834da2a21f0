"""What a block does: the base of all declarations in `convstudio.blocks`.

A layer is an immutable value whose fields are its settings and whose methods are its rules. Everything that is true
of one kind of block is said in its one class; nothing here knows torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from convstudio.network.call import Call
from convstudio.network.shape import Shape

MAX_CHANNELS = 65_536
MAX_LENGTH = 65_536

Channels = Annotated[int, Meta(ge=1, le=MAX_CHANNELS)]
Sizes = Annotated[tuple[Annotated[int, Meta(ge=1, le=1024)], ...], Meta(min_length=1, max_length=3)]
"""One number for all axes, or one for each axis of the signal."""


Span = tuple[int, int]
"""The first and the last of some cells in a row; where the first comes after the last there are none."""
NOTHING: Span = (0, -1)


class Window(Struct, frozen=True):
    """What one output unit sees along one axis of the block's input: `size` cells, `stride` apart from its neighbour's.

    `before` is the padding in front; `size` counts the gaps of a dilated mask, (k - 1) · dilation + 1, and only every
    `dilation`-th of these cells is looked at.

    Where neighbours see unlike numbers of cells, as behind a transposed convolution, `phases` says what each of so
    many units sees, and `stride` counts from each unit to the one as many units further; the others mean nothing then.
    """

    size: int = 1
    stride: int = 1
    before: int = 0
    dilation: int = 1
    phases: tuple[Span, ...] = ()


class Scan(Struct, frozen=True):
    """How a mask of weights is scanned along one axis: `cells`, `dilation` apart, over padding on both sides."""

    cells: int
    stride: int
    dilation: int
    before: int
    after: int


class Remedy(Struct, frozen=True):
    """A sure way out of a misfit: `layer` in place of this one, or as a new block `before` it at an input.

    `port` numbers that input. Without a layer the block is taken out, and what fed it feeds what it fed.
    """

    label: str
    layer: Layer | None
    before: bool = False
    port: int = 0


class Misfit(Struct, frozen=True):
    """Why a layer cannot take its inputs, in words with the arithmetic, and what would help."""

    title: str
    words: str
    remedies: tuple[Remedy, ...] = ()


class Layer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every kind of block. Subclasses add settings as fields and override the rules that differ."""

    kind: ClassVar[str]
    """The word in the file."""
    title: ClassVar[str]
    section: ClassVar[str]
    """Where the palette shows it."""
    colour: ClassVar[str]
    """Name of the colour token."""
    glyph: ClassVar[str]
    """One letter on its badge."""
    stem: ClassVar[str]
    """Ids are `stem_1`, `stem_2` …"""
    about: ClassVar[str]
    """One paragraph for people."""
    origin: ClassVar[str] = ""
    """The file of the plugin that it comes from; '' for a built-in kind."""
    ports: ClassVar[tuple[str, ...]] = ("in",)
    """Input ports. A merging block has these and as many more as it needs: in, in_2, in_3 …"""
    merging: ClassVar[bool] = False
    ends: ClassVar[bool] = False
    """Nothing can be wired after it."""
    inner: ClassVar[bool] = False
    """Belongs inside a group and nowhere else; what else begins or ends a network belongs outside."""
    pill: ClassVar[bool] = False
    """Small on the canvas: no settings worth a card."""

    keeps_width: ClassVar[bool] = False
    """The number of channels that come in also goes out, so a fix may look for the block before."""

    linear: ClassVar[bool] = False
    """Once trained, each value of the result is a weighted sum of values that come in, plus a constant."""
    bounds: ClassVar[tuple[float, float]] = (-inf, inf)
    """Every value of the result lies between these."""

    def heading(self) -> str:
        """Title with the settings that matter most: 'Convolution 3×3'."""
        return self.title

    def count(self) -> int:
        """How many blocks this one stands for, itself included: more than one for a group only."""
        return 1

    def depth(self) -> int:
        """How many groups lie one in another here: 0 for a block that holds none."""
        return 0

    def needs(self, port: str) -> bool:
        """Whether what arrives at `port` has an effect on the result; only a group may not need it."""
        return True

    def unused(self) -> frozenset[str]:
        """Settings that mean nothing with the others as they are; a form leaves them out."""
        return frozenset()

    def fault(self) -> str | None:
        """Why these settings contradict each other whatever comes in, or None."""
        return None

    def obstacle(self) -> str | None:
        """Why this cannot be computed although the shape of its result is known, in words; None if it can."""
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        """Shape of the result for one sample."""
        return inputs[0]

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        """Number of weights and biases that training changes."""
        return 0

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        """Multiply-adds for one sample: convolution and fully connected weights only, one multiply-add = 1."""
        return 0

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...] | None:
        """What one output unit sees of the input, per axis; None when every unit sees all of it."""
        return tuple(Window() for _ in inputs[0].axes)

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        """The formulas of shape and weights with their numbers filled in, a line each."""
        return ()

    def scans(self, inputs: tuple[Shape, ...]) -> tuple[Scan, ...]:
        """How the block's mask of weights is scanned along each axis; none where it has no mask."""
        return ()

    def with_masks(self, cells: tuple[int, ...], dilation: tuple[int, ...]) -> Layer | None:
        """The same layer with such a mask; None where it has no mask."""
        return None

    def with_width(self, channels: int) -> Layer | None:
        """The same layer with that many output channels; None where its settings do not decide them."""
        return None

    def with_shape(self, shape: Shape) -> Layer | None:
        """The same layer giving out that shape; None where its settings do not decide it (only Input's do)."""
        return None

    def call(self, inputs: tuple[Shape, ...]) -> Call | None:
        """The torch code; None hands the input on unchanged."""
        return None


Catalogue = Mapping[str, type[Layer]]
"""The kinds of blocks by their word in the file."""


def across(sizes: tuple[int, ...], rank: int) -> tuple[int, ...] | None:
    """`sizes` for each of `rank` axes: a single number serves all; None when the count does not fit."""
    if len(sizes) == 1:
        return sizes * rank
    return sizes if len(sizes) == rank else None


def shortened(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """One number where all axes agree."""
    return sizes[:1] if len(set(sizes)) == 1 else sizes


def times(sizes: tuple[int, ...]) -> str:
    """As on a card: 3×3, 3×5; one number stands for a square."""
    shown = sizes * 2 if len(sizes) == 1 else sizes
    return "×".join(str(n) for n in shown)
