"""Receptive fields of whole networks, through stacks and branches, against what the torch network responds to."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convstudio.blocks import (
    AdaptiveAveragePool,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Convolution,
    Crop,
    Dilated,
    Flatten,
    Input,
    MaxPool,
    Pad,
    ReLU,
    Separable,
    Transposed,
    Upsample,
    catalogue,
)
from convstudio.engine.build import LiveNetwork, build
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Analysis
from convstudio.network.layer import Layer
from convstudio.network.receptive_field import Field
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")

LENGTH = 61
odd = st.sampled_from([1, 3, 5]).map(lambda n: (n,))
keeping: st.SearchStrategy[Layer] = st.one_of(
    st.builds(lambda k, mask: k(channels=2, mask=mask), st.sampled_from([Convolution, Separable]), odd),
    st.builds(lambda mask, d: Dilated(channels=2, mask=mask, dilation=(d,)), odd, st.integers(1, 3)),
    st.sampled_from([ReLU(), BatchNorm(), MaxPool(window=(3,), stride=(1,), padding=(1,))]),
)
shrinking: st.SearchStrategy[Layer] = st.one_of(
    st.builds(
        lambda mask, stride, padding: Convolution(channels=2, mask=(mask,), stride=(stride,), padding=padding),
        st.integers(1, 4),
        st.integers(1, 2),
        st.sampled_from(["none", (1,)]),
    ),
    st.builds(lambda k, n: k(window=(n,), stride=(n,)), st.sampled_from([MaxPool, AveragePool]), st.integers(1, 3)),
)
growing: st.SearchStrategy[Layer] = st.one_of(
    st.builds(
        lambda mask, stride, padding: Transposed(channels=2, mask=(mask,), stride=(stride,), padding=(padding,)),
        st.integers(1, 4),
        st.integers(1, 3),
        st.integers(0, 1),
    ),
    st.builds(
        lambda n, mode: Upsample(factor=(n,), mode=mode), st.integers(2, 3), st.sampled_from(["nearest", "linear"])
    ),
    st.builds(lambda n: AdaptiveAveragePool(size=(n,)), st.integers(1, 40)),
    st.builds(lambda kind, n, m: kind(before=(n,), after=(m,)), st.sampled_from([Pad, Crop]), *[st.integers(0, 3)] * 2),
)
branches = st.tuples(
    st.lists(keeping, max_size=3), st.lists(keeping, min_size=1, max_size=3), st.sampled_from([Add(), Concatenate()])
)
stacks = st.lists(keeping | shrinking | growing | branches, min_size=1, max_size=5)


def built(parts: list[Layer | tuple[list[Layer], list[Layer], Layer]]) -> Network:
    network, last = edits.add(Network(), Input(channels=2, axes=(LENGTH,)), 0, 0)
    for part in parts:
        if isinstance(part, tuple):
            network, last = branched(network, last, *part)
        else:
            network, last = edits.append_after(network, last, part)
    return network


def branched(
    network: Network, start: str, first: list[Layer], second: list[Layer], merge: Layer
) -> tuple[Network, str]:
    network, end = edits.add(network, merge, 0, 0)
    for branch in (first, second):
        last = start
        for layer in branch:
            network, last = edits.append_after(network, last, layer)
        port = network.free_port(end)
        assert port is not None
        network = edits.connect(network, Wire(last, end, port))
    return network, end


@settings(max_examples=60)
@given(stacks)
def test_the_middle_unit_responds_to_exactly_its_field(parts: list[Layer]) -> None:
    network = built(parts)
    analysis = resolve(network, catalogue())
    end = analysis.order[-1]
    shape, (field,) = analysis.blocks[end].output, Sight(analysis).of(end) or (None,)
    assume(shape is not None and field is not None)  # a pattern of more than 256 units is not followed
    unit = shape.axes[0] // 2
    seen = responses(network, analysis, end, unit)
    first, last = field.span(unit)
    if first > last:
        assert seen == []
    elif first >= 0 and last < LENGTH:
        assert (seen[0], seen[-1]) == (first, last)
    else:
        assert all(field.interval(unit)[0] <= place <= field.interval(unit)[1] for place in seen)


def responses(network: Network, analysis: Analysis, end: str, unit: int) -> list[int]:
    """The places where light changes what a unit gives. Positive weights: nothing can cancel out."""
    live = positive(build(network, analysis, 0))
    lit = torch.eye(LENGTH)[:, None, :].expand(-1, 2, -1)
    with torch.no_grad():
        result = live.results(lit, (end,))[end]
    return [int(place) for place in (result[:, :, unit].abs() > 1e-6).any(1).nonzero().flatten()]


def positive(live: LiveNetwork) -> LiveNetwork:
    with torch.no_grad():
        for name, weights in live.named_parameters():
            weights.fill_(0.0 if name.endswith("bias") else 1.0)
    return live.eval()


def test_a_flatten_sees_what_all_units_together_see() -> None:
    network = built([Convolution(mask=(3,), stride=(2,), padding="none"), MaxPool(window=(7,), stride=(7,)), Flatten()])
    analysis = resolve(network, catalogue())
    assert analysis.blocks["max_pool_1"].output == Shape(8, (4,))
    assert Sight(analysis).of("max_pool_1") == (Field(15, 14, 0, LENGTH),)
    assert Sight(analysis).of("flatten_1") == (Field(57, 0, 0, LENGTH),)
    assert responses_of_vector(network, analysis) == list(range(57))


def responses_of_vector(network: Network, analysis: Analysis) -> list[int]:
    live = positive(build(network, analysis, 0))
    lit = torch.eye(LENGTH)[:, None, :].expand(-1, 2, -1)
    with torch.no_grad():
        result = live.results(lit, ("flatten_1",))["flatten_1"]
    return [int(place) for place in result.any(1).nonzero().flatten()]


def test_branches_of_unlike_stride_say_the_largest_that_any_unit_sees() -> None:
    fast, slow = Convolution(channels=2, mask=(2,), stride=(2,), padding="none"), MaxPool(window=(32,), stride=(1,))
    network = built([([fast], [slow], Add())])
    analysis = resolve(network, catalogue())
    (field,) = Sight(analysis).of("add_1")
    count = analysis.blocks["add_1"].output.axes[0]
    extents = [responses(network, analysis, "add_1", unit) for unit in (0, count - 1)]
    assert field.size == max(seen[-1] - seen[0] + 1 for seen in extents)
