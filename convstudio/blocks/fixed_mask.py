"""Fixed mask: every map is filtered by one mask that is chosen, not learned."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import mask_presets
from convstudio.blocks.convolution import Dilation, Pad, Stride
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.mask_presets import Recipe, Rows
from convstudio.network.call import Call, Constant
from convstudio.network.layer import Layer, Misfit, Remedy, Window, across, times
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape

Preset = Literal[
    "identity",
    "box",
    "gaussian",
    "sharpen",
    "sobel_x",
    "sobel_y",
    "prewitt_x",
    "prewitt_y",
    "laplacian",
    "laplacian_of_gaussian",
    "emboss",
    "gabor",
    "own",
]
WORDS = {
    "identity": "Identity",
    "box": "Box",
    "gaussian": "Gaussian",
    "sharpen": "Sharpen",
    "sobel_x": "Sobel x",
    "sobel_y": "Sobel y",
    "prewitt_x": "Prewitt x",
    "prewitt_y": "Prewitt y",
    "laplacian": "Laplacian",
    "laplacian_of_gaussian": "LoG",
    "emboss": "Emboss",
    "gabor": "Gabor",
    "own": "Own mask",
}
USES = {
    "identity": ("mask",),
    "box": ("mask",),
    "gaussian": ("mask", "sigma"),
    "laplacian_of_gaussian": ("mask", "sigma"),
    "gabor": ("mask", "sigma", "angle", "wavelength", "phase"),
    "own": ("numbers",),
}
"""The settings that matter to a preset; the others have a fixed mask of 3 × 3."""
DIGITS = 6
"""Significant digits of a weight: what is exported is what is computed with."""
Side = Annotated[int, Meta(ge=1, le=63)]
Weight = Annotated[float, Meta(ge=-1e6, le=1e6)]


class FixedMask(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "fixed_mask"
    title: ClassVar[str] = "Fixed mask"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "convolution"
    glyph: ClassVar[str] = "F"
    stem: ClassVar[str] = "fixed"
    about: ClassVar[str] = (
        "Filters every map with one mask that you choose and training leaves as it is: smoothing, edges, bars, or "
        "numbers of your own. It has no trained weights; its work is counted as a depthwise convolution's. A clip is "
        "filtered frame by frame. Its own padding is zeros; for another put a Pad before it."
    )
    keeps_width: ClassVar[bool] = True

    preset: Annotated[
        Preset, Meta(title="Mask", description="Which mask the maps are filtered with.", extra={"words": WORDS})
    ] = "sobel_x"
    mask: Annotated[
        tuple[Side, ...],
        Meta(min_length=1, max_length=2, title="Mask size", description="Rows × columns of the mask (the kernel)."),
    ] = (5,)
    sigma: Annotated[
        float, Meta(ge=0.1, le=50, title="Sigma", description="Standard deviation of the Gaussian, in cells.")
    ] = 1.0
    angle: Annotated[
        float, Meta(ge=-360, le=360, title="Angle", description="Degrees clockwise; at 0 the bars stand upright.")
    ] = 0.0
    wavelength: Annotated[
        float, Meta(ge=1, le=100, title="Wavelength", description="Cells from bar to bar of the same sign.")
    ] = 4.0
    phase: Annotated[
        float,
        Meta(ge=-360, le=360, title="Phase", description="Degrees: 0 has a bright bar in the middle, 90 an edge."),
    ] = 0.0
    numbers: Annotated[
        tuple[Annotated[tuple[Weight, ...], Meta(min_length=1, max_length=63)], ...],
        Meta(min_length=1, max_length=63, title="Numbers", description="One row of the mask a line, by spaces."),
    ] = ((0.0, -1.0, 0.0), (-1.0, 4.0, -1.0), (0.0, -1.0, 0.0))
    stride: Stride = (1,)
    padding: Pad = "same"
    dilation: Dilation = (1,)

    def heading(self) -> str:
        return f"{WORDS[self.preset]} {times(_size(self.rows()))}"

    def unused(self) -> frozenset[str]:
        makers = {"mask", "sigma", "angle", "wavelength", "phase", "numbers"}
        return frozenset(makers.difference(USES.get(self.preset, ())))

    def fault(self) -> str | None:
        if len({len(row) for row in self.numbers}) > 1 and self.preset == "own":
            lengths = ", ".join(str(len(row)) for row in self.numbers)
            return f"The rows of the mask hold {lengths} numbers; all need as many."
        if not any(any(row) for row in self.rows()):
            return "All numbers of the mask are 0, so that nothing would come out. Choose others, or a larger sigma."
        return None

    def rows(self, rank: int = 2) -> Rows:
        """The numbers of the mask for a signal (1: one row), an image or each frame of a clip."""
        return tuple(tuple(float(f"{n:.{DIGITS}g}") for n in row) for row in self._exact(rank))

    def _exact(self, rank: int) -> Rows:
        if self.preset == "own":
            return self.numbers
        if self.preset in mask_presets.MADE:
            rows, columns = across(self.mask, 2) or (1, 1)
            size = (1, columns) if rank == 1 else (rows, columns)
            return mask_presets.made(self.preset, Recipe(size, self.sigma, self.angle, self.wavelength, self.phase))
        if rank == 1 and self.preset in mask_presets.SIGNAL:
            return (mask_presets.SIGNAL[self.preset],)
        return mask_presets.IMAGE[self.preset]

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank == 1 and len(self.rows(1)) > 1:
            return Misfit(
                "A mask of several rows does not fit a signal",
                f"The mask is {times(_size(self.rows(1)))}, and a signal has one row. Choose a mask of one row.",
                (Remedy("Use Sobel x", replace(self, preset="sobel_x")),),
            )
        found = self._plain(came).output(inputs)
        return replace(found, remedies=self._remedies(found, inputs)) if isinstance(found, Misfit) else found

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return self._plain(inputs[0]).multiply_adds(inputs)

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        """Cells of the mask that hold 0 do not look at anything, so that its empty edges are left out."""
        (came,) = inputs
        return tuple(
            Window(
                size=(last - first) * window.dilation + 1,
                stride=window.stride,
                before=window.before - first * window.dilation,
                dilation=window.dilation,
            )
            for window, (first, last) in zip(self._plain(came).windows(inputs), self._filled(came.rank), strict=True)
        )

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        *shape, _ = self._plain(inputs[0]).arithmetic(inputs)
        return (*shape[1:], f"{grouped(prod(_size(self.rows(inputs[0].rank))))} numbers, chosen and not trained")

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """The options of a depthwise convolution, which torch's function takes under the same names."""
        (came,) = inputs
        rows = self.rows(came.rank)
        form = rows[0] if came.rank == 1 else rows if came.rank == 2 else (rows,)
        depthwise = self._plain(came).call(inputs)
        options = tuple(pair for pair in depthwise.options if pair[0] != "bias")
        return Call(f"F.conv{came.rank}d", (), options, constant=Constant(form, came.channels))

    def _plain(self, came: Shape) -> Depthwise:
        """The depthwise convolution that does the same work, with weights that would be learned."""
        rows, columns = _size(self.rows(came.rank))
        sizes = {1: (columns,), 2: (rows, columns)}.get(came.rank, (1, rows, columns))
        return Depthwise(mask=sizes, stride=self.stride, padding=self.padding, dilation=self.dilation, bias=False)

    def _filled(self, rank: int) -> tuple[tuple[int, int], ...]:
        """By axis: first and last place where the mask holds anything but 0."""
        rows = self.rows(rank)
        down = [number for number, row in enumerate(rows) if any(row)]
        right = [number for number in range(len(rows[0])) if any(row[number] for row in rows)]
        ends = ((down[0], down[-1]), (right[0], right[-1]))
        return ends[1:] if rank == 1 else ends if rank == 2 else ((0, 0), *ends)

    def _remedies(self, found: Misfit, inputs: tuple[Shape, ...]) -> tuple[Remedy, ...]:
        """What of that which would mend the depthwise convolution helps here too; the mask has a size of its own."""
        candidates = (
            (remedy.label, replace(self, stride=remedy.layer.stride, padding=remedy.layer.padding))
            for remedy in found.remedies
            if isinstance(remedy.layer, Depthwise)
        )
        return tuple(
            Remedy(label, layer)
            for label, layer in candidates
            if isinstance(layer._plain(inputs[0]).output(inputs), Shape)
        )


def _size(rows: Rows) -> tuple[int, int]:
    return len(rows), len(rows[0])
