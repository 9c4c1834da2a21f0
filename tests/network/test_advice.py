"""Advice: what it says of which networks, with which numbers; that it mends; and that sound networks get none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from chains import chain
from convstudio.assets import asset
from convstudio.blocks import (
    Add,
    AveragePool,
    BatchNorm,
    Convolution,
    Depthwise,
    Dilated,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    MaxPool,
    Multiply,
    Output,
    Pointwise,
    ReLU,
    Separable,
    Sigmoid,
    Tanh,
    catalogue,
)
from convstudio.data.info import available
from convstudio.network import edits, file, grouping
from convstudio.network.advice import advise
from convstudio.network.costs import percent
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Sample
from convstudio.network.group import Group
from convstudio.network.layer import Layer
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.templates import TEMPLATES

DIGITS = Sample(Shape(1, (28, 28)), tuple("0123456789"), "Digits")

COLLAPSE = "No activation between two weighted layers"
HEAVY = "One layer holds nearly all weights"
GRIDDING = "Dilation leaves gaps (gridding)"
PADDING = "The mask lies mostly on padding"
EVEN = "A mask of even size has no middle"
PATCHES = "Pools over values that see little"
PASSED = "Pooling passes over most of the map"
LITTLE = "The answer sees little of the image"


def told(network: Network, sample: Sample | None = DIGITS) -> tuple[Problem, ...]:
    return advise(network, resolve(network, catalogue(), sample), catalogue(), sample)


def titles(network: Network, sample: Sample | None = DIGITS) -> list[str]:
    return [p.title for p in told(network, sample)]


def the(title: str, network: Network, sample: Sample | None = DIGITS) -> Problem:
    (found,) = [p for p in told(network, sample) if p.title == title]
    assert found.severity == "advice"
    return found


def mended(network: Network, problem: Problem, sample: Sample | None = DIGITS) -> Network:
    """After the only fix, which makes no new problem."""
    (fix,) = problem.fixes
    after = fix.apply(network)
    assert problem.title not in titles(after, sample)
    assert resolve(after, catalogue(), sample).problems == resolve(network, catalogue(), sample).problems
    return after


END = (GlobalAveragePool(), FullyConnected(), Output())


def body(*layers: Layer, axes: tuple[int, ...] = (28, 28)) -> Network:
    return chain(Input(axes=axes), *layers, *END)


# --- two weighted layers in a row -------------------------------------------------------------------------------------


def test_two_convolutions_in_a_row_are_one() -> None:
    network = body(Convolution(), Convolution(channels=16), ReLU())
    problem = the(COLLAPSE, network)
    assert problem.blocks == ("conv_1", "conv_2")
    assert "one convolution with masks of 5 × 5 could do the same" in problem.words
    after = mended(network, problem)
    assert resolve(after, catalogue()).order[2] == "relu_2"


def test_the_size_of_the_one_mask_counts_strides_and_gaps() -> None:
    layers = Convolution(mask=(3, 5), stride=(2, 1)), Dilated(mask=(3, 3), dilation=(2, 4), channels=16)
    assert "masks of 11 × 13" in the(COLLAPSE, body(*layers, ReLU())).words  # 3 + 2·2·2, 5 + 1·4·2


def test_two_fully_connected_layers_in_a_row_are_one() -> None:
    network = chain(Input(axes=(8, 8)), Flatten(), FullyConnected(channels=100), FullyConnected(), Output())
    network = edits.change(network, "fc_1", FullyConnected(channels=100))
    problem = the(COLLAPSE, network, None)
    assert "one layer of 64 · 10 = 640 weights instead of 64 · 100 + 100 · 10" in problem.words
    mended(network, problem, None)


def test_batch_norm_dropout_and_average_pooling_are_no_activation() -> None:
    network = body(Convolution(), BatchNorm(), Dropout(), AveragePool(), Convolution(channels=16), ReLU())
    after = mended(network, the(COLLAPSE, network))
    assert resolve(after, catalogue()).order[3] == "relu_2"  # behind the batch norm


@pytest.mark.parametrize(
    "layers",
    [
        (Convolution(), ReLU(), Convolution(channels=16)),
        (Convolution(), BatchNorm(), ReLU(), Convolution(channels=16)),
        (Convolution(), MaxPool(), Convolution(channels=16)),
        (Pointwise(channels=16), ReLU(), Depthwise(), Pointwise(channels=16)),
        (Convolution(channels=16), ReLU(), Separable(channels=32), ReLU()),
        (Convolution(channels=32), ReLU(), Pointwise(channels=4), BatchNorm(), Pointwise(channels=32), ReLU()),
        (Convolution(channels=8), ReLU(), Convolution(mask=(1, 5)), Convolution(mask=(5, 1)), ReLU()),
    ],
    ids=["relu", "norm relu", "max pool", "separable stages", "separable", "linear bottleneck", "crossed lines"],
)
def test_what_bends_or_saves_weights_on_purpose_is_no_collapse(layers: tuple[Layer, ...]) -> None:
    assert COLLAPSE not in titles(body(*layers, ReLU()))


def test_a_residual_sum_is_not_in_between() -> None:
    network = body(Convolution(), ReLU(), Convolution(), Add(), Convolution(channels=16), ReLU())
    network = edits.connect(network, Wire("relu_1", "add_1", "in_2"))
    assert COLLAPSE not in titles(network)


def test_a_result_that_goes_elsewhere_too_is_not_in_between() -> None:
    network = body(Convolution(), Convolution(), Add(), ReLU())
    network = edits.connect(network, Wire("conv_1", "add_1", "in_2"))
    assert COLLAPSE not in titles(network)


# --- one layer with nearly all weights --------------------------------------------------------------------------------


def test_a_heavy_layer_is_named_with_its_share_and_what_an_average_would_save() -> None:
    network = chain(Input(), Convolution(mask=(9,)), ReLU(), Flatten(), FullyConnected(), Output())
    problem = the(HEAVY, network)
    assert problem.blocks == ("fc_1",)
    assert "62 730 of 63 386 weights, 99 %" in problem.words
    assert "8 · 28 · 28 = 6 272 numbers" in problem.words
    assert "8 numbers, one a map, with 90 weights" in problem.words
    after = mended(network, problem)
    assert resolve(after, catalogue()).parameters == 656 + 90


def test_an_average_is_not_offered_where_it_would_forget_the_places() -> None:
    network = chain(Input(), Convolution(), ReLU(), Flatten(), FullyConnected(), Output())
    assert the(HEAVY, network).fixes == ()


def test_a_network_of_fully_connected_layers_is_heavy_of_nature() -> None:
    network = chain(Input(), Flatten(), FullyConnected(channels=100), ReLU(), FullyConnected(), Output())
    assert HEAVY not in titles(edits.remove(network, ["flatten_1"]))
    problem = the(HEAVY, network)
    assert problem.fixes == ()


def test_an_average_of_small_patches_is_said() -> None:
    problem = the(PATCHES, body(Convolution(), ReLU()))
    assert problem.blocks == ("global_avg_1",)
    assert "sees 3 × 3 of 28 × 28 cells, 1.1 % of the input" in problem.words
    assert PATCHES not in titles(body(Convolution(mask=(7,)), ReLU()))


def test_means_that_weigh_the_maps_they_were_taken_of_forget_nothing() -> None:
    """Squeeze-and-excite: the maps themselves go on beside their means."""
    network = chain(Input(axes=(28, 28)), Convolution(), ReLU(), GlobalAveragePool(), FullyConnected(channels=8))
    network, gate = edits.append_after(network, "fc_1", Sigmoid())
    network, product = edits.append_after(network, gate, Multiply())
    network = edits.connect(network, Wire("relu_1", product, "in_2"))
    for layer in (ReLU(), Flatten(), FullyConnected(), Output()):
        network, product = edits.append_after(network, product, layer)
    assert PATCHES not in titles(network)


def test_a_window_that_passes_over_half_of_the_map_is_said_and_widened() -> None:
    """7 × 7 → 3 × 3 leaves 13 of 49 cells out, which is common; 3 × 3 → 1 × 1 leaves out 5 of 9."""
    pools = [x for _ in range(4) for x in (Convolution(), ReLU(), MaxPool())]
    network = chain(Input(axes=(28, 28)), *pools, Flatten(), FullyConnected(), Output())
    problem = the(PASSED, network)
    assert problem.blocks == ("max_pool_4",)
    assert "lie on 4 of 3 · 3 = 9 cells" in problem.words
    after = mended(network, problem)
    assert after.blocks["max_pool_4"].layer == MaxPool(window=(3,))


def test_windows_with_gaps_between_them_pass_over_cells_too() -> None:
    network = body(Convolution(mask=(7,)), ReLU(), AveragePool(window=(2,), stride=(4,)))
    problem = the(PASSED, network)
    assert "lie on 196 of 28 · 28 = 784 cells" in problem.words
    assert mended(network, problem).blocks["average_pool_1"].layer == AveragePool(window=(4,), stride=(4,))


def test_pooling_that_looks_at_everything_is_sound() -> None:
    for axes in ((2, 2), (4, 6), (7, 7)):
        network = chain(Input(axes=axes), Convolution(), ReLU(), MaxPool(), Flatten(), FullyConnected(), Output())
        assert PASSED not in titles(network, None), axes
    assert PASSED not in titles(body(Convolution(stride=(2,), mask=(1,)), ReLU()))


PIXELS = Sample(Shape(1, (64, 64)), ("one", "other"), "Things", "pixels")


def test_pixels_told_from_a_small_part_of_the_image_are_said() -> None:
    def network(mask: int) -> Network:
        return chain(Input(axes=(64, 64)), Convolution(mask=(mask,)), ReLU(), Pointwise(channels=2), Output())

    assert "from the 3 × 3 of 64 × 64 cells around it" in the(LITTLE, network(3), PIXELS).words
    assert LITTLE not in titles(network(17), PIXELS)


# --- inside groups ----------------------------------------------------------------------------------------------------


def grouped_middle(repeat: int = 1) -> Network:
    """Two convolutions without an activation between them, in a group."""
    network = body(Convolution(mask=(7,)), ReLU(), Convolution(), Convolution(), ReLU())
    made, group_id = grouping.group(network, ("conv_2", "conv_3", "relu_2"))
    layer = made.blocks[group_id].layer
    assert isinstance(layer, Group)
    return edits.change(made, group_id, structs.replace(layer, repeat=repeat))


@pytest.mark.parametrize(("repeat", "path"), [(1, "group_1."), (3, "group_1.0.")])
def test_advice_about_what_is_in_a_group_is_worn_by_it_and_mends_inside(repeat: int, path: str) -> None:
    network = grouped_middle(repeat)
    problem = the(COLLAPSE, network)
    assert problem.blocks == ("group_1",)
    assert problem.inside == (f"{path}conv_2", f"{path}conv_3")
    assert problem.words.startswith("Inside Group, Convolution 3×3 (conv_2): ")
    after = mended(network, problem)
    assert [b.layer.kind for b in grouping.inside(after, ("group_1",)).blocks.values()].count("relu") == 2


def test_a_heavy_layer_in_a_group_is_heavy_beside_the_whole() -> None:
    network = chain(Input(), Convolution(mask=(9,)), ReLU(), Flatten(), FullyConnected(), Output())
    made, _ = grouping.group(network, ("flatten_1", "fc_1"))
    assert "62 730 of 63 386 weights" in the(HEAVY, made).words
    light = chain(Input(axes=(4, 4)), Convolution(channels=64, mask=(9,)), ReLU(), Convolution(), ReLU(), *END)
    made, _ = grouping.group(light, ("global_avg_1", "fc_1"))
    assert HEAVY not in titles(made)


def test_what_belongs_behind_the_last_layer_may_stand_at_the_end_of_a_group() -> None:
    network = chain(Input(axes=(8, 8)), Flatten(), FullyConnected(), ReLU(), FullyConnected(), Output())
    made, _ = grouping.group(network, ("fc_1", "relu_1"))
    assert titles(made) == []


# --- gridding ---------------------------------------------------------------------------------------------------------


def dilated(*rates: int) -> list[Layer]:
    return [x for rate in rates for x in (Dilated(channels=8, dilation=(rate,)), ReLU())]


@pytest.mark.parametrize(
    ("rates", "seen", "fixed"),
    [
        ((2, 2, 2), "sees 7 of 13 rows and 7 of 13 columns, 49 of 169 cells", (1, 2, 2)),
        ((2, 4), "sees 7 of 13 rows", (1, 2)),
        ((4, 4), "sees 5 of 17 rows", (1, 2)),
        ((2, 4, 8), "sees 15 of 29 rows", (1, 2, 3)),
    ],
)
def test_equal_rates_leave_gaps(rates: tuple[int, ...], seen: str, fixed: tuple[int, ...]) -> None:
    network = body(*dilated(*rates))
    problem = the(GRIDDING, network)
    assert problem.blocks == tuple(f"dilated_{n}" for n in range(1, len(rates) + 1))
    assert seen in problem.words
    after = mended(network, problem)
    assert tuple(after.blocks[i].layer.dilation[0] for i in problem.blocks) == fixed


@pytest.mark.parametrize("rates", [(1, 2, 3), (1, 2, 2), (1, 2, 5), (2,), (4,)])
def test_rates_that_leave_no_gaps_and_single_layers_are_sound(rates: tuple[int, ...]) -> None:
    assert GRIDDING not in titles(body(*dilated(*rates)))


def test_a_plain_mask_before_or_behind_fills_the_gaps() -> None:
    assert GRIDDING not in titles(body(Convolution(), ReLU(), *dilated(2, 2)))
    assert GRIDDING not in titles(body(*dilated(2, 2), Convolution(), ReLU()))


def test_parallel_rates_are_no_stack() -> None:
    """As in atrous spatial pyramid pooling."""
    network = chain(Input(axes=(64, 64)), Convolution(stride=(2,), padding="none"))
    network, add = edits.add(network, Add(), 0, 0)
    for rate in (6, 12):
        network, branch = edits.append_after(network, "conv_1", Dilated(dilation=(rate,)))
        network = edits.connect(network, Wire(branch, add, network.free_port(add) or ""))
    network, last = edits.append_after(network, add, GlobalAveragePool())
    network, _ = edits.append_after(network, last, Output())
    assert GRIDDING not in titles(network, None)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 5]), st.integers(1, 6)), min_size=2, max_size=5))
def test_gaps_are_those_that_counting_cell_by_cell_finds(masks: list[tuple[int, int]]) -> None:
    seen = {0}
    for cells, rate in masks:
        seen = {at + (tap - cells // 2) * rate for at in seen for tap in range(cells)}
    stacked = sum(rate > 1 and cells > 1 for cells, rate in masks) > 1
    expected = stacked and len(seen) < max(seen) - min(seen) + 1
    layers = [x for cells, rate in masks for x in (Dilated(mask=(cells,), dilation=(rate,)), ReLU())]
    network = chain(Input(axes=(200,)), *layers, *END)
    found = [p for p in told(network, None) if p.title == GRIDDING]
    assert bool(found) == expected
    if found:
        assert f"sees {len(seen)} of {max(seen) - min(seen) + 1} time" in found[0].words


# --- masks ------------------------------------------------------------------------------------------------------------


def test_an_even_mask_has_no_middle() -> None:
    network = body(Convolution(mask=(4,)), ReLU())
    problem = the(EVEN, network)
    assert "reaches 1 cell to one side of its place and 2 to the other" in problem.words
    after = mended(network, problem)
    assert after.blocks["conv_1"].layer.mask == (5,)


def test_even_masks_without_uneven_padding_are_sound() -> None:
    assert EVEN not in titles(body(Convolution(mask=(4,), stride=(2,), padding=(1,)), ReLU()))
    assert EVEN not in titles(body(Convolution(mask=(2,), padding="none"), ReLU()))


def test_a_mask_on_a_single_cell_learns_in_its_middle_only() -> None:
    network = chain(Input(axes=(4, 4)), MaxPool(window=(4,)), Convolution(), Output())
    problem = the(PADDING, network, None)
    assert "are 1 × 1: of the 9 cells of its mask only 1 ever lies on them; the other 8" in problem.words
    after = mended(network, problem, None)
    assert after.blocks["conv_1"].layer.mask == (1,)


def test_a_dilated_mask_larger_than_the_map_gets_closer() -> None:
    network = chain(Input(axes=(6, 6)), Dilated(dilation=(6,)), Output())
    assert "only 1 ever lies" in the(PADDING, network, None).words
    after = mended(network, the(PADDING, network, None), None)
    assert after.blocks["dilated_1"].layer.dilation == (5,)


@pytest.mark.parametrize("axes", [(2, 2), (5, 5)])
def test_masks_all_of_whose_cells_meet_the_map_are_sound(axes: tuple[int, int]) -> None:
    assert PADDING not in titles(chain(Input(axes=axes), Convolution(), Output()), None)
    assert PADDING not in titles(chain(Input(axes=(5, 5)), Convolution(mask=(5,), padding="none"), Output()), None)


# --- before the Output ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Sigmoid(), "e^1 / (e^1 + 9) = 23 %"),
        (Tanh(), "e^2 / (e^2 + 9) = 45 %"),
        (ReLU(), "lets none fall below 0"),
        (Dropout(), "sets the scores of whole classes to 0"),
        (BatchNorm(), "by those of the other samples"),
    ],
    ids=lambda v: getattr(v, "kind", ""),
)
def test_what_stands_before_the_output_of_a_classifier(layer: Layer, words: str) -> None:
    network = chain(Input(), Flatten(), FullyConnected(), layer, Output())
    problem = the(f"{layer.title} straight before the Output", network)
    assert words in problem.words
    mended(network, problem)
    assert titles(network, None) == titles(edits.remove(network, problem.blocks), None)  # without data nothing is known


# --- sound networks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.published], ids=lambda t: t.name)
def test_published_networks_get_no_advice(template) -> None:
    document = template.as_published()
    assert titles(document.network, None) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
@pytest.mark.parametrize("info", available(), ids=lambda i: i.name)
def test_templates_get_only_advice_with_a_reason(template, info) -> None:
    """Those with one large layer behind Flatten, and those made for large images, on small ones."""
    shape = Shape(info.channels, info.axes)
    document = template.document(info.name, shape, len(info.classes))
    found = set(titles(document.network, Sample(shape, info.classes, info.title)))
    assert found <= {HEAVY, PADDING, PASSED}
    if template.name not in ("alexnet", "vgg11", "vgg16"):
        assert found <= {HEAVY}


def test_examples_get_no_advice_but_on_their_largest_layer() -> None:
    found = {}
    for path in sorted(asset("examples").glob("*.convstudio")):
        document = file.load(path, catalogue())
        info = next(i for i in available() if i.name == document.data.name)
        sample = Sample(Shape(info.channels, info.axes), info.classes, info.title)
        found[path.stem] = titles(document.network, sample)
    assert {name: advice for name, advice in found.items() if advice} == {"digits-two-paths": [HEAVY]}


@pytest.mark.parametrize(
    ("part", "words"),
    [(0, "0 %"), (1, "< 0.1 %"), (309, "0.5 %"), (62_400, "99 %"), (62_730, "99.9 %"), (62_809, "> 99.9 %")],
)
def test_a_share_is_no_whole_where_something_is_missing(part: int, words: str) -> None:
    assert percent(part / 62_810) == words
    assert percent(1.0) == "100 %"
