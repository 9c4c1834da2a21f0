"""Separable convolution: one mask for each input map (depthwise), then a 1 × 1 mix of the maps (pointwise)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks.convolution import Bias, Convolution, Dilation, Maps, Mask, Pad, PaddingMode, Stride
from convstudio.blocks.depthwise import Depthwise, Multiplier
from convstudio.blocks.pointwise import Pointwise
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Remedy, Scan, Window, shortened, times
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape

MODULES = {"relu": "nn.ReLU", "elu": "nn.ELU", "gelu": "nn.GELU", "silu": "nn.SiLU"}


class Separable(Layer, frozen=True, kw_only=True):
    """Sifre (2014), section 6.2; Chollet, "Xception" (2016), with the depthwise stage first."""

    kind: ClassVar[str] = "separable"
    title: ClassVar[str] = "Separable"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "separable"
    glyph: ClassVar[str] = "S"
    stem: ClassVar[str] = "separable"
    about: ClassVar[str] = (
        "A convolution in two cheap stages. Depthwise: each input map is filtered by masks of its own. Pointwise: "
        "1 × 1 masks mix the filtered maps into the output maps. The work shrinks to 1/N + 1/k² of a plain "
        "convolution with N output maps and k × k masks."
    )

    channels: Maps = 8
    mask: Mask = (3,)
    stride: Stride = (1,)
    padding: Pad = "same"
    padding_mode: PaddingMode = "zeros"
    dilation: Dilation = (1,)
    multiplier: Multiplier = 1
    between: Annotated[
        Literal["none", "relu", "elu", "gelu", "silu"],
        Meta(title="Between the stages", description="An activation after the depthwise stage; usually none."),
    ] = "none"
    bias: Bias = True

    def heading(self) -> str:
        return f"{self.title} {times(self.mask)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        found = self._depthwise.output(inputs)
        if isinstance(found, Shape):
            return Shape(self.channels, found.axes)
        return replace(found, remedies=self._remedies(found))

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return self._depthwise.parameters(inputs) + self._pointwise.parameters(self._filtered(inputs))

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return self._depthwise.multiply_adds(inputs) + self._pointwise.multiply_adds(self._filtered(inputs))

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return self._depthwise.windows(inputs)

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        *shape, depthwise = self._depthwise.arithmetic(inputs)
        (pointwise,) = self._pointwise.arithmetic(self._filtered(inputs))
        share = self.multiply_adds(inputs) / self._plain.multiply_adds(inputs)
        return (
            *(shape if self.multiplier > 1 else shape[1:]),
            f"depthwise {depthwise}",
            f"pointwise {pointwise}",
            f"weights together {grouped(self.parameters(inputs))}",
            f"work {share:.3f} of a plain convolution's",
        )

    @property
    def linear(self) -> bool:  # type: ignore[override]
        return self.between == "none"

    def scans(self, inputs: tuple[Shape, ...]) -> tuple[Scan, ...]:
        return self._depthwise.scans(inputs)

    def with_masks(self, cells: tuple[int, ...], dilation: tuple[int, ...]) -> Layer:
        return replace(self, mask=shortened(cells), dilation=shortened(dilation))

    def with_width(self, channels: int) -> Layer:
        return replace(self, channels=channels)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """Stages by name, so that the weights are called `depthwise.weight` and `pointwise.weight`."""
        between = () if self.between == "none" else (("activation", Call(MODULES[self.between])),)
        stages = (
            ("depthwise", self._depthwise.call(inputs)),
            *between,
            ("pointwise", self._pointwise.call(self._filtered(inputs))),
        )
        return Call("nn.Sequential", (Call("OrderedDict", (), stages),))

    @property
    def _depthwise(self) -> Depthwise:
        return Depthwise(
            multiplier=self.multiplier,
            mask=self.mask,
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            bias=self.bias,
        )

    @property
    def _pointwise(self) -> Pointwise:
        return Pointwise(channels=self.channels, bias=self.bias)

    @property
    def _plain(self) -> Convolution:
        return Convolution(
            channels=self.channels,
            mask=self.mask,
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
        )

    def _filtered(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """What the depthwise stage hands to the pointwise one."""
        found = self._depthwise.output(inputs)
        assert isinstance(found, Shape)
        return (found,)

    def _remedies(self, found: Misfit) -> tuple[Remedy, ...]:
        """What would mend the depthwise stage, with this one's settings."""
        return tuple(
            Remedy(
                remedy.label,
                replace(
                    self,
                    mask=remedy.layer.mask,
                    dilation=remedy.layer.dilation,
                    stride=remedy.layer.stride,
                    padding=remedy.layer.padding,
                    padding_mode=remedy.layer.padding_mode,
                ),
            )
            for remedy in found.remedies
            if isinstance(remedy.layer, Depthwise)
        )
