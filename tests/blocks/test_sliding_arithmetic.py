"""Random settings and shapes for convolution and pooling: we refuse exactly what torch refuses, else agree."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import nn

from convstudio.blocks import AveragePool, Convolution, Dilated, MaxPool, Separable
from convstudio.network.layer import Misfit
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def sizes(low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(low, high), min_size=1, max_size=3).map(tuple)


shapes = st.builds(Shape, st.integers(1, 3), st.lists(st.integers(1, 9), min_size=0, max_size=3).map(tuple))
convolutions = st.builds(
    lambda kind, **settings: kind(**settings),
    st.sampled_from([Convolution, Dilated, Separable]),
    channels=st.integers(1, 4),
    mask=sizes(1, 5),
    stride=sizes(1, 3),
    padding=st.sampled_from(["none", "same"]) | sizes(0, 3),
    dilation=sizes(1, 3),
    bias=st.booleans(),
)
poolings = st.builds(
    lambda kind, **settings: kind(**settings),
    st.sampled_from([MaxPool, AveragePool]),
    window=sizes(1, 5),
    stride=sizes(1, 4),
    padding=sizes(0, 3),
)


def plain(sizes: tuple[int, ...]) -> Any:
    """As a person would hand it to torch: one number, or one for each axis."""
    return sizes[0] if len(sizes) == 1 else sizes


def torchs_padding(layer: Convolution) -> Any:
    """Torch knows "same" only at stride 1; where it is even on both sides it can be said in numbers as well."""
    if layer.padding == "none":
        return 0
    if isinstance(layer.padding, tuple):
        return plain(layer.padding)
    longest = max(len(layer.mask), len(layer.dilation))
    reach = [d * (k - 1) for k, d in zip(full(layer.mask, longest), full(layer.dilation, longest), strict=True)]
    return "same" if any(n % 2 for n in reach) else plain(tuple(n // 2 for n in reach))


def full(sizes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return sizes * rank if len(sizes) == 1 else sizes


def torchs_convolution(layer: Convolution, came: Shape) -> tuple[int, ...] | None:
    """Shape of torch's result, made straight from the settings; None where torch refuses."""
    kinds = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
    try:
        made = kinds[came.rank](
            came.channels,
            layer.channels,
            plain(layer.mask),
            plain(layer.stride),
            torchs_padding(layer),
            plain(layer.dilation),
            bias=layer.bias,
        )
        return tuple(made(torch.zeros(1, *came.dims)).shape)
    except (KeyError, ValueError, RuntimeError, TypeError):
        return None


def torchs_pooling(layer: MaxPool, came: Shape) -> tuple[int, ...] | None:
    name = "max_pool" if type(layer) is MaxPool else "avg_pool"
    try:
        function = getattr(nn.functional, f"{name}{came.rank}d")
        result = function(torch.zeros(1, *came.dims), plain(layer.window), plain(layer.stride), plain(layer.padding))
        return tuple(result.shape)
    except (AttributeError, ValueError, RuntimeError, TypeError):
        return None


def fits_in_count(layer: Any, rank: int) -> bool:
    """Whether every setting has one number, or one for each axis: torch takes some others by accident."""
    settings = [getattr(layer, name) for name in layer.__struct_fields__]
    return all(len(s) in (1, rank) for s in settings if isinstance(s, tuple))


def check(found: Any, expected: tuple[int, ...] | None, layer: Any, came: Shape) -> None:
    if isinstance(found.misfit, Misfit):
        assert expected is None or not fits_in_count(layer, came.rank), f"torch gives {expected}"
        assert any(c.isdigit() for c in found.misfit.words) or came.rank == 0
        for remedy in found.misfit.remedies:
            assert remedy.layer is None or measure(remedy.layer, (came,)).misfit is None, remedy
            assert remedy.layer or set(came.axes) == {1}, remedy  # left out only where there is nothing to pool
    else:
        assert expected == (1, *found.output.dims)


@given(convolutions, shapes)
def test_convolution_refuses_what_torch_refuses(layer: Convolution, came: Shape) -> None:
    check(measure(layer, (came,)), torchs_convolution(layer, came), layer, came)


@given(poolings, shapes)
@example(AveragePool(window=(2,), stride=(1,), padding=(1,)), Shape(1, (1, 1, 1)))  # torch refuses this in 3-D alone
def test_pooling_refuses_what_torch_refuses(layer: MaxPool, came: Shape) -> None:
    check(measure(layer, (came,)), torchs_pooling(layer, came), layer, came)


@given(convolutions, shapes)
def test_weights_and_work_are_those_of_torch(layer: Convolution, came: Shape) -> None:
    """Closed forms of the textbook, written here a second time and independently of the block."""
    found = measure(layer, (came,))
    if found.output is None:
        return
    cells = torch.Size(full(layer.mask, came.rank)).numel()
    places = torch.Size(found.output.axes).numel()
    masks = came.channels * cells
    if type(layer) is Separable:
        weights, work = masks + came.channels * layer.channels, places * (masks + came.channels * layer.channels)
        biases = came.channels + layer.channels
    else:
        weights, work, biases = masks * layer.channels, masks * layer.channels * places, layer.channels
    assert found.parameters == weights + biases * layer.bias
    assert found.multiply_adds == work
