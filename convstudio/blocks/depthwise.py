"""Depthwise convolution: every input map is filtered alone, by masks of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks.convolution import Bias, Convolution, Dilation, Mask, Pad, PaddingMode, Stride
from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Remedy, Scan, Window, shortened, times
from convstudio.network.shape import Shape

Multiplier = Annotated[
    int, Meta(ge=1, le=256, title="Multiplier", description="Masks, and so filtered maps, for each input map.")
]


class Depthwise(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "depthwise"
    title: ClassVar[str] = "Depthwise"
    section: ClassVar[str] = "Convolution"
    colour: ClassVar[str] = "separable"
    glyph: ClassVar[str] = "W"
    stem: ClassVar[str] = "depthwise"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Each input map is filtered alone, by masks of its own; nothing is summed over the maps. It costs a fraction "
        "of a plain convolution, but the maps learn nothing of each other: a pointwise block after it mixes them, and "
        "both together are a separable convolution."
    )

    multiplier: Multiplier = 1
    mask: Mask = (3,)
    stride: Stride = (1,)
    padding: Pad = "same"
    padding_mode: PaddingMode = "zeros"
    dilation: Dilation = (1,)
    bias: Bias = True

    def heading(self) -> str:
        return f"{self.title} {times(self.mask)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        found = self._plain(inputs).output(_one_map(inputs))
        return replace(found, remedies=self._remedies(found)) if isinstance(found, Misfit) else found

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return self._plain(inputs).parameters(_one_map(inputs))

    def multiply_adds(self, inputs: tuple[Shape, ...]) -> int:
        return self._plain(inputs).multiply_adds(_one_map(inputs))

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return self._plain(inputs).windows(_one_map(inputs))

    def scans(self, inputs: tuple[Shape, ...]) -> tuple[Scan, ...]:
        return self._plain(inputs).scans(_one_map(inputs))

    def with_masks(self, cells: tuple[int, ...], dilation: tuple[int, ...]) -> Layer:
        return replace(self, mask=shortened(cells), dilation=shortened(dilation))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        plain = self._plain(inputs)
        maps = f"maps {inputs[0].channels} · {self.multiplier} = {plain.channels}"
        return (maps, *plain.arithmetic(_one_map(inputs)))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        came = inputs[0].channels
        call = self._plain(inputs).call(_one_map(inputs))
        return replace(call, arguments=(came, *call.arguments[1:]), options=(*call.options, ("groups", came)))

    def _plain(self, inputs: tuple[Shape, ...]) -> Convolution:
        """The convolution of a single map with as many output maps: it has the same weights and does the same work."""
        return Convolution(
            channels=inputs[0].channels * self.multiplier,
            mask=self.mask,
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            bias=self.bias,
        )

    def _remedies(self, found: Misfit) -> tuple[Remedy, ...]:
        """What would mend the plain convolution, with this one's settings."""
        return tuple(
            Remedy(remedy.label, replace(self, **{name: getattr(remedy.layer, name) for name in _SHARED}))
            for remedy in found.remedies
            if isinstance(remedy.layer, Convolution)
        )


_SHARED = ("mask", "stride", "padding", "padding_mode", "dilation")


def _one_map(inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
    return (Shape(1, inputs[0].axes),)
