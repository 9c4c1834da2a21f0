"""The table of blocks: every kind with settings and input shapes that the conformance and export tests go through."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.blocks import (
    ELU,
    GELU,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Convolution,
    Depthwise,
    Dilated,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    Input,
    LayerNorm,
    LeakyReLU,
    MaxPool,
    Multiply,
    Output,
    Pointwise,
    ReLU,
    Separable,
    Sigmoid,
    SiLU,
    SpatialDropout,
    Tanh,
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
    *(ReLU, LeakyReLU, ELU, GELU, SiLU, Sigmoid, Tanh),
    *(BatchNorm, GroupNorm, LayerNorm, Dropout, Flatten, Output),
)
WITH_AXES: tuple[type[Layer], ...] = (Pointwise, GlobalAveragePool, GlobalMaxPool, SpatialDropout)


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


def _sliding(kind: type[Convolution]) -> list[tuple[Layer, Shape]]:
    wide = [(kind(), shape) for shape in (SIGNAL, IMAGE, CLIP)]
    settings: list[Layer] = [
        kind(channels=5, mask=(2,), dilation=(1,)),
        kind(mask=(4,), padding="same", dilation=(3,) if kind is Dilated else (1,)),
        kind(mask=(5,), padding="none", dilation=(1,), bias=False),
        kind(mask=(3,), stride=(2,), padding="same"),
        kind(mask=(3,), stride=(3,), padding=(2,), dilation=(2,)),
        kind(mask=(1,), stride=(1,), padding="none", dilation=(1,)),
        kind(mask=(2,), stride=(3,), padding=(3,), dilation=(1,)),
    ]
    by_axis: list[tuple[Layer, Shape]] = [
        (kind(mask=(3, 5), stride=(1, 2), padding=(0, 2), dilation=(2, 1)), IMAGE),
        (kind(mask=(4, 3), padding="same", dilation=(1, 2), channels=1), IMAGE),
        (kind(mask=(1, 2, 3), stride=(2, 1, 1), padding=(0, 1, 1), dilation=(1, 1, 2), bias=False), CLIP),
        (kind(mask=(2, 3, 4), padding="same", dilation=(1,)), CLIP),
    ]
    return [*wide, *((layer, shape) for layer in settings for shape in (SIGNAL, IMAGE)), *by_axis]


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


def _cases() -> tuple[Case, ...]:
    single: list[tuple[Layer, Shape]] = [
        *_sliding(Convolution),
        *_sliding(Dilated),
        *_sliding(Separable),
        *_pooling(MaxPool),
        *_pooling(AveragePool),
        *_depthwise(),
        *((kind(), shape) for kind in EVERYWHERE for shape in EVERY),
        *((kind(), shape) for kind in WITH_AXES for shape in (SIGNAL, IMAGE, CLIP)),
        (Pointwise(channels=3, bias=False), IMAGE),
        (LeakyReLU(slope=0.2), IMAGE),
        (LeakyReLU(slope=1.0), VECTOR),
        (ELU(alpha=0.5), IMAGE),
        (GroupNorm(groups=1), IMAGE),
        (GroupNorm(groups=2), Shape(2, (3,))),
        (GroupNorm(groups=4), VECTOR),
        (Dropout(share=0.0), VECTOR),
        (SpatialDropout(share=0.5), IMAGE),
        (FullyConnected(), VECTOR),
        (FullyConnected(channels=1, bias=False), VECTOR),
    ]
    many = [
        *(Case(kind(), (shape, shape)) for kind in (Add, Multiply) for shape in EVERY),
        *(Case(kind(), (IMAGE, IMAGE, IMAGE)) for kind in (Add, Multiply)),
        *(Case(Concatenate(), (shape, Shape(shape.channels + 1, shape.axes))) for shape in EVERY),
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
    first = case.inputs[0]
    made, start = edits.add(Network(), Input(channels=first.channels, axes=first.axes), 0, 0)
    made, block = edits.add(made, case.layer, 400, 0)
    for number, shape in enumerate(case.inputs):
        made, source = (made, start) if number == 0 else _branch(made, start, shape)
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
    """Another result of this shape, which like the Input's has all axes."""
    layer: Layer = (
        Convolution(channels=shape.channels, mask=(1,)) if shape.axes else FullyConnected(channels=shape.channels)
    )
    return edits.append_after(made, start, layer)


def _ended(made: Network, block: str) -> Network:
    return edits.append_after(made, block, Output())[0]
