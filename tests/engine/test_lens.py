"""The lens: what it says of a unit comes to what the network computed, for random units of every kind of block."""

from __future__ import annotations

import math
import random
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from convstudio.blocks import (
    GELU,
    AdaptiveMaxPool,
    Convolution,
    Flatten,
    FullyConnected,
    GlobalMaxPool,
    Input,
    MaxPool,
    PReLU,
    ReLU,
    Transposed,
)
from convstudio.engine.build import LiveNetwork, NetworkFault, build
from convstudio.engine.few_threads import few_threads
from convstudio.engine.lens.explaining import Answer, Question, explain
from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.terms import Choice, Curve, Shares, Spread, Sum, Untold

pytestmark = pytest.mark.filterwarnings("ignore:Using padding=.same.:UserWarning")

TINY = 1e-5


def some_live(case: Any, cases: ModuleType) -> tuple[LiveNetwork, str]:
    """The network of a row, with weights, averages and scales that are not those of the start."""
    made, analysis, block = cases.resolved(case)
    live = build(made, analysis, 3)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for tensor in live.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
        for parameter in live.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.4)
    return live, block


def sample(live: LiveNetwork) -> torch.Tensor:
    return torch.randn(live.sample.dims, generator=torch.Generator().manual_seed(11))


def units(live: LiveNetwork, block: str, number: int) -> list[tuple[int, ...]]:
    """Random units, with the first and the last, where padding is."""
    dims, chance = live.shapes[block].dims, random.Random(5)
    found = [tuple(chance.randrange(length) for length in dims) for _ in range(number)]
    return [*found, (0,) * len(dims), tuple(length - 1 for length in dims)]


def close(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= TINY * (1 + abs(wanted))


def test_what_is_shown_comes_to_what_the_network_computed(block_case: Any, block_cases: ModuleType) -> None:
    live, block = some_live(block_case, block_cases)
    image = sample(live)
    with torch.no_grad():
        truth = live.eval().results(image[None], (block,))[block][0]
    for channel, *place in units(live, block, 2):
        answer = explain(live, image, Question(block, channel, tuple(place)))
        assert (answer.channel, *answer.place) == (channel, *place)
        assert answer.terms.result == pytest.approx(truth[(channel, *place)].item(), rel=1e-6, abs=1e-7)
        assert close(answer.terms.worked, answer.terms.result)
        assert not isinstance(answer.terms, Untold)


def tiny(lab: SimpleNamespace) -> LiveNetwork:
    network = lab.chain(
        Input(channels=2, axes=(6, 5)),
        Convolution(channels=3, mask=(3,), dilation=(2,), stride=(2,), padding=(2,)),
        ReLU(),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=4),
    )
    made: LiveNetwork = lab.live(network)
    return made


def ask(live: LiveNetwork, block: str, *unit: int, **more: int) -> Answer:
    return explain(live, sample(live), Question(block, unit[0] if unit else -1, tuple(unit[1:]), **more))


def test_the_cells_of_a_dilated_strided_padded_mask_lie_where_torch_looks(lab: SimpleNamespace) -> None:
    terms = ask(tiny(lab), "conv_1", 1, 0, 1).terms
    assert isinstance(terms, Sum)
    assert terms.cells.grid == (3, 3)
    assert terms.cells.places == tuple((row, column) for row in (-2, 0, 2) for column in (0, 2, 4))
    assert terms.cells.outside == (True,) * 3 + (False,) * 6
    assert terms.cells.sources[:4] == (None, None, None, (0, 0))
    assert [row.channel for row in terms.rows] == [0, 1]
    assert terms.rows[0].values[:3] == (0, 0, 0)
    assert terms.scanning is not None
    assert (terms.scanning.stride, terms.scanning.dilation) == ((2, 2), (2, 2))


@pytest.mark.parametrize(
    ("mode", "source"), [("reflect", (1, 0)), ("replicate", (0, 0)), ("circular", (5, 0)), ("zeros", None)]
)
def test_padding_says_which_cell_it_repeats(lab: SimpleNamespace, mode: str, source: tuple[int, int] | None) -> None:
    layer = Convolution(channels=1, mask=(3,), padding_mode=mode)
    live = lab.live(lab.chain(Input(channels=1, axes=(6, 5)), layer))
    terms = ask(live, "conv_1", 0, 0, 1).terms
    assert isinstance(terms, Sum)
    assert terms.cells.places[0] == (-1, 0)
    assert terms.cells.sources[0] == source


def test_a_neuron_knows_the_maps_that_its_row_was(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    terms = ask(live, "fc_1", 2).terms
    assert isinstance(terms, Sum)
    assert terms.form == live.shapes["max_pool_1"].dims
    assert len(terms.rows[0].values) == live.shapes["flatten_1"].size


def test_without_a_unit_the_strongest_is_explained_and_one_outside_is_brought_to_the_edge(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    found = ask(live, "conv_1")
    assert found.terms.result == pytest.approx(found_most(live))
    edge = ask(live, "conv_1", 99, -3, 99)
    assert (edge.channel, *edge.place) == (2, 0, live.shapes["conv_1"].axes[1] - 1)


def found_most(live: LiveNetwork) -> float:
    with torch.no_grad():
        return float(live.eval().results(sample(live)[None], ("conv_1",))["conv_1"].max())


def test_the_pictures_are_the_maps_around_the_unit(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    found = ask(live, "conv_1", 1, 0, 1, shown=1)
    (seen,) = found.inputs
    assert (seen.block, seen.channel, seen.dims) == ("input_1", 1, (2, 6, 5))
    torch.testing.assert_close(torch.from_numpy(seen.map), sample(live)[1])
    assert seen.small.shape == (2, 6, 5)
    with torch.no_grad():
        truth = live.eval().results(sample(live)[None], ("conv_1",))["conv_1"][0]
    torch.testing.assert_close(torch.from_numpy(found.output.map), truth[1])


def test_what_cannot_be_looked_into_is_said_in_words(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    with pytest.raises(NetworkFault, match="gone_1 is not computed"):
        explain(live, sample(live), Question("gone_1"))
    with pytest.raises(NetworkFault, match="does not have the shape"):
        explain(live, torch.rand(1, 2, 2), Question("conv_1"))


def test_looking_leaves_the_network_as_it_was(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts()).train()
    before = {name: value.clone() for name, value in live.state_dict().items()}
    explain(live, torch.rand(1, 8, 8), Question("fc_1"))
    assert live.training
    assert all(torch.equal(before[name], value) for name, value in live.state_dict().items())


@pytest.mark.parametrize("layer", [MaxPool(window=(3,), stride=(2,), padding=(1,)), AdaptiveMaxPool(), GlobalMaxPool()])
def test_the_gradient_of_a_maximum_goes_where_torch_sends_it(lab: SimpleNamespace, layer: Layer) -> None:
    live = lab.live(lab.chain(Input(channels=1, axes=(6, 5)), layer))
    image = (
        torch.tensor([3, 1, 4, 1, 5, 9] * 5, dtype=torch.float32).view(1, 6, 5).requires_grad_()
    )  # with equal values
    block = tuple(live.shapes)[-1]
    live.results(image[None], (block,))[block].flatten()[0].backward()
    terms = explain(live, image.detach(), Question(block, 0, (0,) * live.shapes[block].rank)).terms
    assert isinstance(terms, Choice)
    told = torch.zeros(6, 5)
    for place, share in zip(terms.cells.places, terms.gradient, strict=True):
        if share:
            told[place] = share
    assert image.grad is not None
    torch.testing.assert_close(told, image.grad[0])


def test_the_loss_is_the_one_that_training_lowers(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    image = torch.rand(1, 8, 8)
    terms = explain(live, image, Question("output_1", 1, (), target=2)).terms
    assert isinstance(terms, Shares)
    with torch.no_grad():
        truth = torch.nn.functional.cross_entropy(live.eval()(image[None]), torch.tensor([2])).item()
    assert terms.loss == pytest.approx(truth, rel=1e-5)
    unknown = explain(live, image, Question("output_1", 1, (), target=99)).terms
    assert isinstance(unknown, Shares)
    assert unknown.loss is None


@pytest.mark.parametrize("layer", [ReLU(), GELU(), PReLU()])
def test_the_curve_is_torchs_and_its_slope_the_derivative(lab: SimpleNamespace, layer: Layer) -> None:
    live = lab.live(lab.chain(Input(channels=1, axes=(4,)), layer))
    block = tuple(live.shapes)[-1]
    image = torch.tensor([[-1.5, 0.7, 2.0, -0.1]]).requires_grad_()
    live.results(image[None], (block,))[block].sum().backward()
    assert image.grad is not None
    for place in range(4):
        terms = explain(live, image.detach(), Question(block, 0, (place,))).terms
        assert isinstance(terms, Curve)
        assert terms.slope == pytest.approx(image.grad[0, place].item(), abs=1e-5)
        assert terms.xs[0] <= terms.value <= terms.xs[-1]


def test_a_mask_is_spread_where_torch_adds_it(lab: SimpleNamespace) -> None:
    """Each input cell, with 1 in it alone, makes exactly the weights that the lens says reach a unit."""
    layer = Transposed(channels=2, mask=(3,), stride=(2,), padding=(1,), dilation=(2,), bias=False)
    live = lab.live(lab.chain(Input(channels=1, axes=(4, 4)), layer))
    terms = explain(live, torch.rand(1, 4, 4), Question("transposed_1", 1, (2, 3))).terms
    assert isinstance(terms, Spread)
    for place, weight in zip(terms.sum.cells.places, terms.sum.rows[0].weights, strict=True):
        single = torch.zeros(1, 4, 4)
        single[(0, *place)] = 1.0
        with torch.no_grad():
            result = live.results(single[None], ("transposed_1",))["transposed_1"][0, 1, 2, 3]
        assert weight == pytest.approx(result.item())


def test_numbers_that_are_none_are_shown_and_not_tripped_over(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    image = sample(live)
    image[0, 0, 0], image[1, 1, 1] = math.inf, math.nan
    for block in live.shapes:
        terms = explain(live, image, Question(block, 0, (0,) * live.shapes[block].rank)).terms
        assert not isinstance(terms, Untold)


def test_what_no_lens_knows_is_said(lab: SimpleNamespace) -> None:
    live = tiny(lab)
    live.calls["relu_1"] = Call("F.softshrink", (0.5,))
    assert ask(live, "relu_1").terms == Untold("F.softshrink", ask(live, "relu_1").terms.result)
    live.calls["relu_1"] = Call("F.max_pool2d", (), (("kernel_size", 1),))
    assert isinstance(ask(live, "relu_1").terms, Untold)


@pytest.mark.parametrize(("size", "threads"), [(0, 1), (2**30, 2)])
def test_a_small_network_is_looked_into_by_one_thread_and_the_others_come_back(
    lab: SimpleNamespace, size: int, threads: int
) -> None:
    live = tiny(lab)
    live.activation_bytes = size
    torch.set_num_threads(2)
    with few_threads(live):
        assert torch.get_num_threads() == threads
    assert torch.get_num_threads() == 2
