"""Twins against torch: they give the same shape, and cost what torch makes and counts; so do the formulas."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from convstudio.blocks import (
    AveragePool,
    Convolution,
    Depthwise,
    Dilated,
    FullyConnected,
    MaxPool,
    Pointwise,
    ReLU,
    Separable,
    Transposed,
)
from convstudio.engine import calls
from convstudio.network.layer import Layer
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.swaps.arithmetic import plain_share, work
from convstudio.swaps.twins import as_convolution, twins

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")
IMAGE = Shape(8, (12, 13))
CASES = [
    (Convolution(channels=16), IMAGE),
    (Convolution(channels=16, mask=(5,), padding=(1, 2), stride=(2,)), IMAGE),
    (Convolution(channels=6, mask=(3, 5), padding="none", bias=False), IMAGE),
    (Convolution(channels=12, mask=(7,), padding_mode="reflect"), IMAGE),
    (Convolution(channels=16, groups=8, dilation=(2,)), IMAGE),
    (Convolution(channels=16, mask=(1,)), IMAGE),
    (Convolution(channels=5, mask=(2,), padding="none"), IMAGE),
    (Convolution(channels=5, mask=(9,)), Shape(1, (40,))),
    (Convolution(channels=4), Shape(2, (4, 8, 8))),
    (Dilated(channels=16, dilation=(3,), padding="none"), IMAGE),
    (Separable(channels=16, mask=(5,), multiplier=2), IMAGE),
    (Depthwise(multiplier=2, padding="none"), IMAGE),
    (Pointwise(channels=4), IMAGE),
    (Transposed(channels=4), IMAGE),
    (MaxPool(), IMAGE),
    (MaxPool(window=(3,), padding=(1,), dilation=(2,)), IMAGE),
    (AveragePool(window=(3,), stride=(2,)), IMAGE),
]
ALL = [(layer, came, twin) for layer, came in CASES for twin in twins(layer, came) if twin.layers]


def torchs(chain: tuple[Layer, ...], came: Shape) -> tuple[tuple[int, ...], int, int]:
    """The shape, weights and multiply-adds that torch makes and counts of a chain."""
    weights, shape = 0, came
    images = torch.empty(2, *came.dims, device="meta")
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        for layer in chain:
            found = measure(layer, (shape,))
            assert found.call is not None
            assert found.output is not None
            applied = calls.module(found.call) if found.call.is_module else calls.function(found.call)
            weights += sum(p.numel() for p in applied.parameters()) if isinstance(applied, nn.Module) else 0
            images, shape = applied(images), found.output
    return tuple(images.shape[1:]), weights, counter.get_total_flops() // 4


@pytest.mark.parametrize(
    ("layer", "came", "twin"), ALL, ids=[f"{c[0].heading()}-{c[2].key}-{n}" for n, c in enumerate(ALL)]
)
def test_a_twin_gives_the_same_shape_and_costs_what_torch_says(layer: Layer, came: Shape, twin) -> None:
    shape, weights, multiply_adds = torchs(twin.layers, came)
    assert shape == torchs((layer,), came)[0]
    parts, at = [], came
    for each in twin.layers:
        parts.append(measure(each, (at,)))
        at = parts[-1].output
    assert sum(p.parameters for p in parts) == weights
    assert sum(p.multiply_adds for p in parts) == multiply_adds


CONVOLUTIONS = [c for c in ALL if as_convolution(c[2].layers[-1], c[1]) and len(c[2].layers) == 1]


@pytest.mark.parametrize(("layer", "came", "twin"), CONVOLUTIONS, ids=[f"{n}" for n in range(len(CONVOLUTIONS))])
def test_the_formula_of_the_saving_is_what_torch_counts(layer: Layer, came: Shape, twin) -> None:
    (made,) = twin.layers
    plain = as_convolution(made, came)
    share = torchs((made,), came)[2] / torchs((plain,), came)[2]
    assert plain_share(made, came) == pytest.approx(share)
    if isinstance(made, Separable) or getattr(made, "groups", 1) > 1:
        assert float(work(made, came)[-1 if isinstance(made, Separable) else 1].rpartition("= ")[2]) == pytest.approx(
            share, rel=0.005
        )


def test_the_lecture_s_numbers_stand_in_the_lines() -> None:
    assert work(Separable(channels=64), Shape(32, (28, 28))) == (
        "depthwise 32 · 3 · 3 · 28 · 28 = 225 792",
        "pointwise 64 · 32 · 28 · 28 = 1 605 632",
        "of a plain 3×3 1/N + 1/k² = 1/64 + 1/9 = 0.127",
    )
    assert work(Dilated(channels=4), Shape(2, (9, 9)))[-1] == (
        "field (3 - 1) · 2 + 1 = 5: 9 weights of the 25 of a full mask = 0.36"
    )
    assert work(Convolution(channels=8, groups=4), Shape(4, (5, 5))) == (
        "multiply-adds 8 · (4/4 · 3 · 3) · 5 · 5 = 1 800",
        "of a plain one 1/groups = 1/4 = 0.25",
    )
    assert work(ReLU(), IMAGE) == ()


def keys(layer: Layer, came: Shape = IMAGE) -> dict[str, tuple[Layer, ...]]:
    return {twin.key: twin.layers for twin in twins(layer, came)}


def test_each_idea_is_what_it_is_called() -> None:
    found = keys(Convolution(channels=16, mask=(5,)))
    assert found["larger"] == (Convolution(channels=16, mask=(9,)),)
    assert found["dilated"] == (Dilated(channels=16, mask=(5,), dilation=(2,)),)
    assert found["dilated_same"] == (Dilated(channels=16, mask=(3,), dilation=(2,)),)
    assert found["separable"] == (Separable(channels=16, mask=(5,)),)
    assert found["grouped"] == (Convolution(channels=16, mask=(5,), groups=8),)
    assert "standard" not in found
    back = keys(Dilated(channels=16))
    assert back["standard"] == (Convolution(channels=16),)
    assert keys(Dilated(channels=16, dilation=(4,)))["full"] == (Convolution(channels=16, mask=(9,)),)


def test_what_cannot_be_is_said() -> None:
    words = {twin.key: twin.words for twin in twins(Convolution(channels=5, mask=(1,)), Shape(3, (4, 4)))}
    assert "cannot" not in words["larger"]
    assert "1 × 1" in words["dilated"]
    assert "nothing to separate" in words["separable"]
    assert "3 input and 5 output channels" in words["grouped"]
    too_large = {t.key: t.words for t in twins(Convolution(mask=(7,), padding_mode="circular"), Shape(2, (5, 5)))}
    assert "circular" in too_large["larger"]
    even = {t.key: t.words for t in twins(Convolution(mask=(4,), stride=(2,), padding=(1,)), Shape(2, (9, 9)))}
    assert even["larger"] == "" or "instead of" in even["larger"]


def test_where_nothing_fits_there_are_none() -> None:
    assert twins(ReLU(), IMAGE) == ()
    assert twins(FullyConnected(), Shape(9)) == ()
    assert twins(Convolution(mask=(20,), padding="none"), IMAGE) == ()
    assert twins(Convolution(mask=(3, 3, 3)), IMAGE) == ()
