"""The arithmetic shared by all blocks that slide a window over their input: convolutions and poolings.

Formulas follow Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 15:
out = ⌊(in + 2 · padding - dilation · (k - 1) - 1) / stride⌋ + 1.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from convstudio.network.call import Value, per_axis
from convstudio.network.layer import Misfit, Scan, Window, across
from convstudio.network.shape import Shape

Paddings = Annotated[tuple[Annotated[int, Meta(ge=0, le=1024)], ...], Meta(min_length=1, max_length=3)]
Padding = Literal["none", "same"] | Paddings
"""No padding, as much as keeps the size, or so many cells on both sides of each axis."""
Mode = Literal["zeros", "reflect", "replicate", "circular"]
"""What padding holds, in torch's words."""


NO_AXES = Misfit(
    "There is no axis to work along",
    "What arrives is one row of numbers without rows and columns. Put this block before the Flatten.",
)


class Slide(Struct, frozen=True):
    """How a window moves along one axis: `mask` cells, `dilation` apart, moved by `stride` over a padded input."""

    mask: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def extent(self) -> int:
        """Cells covered, gaps included."""
        return (self.mask - 1) * self.dilation + 1

    def length(self, length: int) -> int:
        """Number of places the window takes; less than 1 where it does not fit."""
        return (length + self.before + self.after - self.extent) // self.stride + 1

    def text(self, length: int) -> str:
        """The formula with its numbers."""
        padding = self.before + self.after
        padded = f"{length} + {padding}" if padding else str(length)
        covered = f"{self.dilation}·({self.mask} - 1)"
        return f"⌊({padded} - {covered} - 1) / {self.stride}⌋ + 1 = {self.length(length)}"


def slides(
    rank: int, mask: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], padding: Padding
) -> tuple[Slide, ...] | Misfit:
    """One slide an axis, or a misfit where a setting has another number of axes than the signal."""
    if rank == 0:
        return Misfit(
            "A mask needs an axis to slide along",
            "What arrives is one row of numbers without rows and columns. Put this block before the Flatten.",
        )
    named = {"mask": mask, "stride": stride, "dilation": dilation}
    if isinstance(padding, tuple):
        named["padding"] = padding
    for name, sizes in named.items():
        if across(sizes, rank) is None:
            return unlike_axes(name, sizes, rank)
    full = [across(sizes, rank) or () for sizes in (mask, stride, dilation)]
    return tuple(_slide(m, s, d, padding, axis) for axis, (m, s, d) in enumerate(zip(*full, strict=True)))


def unlike_axes(name: str, sizes: tuple[int, ...], rank: int) -> Misfit:
    """A setting has a number for each of so many axes, and the signal has others."""
    return Misfit(
        f"The {name} has {len(sizes)} sizes for {rank} {'axis' if rank == 1 else 'axes'}",
        f"{name} {' × '.join(map(str, sizes))} needs a signal of {len(sizes)} axes; this one has {rank}.",
    )


def _slide(mask: int, stride: int, dilation: int, padding: Padding, axis: int) -> Slide:
    if isinstance(padding, tuple):
        cells = padding[axis] if len(padding) > 1 else padding[0]
        return Slide(mask, stride, dilation, cells, cells)
    total = dilation * (mask - 1) if padding == "same" else 0
    return Slide(mask, stride, dilation, total // 2, total - total // 2)


def slid(came: Shape, channels: int, moves: tuple[Slide, ...], what: str) -> Shape | Misfit:
    """The shape after sliding, or a misfit that says on which axis `what` (mask, window) does not fit."""
    for name, length, move in zip(came.axis_names, came.axes, moves, strict=True):
        if move.length(length) < 1:
            padded = length + move.before + move.after
            covers = f"covers {move.extent}" if move.dilation > 1 else f"is {move.extent} long"
            with_padding = f" ({padded} with padding)" if padded != length else ""
            return Misfit(
                f"The {what} does not fit",
                f"{counted(length, name)}{with_padding}, and the {what} {covers}.",
            )
    return Shape(channels, tuple(m.length(n) for m, n in zip(moves, came.axes, strict=True)))


def unfit_mode(came: Shape, moves: tuple[Slide, ...], mode: Mode) -> Misfit | None:
    """Why the signal is too short to fill its padding: mirrored it has one cell less to give than it is long."""
    padding = tuple((m.before, m.after) for m in moves)
    return too_short(came, padding, mode)


def too_short(came: Shape, padding: tuple[tuple[int, int], ...], mode: Mode) -> Misfit | None:
    """The same for cells in front of and behind each axis."""
    for name, length, cells in zip(came.axis_names, came.axes, padding, strict=True):
        there = {"reflect": length - 1, "circular": length}.get(mode, max(cells))
        if max(cells) > there:
            return Misfit(
                f"Too little to fill the padding with ({mode})",
                f"{counted(length, name)}: {mode} padding can repeat {there} of them, and the padding has "
                f"{max(cells)}.",
            )
    return None


def torchs_sides(cells: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """As `F.pad` wants them: in front of and behind the last axis, then the one before it."""
    return tuple(n for both in reversed(cells) for n in both)


def counted(length: int, name: str) -> str:
    """'There are only 3 rows', 'There is only 1 column'."""
    cells = "time steps" if name == "time" else name
    return f"There are only {length} {cells}" if length != 1 else f"There is only 1 {cells.removesuffix('s')}"


def windows(moves: tuple[Slide, ...]) -> tuple[Window, ...]:
    return tuple(Window(m.extent, m.stride, m.before, m.dilation) for m in moves)


def scans(moves: tuple[Slide, ...]) -> tuple[Scan, ...]:
    return tuple(Scan(m.mask, m.stride, m.dilation, m.before, m.after) for m in moves)


def shape_lines(came: Shape, moves: tuple[Slide, ...]) -> tuple[str, ...]:
    """The shape formula for each axis; once where all axes are alike."""
    texts = [(name, m.text(n)) for name, n, m in zip(came.axis_names, came.axes, moves, strict=True)]
    if len({text for _, text in texts}) == 1:
        return (texts[0][1],)
    return tuple(f"{name}: {text}" for name, text in texts)


def options(
    moves: tuple[Slide, ...], default_stride: tuple[int, ...], mode: Mode = "zeros"
) -> tuple[tuple[str, Value], ...]:
    """Torch's keyword arguments that differ from its defaults."""
    found: list[tuple[str, Value]] = []
    stride = tuple(m.stride for m in moves)
    if stride != default_stride:
        found.append(("stride", per_axis(stride)))
    if any(m.before != m.after for m in moves):
        found.append(("padding", "same"))
    elif any(m.before for m in moves):
        found.append(("padding", per_axis(tuple(m.before for m in moves))))
    if mode != "zeros" and any(m.before or m.after for m in moves):
        found.append(("padding_mode", mode))
    if any(m.dilation > 1 for m in moves):
        found.append(("dilation", per_axis(tuple(m.dilation for m in moves))))
    return tuple(found)


def uneven_same(moves: tuple[Slide, ...]) -> bool:
    """Torch pads unevenly only where the stride is 1."""
    return any(m.before != m.after for m in moves) and any(m.stride > 1 for m in moves)
