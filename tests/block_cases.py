"""The table of blocks: every kind with settings and input shapes that the conformance and export tests go through."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.blocks import (
    ELU,
    GELU,
    AdaptiveAveragePool,
    AdaptiveMaxPool,
    Add,
    AveragePool,
    BatchNorm,
    ChannelShuffle,
    ChannelSlice,
    ClippedReLU,
    Concatenate,
    Convolution,
    Crop,
    Depthwise,
    Dilated,
    Dropout,
    FixedMask,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Input,
    LayerNorm,
    LeakyReLU,
    LocalResponseNorm,
    MaxPool,
    Multiply,
    Output,
    Pad,
    Pointwise,
    PReLU,
    ReLU,
    Reshape,
    Separable,
    Sigmoid,
    SiLU,
    Softmax,
    SpatialDropout,
    Tanh,
    Transposed,
    Upsample,
    catalogue,
)
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Analysis
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

VECTOR = Shape(12)
SIGNAL = Shape(4, (23,))
IMAGE = Shape(2, (11, 9))
CLIP = Shape(2, (7, 8, 6))
EVERY = (VECTOR, SIGNAL, IMAGE, CLIP)

EVERYWHERE: tuple[type[Layer], ...] = (
    *(ReLU, ClippedReLU, LeakyReLU, ELU, GELU, SiLU, HardSwish, Sigmoid, HardSigmoid, Tanh),
    *(PReLU, BatchNorm, GroupNorm, LayerNorm, Dropout, Flatten, Output),
    Softmax,
)
WITH_AXES: tuple[type[Layer], ...] = (
    *(Pointwise, GlobalAveragePool, GlobalMaxPool, AdaptiveAveragePool, AdaptiveMaxPool),
    *(FixedMask, SpatialDropout, LocalResponseNorm, Upsample, Pad, Crop, Transposed),
)


@dataclass(frozen=True)
class Case:
    """One row: a layer and the shapes that arrive at it."""

    layer: Layer
    inputs: tuple[Shape, ...]

    @property
    def name(self) -> str:
        changed = [str(v) for v in _settings(self.layer) if v is not None]
        return (
            "-".join([self.layer.kind, *(s.compact for s in self.inputs), *changed]).replace(" ", "").replace("×", "x")
        )


def _settings(layer: Layer) -> list[object]:
    default = type(layer)()
    return [
        f"{name}={value}"
        for name in layer.__struct_fields__
        if (value := getattr(layer, name)) != getattr(default, name)
    ]


def _sliding(kind: type[Convolution] | type[Separable]) -> list[tuple[Layer, Shape]]:
    wide = [(kind(), shape) for shape in (SIGNAL, IMAGE, CLIP)]
    settings: list[Layer] = [
        kind(channels=5, mask=(2,), dilation=(1,)),
        kind(mask=(4,), padding="same", dilation=(3,) if kind is Dilated else (1,)),
        kind(mask=(5,), padding="none", dilation=(1,), bias=False),
        kind(mask=(3,), stride=(2,), padding="same"),
        kind(mask=(3,), stride=(3,), padding=(2,), dilation=(2,)),
        kind(mask=(1,), stride=(1,), padding="none", dilation=(1,)),
        kind(mask=(2,), stride=(3,), padding=(3,), dilation=(1,)),
        kind(mask=(4,), dilation=(1,), padding_mode="reflect"),
        kind(mask=(5,), stride=(2,), padding_mode="replicate"),
        kind(mask=(3,), dilation=(2,), padding=(4,), padding_mode="circular"),
    ]
    by_axis: list[tuple[Layer, Shape]] = [
        (kind(mask=(3, 5), stride=(1, 2), padding=(0, 2), dilation=(2, 1)), IMAGE),
        (kind(mask=(4, 3), padding="same", dilation=(1, 2), channels=1), IMAGE),
        (kind(mask=(1, 2, 3), stride=(2, 1, 1), padding=(0, 1, 1), dilation=(1, 1, 2), bias=False), CLIP),
        (kind(mask=(2, 3, 4), padding="same", dilation=(1,)), CLIP),
    ]
    return [*wide, *((layer, shape) for layer in settings for shape in (SIGNAL, IMAGE)), *by_axis]


def _grouped() -> list[tuple[Layer, Shape]]:
    four, six = Shape(4, (9,)), Shape(6, (7, 8))
    return [
        (Convolution(channels=6, groups=2), four),
        (Convolution(channels=4, groups=4, mask=(2,), padding_mode="reflect"), four),
        (Convolution(channels=9, groups=3, mask=(3, 2), stride=(2, 1), padding=(1, 0), bias=False), six),
        (Convolution(mask=(1,), padding="none", padding_mode="circular"), six),
        (Convolution(mask=(3, 1, 2), padding_mode="reflect"), CLIP),
        (Convolution(mask=(3,), padding=(1, 0, 2), padding_mode="circular"), CLIP),
        (Convolution(mask=(3,), padding=(1, 0, 2), padding_mode="replicate"), CLIP),
        (Dilated(channels=6, groups=3), six),
        (Separable(multiplier=2, between="relu"), IMAGE),
        (Separable(multiplier=3, between="gelu", bias=False), SIGNAL),
        (Separable(between="elu", stride=(2,)), CLIP),
        (Separable(between="silu"), IMAGE),
        (Depthwise(mask=(4,), padding_mode="circular"), SIGNAL),
        (Depthwise(mask=(3,), stride=(2,), padding_mode="replicate"), IMAGE),
    ]


def _transposed() -> list[tuple[Layer, Shape]]:
    settings: list[Layer] = [
        Transposed(channels=3, mask=(3,)),
        Transposed(mask=(4,), padding=(1,)),
        Transposed(mask=(3,), padding=(1,), output_padding=(1,)),
        Transposed(mask=(2,), stride=(3,), bias=False),
        Transposed(mask=(5,), stride=(3,), padding=(2,), output_padding=(2,)),
        Transposed(mask=(3,), stride=(1,), padding=(1,)),
        Transposed(mask=(3,), dilation=(2,)),
        Transposed(mask=(3,), stride=(3,), dilation=(3,), padding=(3,)),
        Transposed(mask=(2,), stride=(4,), dilation=(6,), output_padding=(3,)),
    ]
    by_axis: list[tuple[Layer, Shape]] = [
        (Transposed(mask=(3, 2), stride=(1, 2), padding=(1, 0), dilation=(1, 2)), IMAGE),
        (Transposed(mask=(4, 3), output_padding=(1, 0), padding=(2, 1)), IMAGE),
        (Transposed(mask=(1, 2, 3), stride=(1, 2, 1), padding=(0, 0, 1)), CLIP),
        (Transposed(channels=6, groups=2), SIGNAL),
        (Transposed(channels=2, groups=2, mask=(3,), padding=(1,), output_padding=(1,)), IMAGE),
    ]
    return [*((layer, shape) for layer in settings for shape in (SIGNAL, IMAGE)), *by_axis]


def _resized() -> list[tuple[Layer, Shape]]:
    modes = ("zeros", "reflect", "replicate", "circular")
    pads: list[Layer] = [Pad(before=(2,), after=(0,), mode=mode) for mode in modes]
    return [
        *((layer, shape) for layer in pads for shape in (SIGNAL, IMAGE, CLIP)),
        *((Pad(before=(0, 3), after=(1, 2), mode=mode), IMAGE) for mode in modes),
        (Pad(before=(0, 1, 2), after=(3, 0, 1), mode="circular"), CLIP),
        (Crop(before=(2,), after=(0,)), SIGNAL),
        (Crop(before=(0, 3), after=(4, 1)), IMAGE),
        (Upsample(factor=(3,), mode="linear"), SIGNAL),
        (Upsample(factor=(2,), mode="linear"), SIGNAL),
        (Upsample(factor=(2, 3), mode="linear"), IMAGE),
        (Upsample(factor=(1, 2, 4), mode="linear"), CLIP),
        (Upsample(factor=(4, 1)), IMAGE),
        *((kind(size=(1,)), shape) for kind in ADAPTIVE for shape in (SIGNAL, IMAGE, CLIP)),
        *((kind(size=(3, 9)), IMAGE) for kind in ADAPTIVE),
        *((kind(size=(4, 5)), IMAGE) for kind in ADAPTIVE),
        *((kind(size=(13,)), IMAGE) for kind in ADAPTIVE),
        *((kind(size=(7, 4, 3)), CLIP) for kind in ADAPTIVE),
        *((ChannelSlice(first=1, channels=1), shape) for shape in EVERY),
        (ChannelSlice(first=3, channels=6), VECTOR),
        (ChannelSlice(channels=2), IMAGE),
        (ChannelSlice(), SIGNAL),
        *((ChannelShuffle(), shape) for shape in (SIGNAL, IMAGE, CLIP)),
        (ChannelShuffle(groups=3), Shape(12, (3, 2))),
        (ChannelShuffle(groups=4), SIGNAL),
        (Reshape(channels=3, axes=(4,)), VECTOR),
        (Reshape(channels=3, axes=(2, 2)), VECTOR),
        (Reshape(channels=3, axes=(1, 2, 2)), VECTOR),
        (Reshape(channels=12, axes=()), Shape(12, (1, 1))),
        (Reshape(channels=4, axes=(6,)), Shape(4, (1, 6))),
    ]


def _fixed() -> list[tuple[Layer, Shape]]:
    sized = ("identity", "box", "gaussian", "laplacian_of_gaussian", "gabor")
    three = ("sharpen", "sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "laplacian", "emboss")
    return [
        *((FixedMask(preset=preset), IMAGE) for preset in (*sized, *three)),
        *((FixedMask(preset=preset, mask=(4, 3), padding="none"), IMAGE) for preset in sized),
        *((FixedMask(preset=preset), SIGNAL) for preset in (*sized, "sharpen", "prewitt_x", "laplacian")),
        *((FixedMask(preset=preset), CLIP) for preset in ("gaussian", "sobel_y", "emboss")),
        (FixedMask(preset="gabor", angle=30.0, wavelength=3.0, phase=90.0, sigma=2.0, mask=(7,)), IMAGE),
        (FixedMask(preset="gaussian", mask=(4,)), IMAGE),
        (FixedMask(preset="own", numbers=((0.0, 0.0, 0.0), (0.0, 2.5, 0.0))), IMAGE),
        (FixedMask(preset="own", numbers=((1.0, 0.0, -1.0),), stride=(2,), padding=(1,), dilation=(2,)), SIGNAL),
        (FixedMask(stride=(2, 1), padding=(1, 2), dilation=(1, 2)), IMAGE),
    ]


ADAPTIVE = (AdaptiveAveragePool, AdaptiveMaxPool)


def _depthwise() -> list[tuple[Layer, Shape]]:
    settings: list[Layer] = [
        Depthwise(),
        Depthwise(multiplier=3, mask=(5,), padding="none", bias=False),
        Depthwise(multiplier=2, mask=(2,)),
        Depthwise(stride=(3,), padding=(2,), dilation=(2,)),
    ]
    by_axis: list[tuple[Layer, Shape]] = [
        (Depthwise(multiplier=2, mask=(3, 5), stride=(1, 2), padding=(0, 2), dilation=(2, 1)), IMAGE),
        (Depthwise(mask=(1, 2, 3), stride=(2, 1, 1), padding=(0, 1, 1), dilation=(1, 1, 2), bias=False), CLIP),
        (Depthwise(multiplier=4), Shape(1, (11, 9))),
    ]
    return [*((layer, shape) for layer in settings for shape in (SIGNAL, IMAGE)), (Depthwise(), CLIP), *by_axis]


def _pooling(kind: type[MaxPool]) -> list[tuple[Layer, Shape]]:
    settings: list[Layer] = [
        kind(),
        kind(window=(3,), stride=(1,), padding=(1,)),
        kind(window=(3,), stride=(2,), padding=(0,)),
        kind(window=(4,), stride=(4,), padding=(2,)),
        kind(window=(2,), stride=(3,)),
    ]
    by_axis: list[tuple[Layer, Shape]] = [
        (kind(window=(2, 3), stride=(2, 3), padding=(1, 0)), IMAGE),
        (kind(window=(1, 2, 2), stride=(1, 2, 2)), CLIP),
    ]
    return [*((layer, shape) for layer in settings for shape in (SIGNAL, IMAGE, CLIP)), *by_axis]


def _apart() -> list[tuple[Layer, Shape]]:
    """Pools whose cells do not lie side by side."""
    return [
        *((MaxPool(window=(3,), stride=(1,), padding=(1,), dilation=(2,)), shape) for shape in (SIGNAL, IMAGE, CLIP)),
        (MaxPool(window=(2, 3), stride=(2, 1), padding=(1, 0), dilation=(4, 3)), IMAGE),
        (MaxPool(window=(2,), stride=(3,), padding=(1,), dilation=(7,)), SIGNAL),
    ]


def _cases() -> tuple[Case, ...]:
    single: list[tuple[Layer, Shape]] = [
        *_sliding(Convolution),
        *_sliding(Dilated),
        *_sliding(Separable),
        *_pooling(MaxPool),
        *_pooling(AveragePool),
        *_apart(),
        *_depthwise(),
        *_grouped(),
        *_transposed(),
        *_fixed(),
        *_resized(),
        *((kind(), shape) for kind in EVERYWHERE for shape in EVERY),
        *((kind(), shape) for kind in WITH_AXES for shape in (SIGNAL, IMAGE, CLIP)),
        (Pointwise(channels=3, bias=False), IMAGE),
        (LeakyReLU(slope=0.2), IMAGE),
        (LeakyReLU(slope=1.0), VECTOR),
        (ClippedReLU(ceiling=9.5), IMAGE),
        (ELU(alpha=0.5), IMAGE),
        (GroupNorm(groups=1), IMAGE),
        (GroupNorm(groups=2), Shape(2, (3,))),
        (GroupNorm(groups=4), VECTOR),
        (Dropout(share=0.0), VECTOR),
        (SpatialDropout(share=0.5), IMAGE),
        (PReLU(shared=True), IMAGE),
        (LocalResponseNorm(size=3, alpha=0.5, beta=0.5, k=1.0), Shape(7, (5, 4))),
        (AveragePool(window=(3,), padding=(1,), count_padding=False), SIGNAL),
        (AveragePool(window=(3, 2), stride=(2, 2), padding=(1, 0), count_padding=False), IMAGE),
        (AveragePool(window=(2,), count_padding=False), CLIP),
        (FullyConnected(), VECTOR),
        (FullyConnected(channels=1, bias=False), VECTOR),
    ]
    many = [
        *(Case(kind(), (shape, shape)) for kind in (Add, Multiply) for shape in EVERY),
        *(Case(kind(), (IMAGE, IMAGE, IMAGE)) for kind in (Add, Multiply)),
        *(Case(Concatenate(), (shape, Shape(shape.channels + 1, shape.axes))) for shape in EVERY),
        Case(Multiply(), (IMAGE, Shape(2))),
        Case(Multiply(), (Shape(2), IMAGE)),
        Case(Multiply(), (CLIP, Shape(2, (1, 1, 1)), Shape(2))),
        Case(Multiply(), (SIGNAL, Shape(1, SIGNAL.axes))),
        Case(Multiply(), (Shape(1, IMAGE.axes), IMAGE, Shape(2))),
        Case(Concatenate(), (IMAGE, Shape(1, IMAGE.axes), Shape(4, IMAGE.axes))),
    ]
    starts = [Case(Input(channels=shape.channels, axes=shape.axes), ()) for shape in EVERY]
    return (*starts, *(Case(layer, (shape,)) for layer, shape in single), *many)


CASES = _cases()


def network(case: Case) -> tuple[Network, str]:
    """A network from one Input through the row's layer to an Output, and the id of the layer's block."""
    if not case.layer.ports:
        made, block = edits.add(Network(), case.layer, 0, 0)
        return _ended(made, block), block
    first = max(case.inputs, key=lambda shape: shape.size)
    made, start = edits.add(Network(), Input(channels=first.channels, axes=first.axes), 0, 0)
    made, block = edits.add(made, case.layer, 400, 0)
    for number, shape in enumerate(case.inputs):
        made, source = (made, start) if number == case.inputs.index(first) else _branch(made, start, shape)
        port = made.free_port(block)
        assert port is not None
        made = edits.connect(made, Wire(source, block, port))
    return (made if case.layer.ends else _ended(made, block)), block


def resolved(case: Case) -> tuple[Network, Analysis, str]:
    """The network of a row with its analysis, which has no errors, and the id of the layer's block."""
    made, block = network(case)
    analysis = resolve(made, catalogue())
    assert analysis.errors == ()
    return made, analysis, block


def _branch(made: Network, start: str, shape: Shape) -> tuple[Network, str]:
    """Another result of this shape, worked out from the Input's."""
    came = made.blocks[start].layer.output(())
    assert isinstance(came, Shape)
    last = start
    if came.axes and not shape.axes:
        made, last = edits.append_after(made, last, GlobalAveragePool())
    elif came.axes != shape.axes:
        made, last = edits.append_after(made, last, AdaptiveAveragePool(size=shape.axes))
    layer: Layer = (
        Convolution(channels=shape.channels, mask=(1,)) if shape.axes else FullyConnected(channels=shape.channels)
    )
    return edits.append_after(made, last, layer)


def _ended(made: Network, block: str) -> Network:
    return edits.append_after(made, block, Output())[0]
