"""The templates at their published size: every figure against the literature, or against plain arithmetic."""

from __future__ import annotations

import pytest

from convstudio.blocks import catalogue
from convstudio.network.facts import Analysis
from convstudio.network.group import Group
from convstudio.network.resolve import resolve
from convstudio.network.sight import Sight
from convstudio.templates import TEMPLATES, Template

BY_NAME = {template.name: template for template in TEMPLATES}
FIGURES = {
    # torchvision's tables of weights (num_params), and its _ops (in units of 10⁹) in full
    "alexnet": (61_100_840, 714_188_480),
    "vgg11": (132_863_336, 7_609_090_048),
    "vgg16": (138_357_544, 15_470_264_320),
    "resnet-18": (11_689_512, 1_814_073_344),
    "mobilenet-v2": (3_504_872, 300_774_272),
    # by arithmetic, below
    "lenet-5": (61_706, 416_520),
    "resnet-20": (272_474, 40_813_184),
    "mobilenet-v1": (4_231_976, 568_740_352),
    "context": (28_392, 115_605_504),
    "u-net": (31_030_658, 150_428_424_448),
}
"""By name: weights, and multiply-adds of convolutions and fully connected layers for one sample."""


def published(name: str) -> Analysis:
    return resolve(BY_NAME[name].as_published().network, catalogue())


def test_every_published_network_is_in_the_table() -> None:
    assert {t.name for t in TEMPLATES if t.published} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_template_has_the_published_figures(name: str) -> None:
    analysis, known = published(name), BY_NAME[name].published
    assert known
    assert analysis.problems == ()
    assert analysis.output
    assert analysis.blocks[analysis.output].output == known.answer
    assert (analysis.parameters, analysis.multiply_adds) == FIGURES[name]
    assert (known.parameters, known.multiply_adds or analysis.multiply_adds) == FIGURES[name]


def test_lenet5_layer_by_layer() -> None:
    """Section II.B of the paper: C1 has 156 weights, C5 48,120, F6 10,164. C3 sees all maps here: 16 (6 · 25 + 1)."""
    analysis = published("lenet-5")
    assert [analysis.blocks[i].parameters for i in ("conv_1", "conv_2", "fc_1", "fc_2")] == [156, 2_416, 48_120, 10_164]
    assert [str(analysis.blocks[f"average_pool_{n}"].output) for n in (1, 2)] == ["6 × 14 × 14", "16 × 5 × 5"]


def test_alexnet_hands_256_maps_of_6_by_6_to_its_fully_connected_layers() -> None:
    analysis = published("alexnet")
    assert str(analysis.blocks["max_pool_3"].output) == "256 × 6 × 6"
    assert str(analysis.blocks["conv_1"].output) == "64 × 55 × 55"


def test_vgg16_sees_212_pixels() -> None:
    """Araujo, Norris and Sim (2019) give 212 for the last pooling."""
    assert Sight(published("vgg16")).of("max_pool_5")[0].size == 212


def test_the_maps_of_resnet18_are_halved_from_stage_to_stage() -> None:
    """Table 1 of the paper: 112 after the first convolution, then 56, 28, 14 and 7."""
    analysis = published("resnet-18")
    sizes = [analysis.blocks[f"group_{n}"].output for n in range(1, 8)]
    assert [s.axes[0] for s in sizes if s] == [56, 28, 28, 14, 14, 7, 7]
    assert str(analysis.blocks["conv_1"].output) == "64 × 112 × 112"


def test_resnet20_by_arithmetic() -> None:
    def stage(came: int, maps: int) -> int:
        projection = came * maps + 2 * maps if came != maps else 0
        return 9 * came * maps + 5 * 9 * maps * maps + 6 * 2 * maps + projection

    stem, decision = 27 * 16 + 32, 64 * 10 + 10
    assert stem + stage(16, 16) + stage(16, 32) + stage(32, 64) + decision == FIGURES["resnet-20"][0]


def test_resnet18_has_eight_blocks_of_two_convolutions_in_seven_groups() -> None:
    groups = [
        b.layer for b in BY_NAME["resnet-18"].as_published().network.blocks.values() if isinstance(b.layer, Group)
    ]
    assert [group.repeat for group in groups] == [2, 1, 1, 1, 1, 1, 1]
    convolutions = sum(g.repeat * sum(i.startswith("conv") for i in g.network.blocks) for g in groups)
    assert convolutions == 8 * 2 + 3  # three shortcuts must be made to fit


def test_mobilenet_v1_by_arithmetic() -> None:
    """Table 1 of the paper; it rounds to 4.2 million weights and 569 million multiply-adds."""
    steps = [(32, 64, 112), (64, 128, 56), (128, 128, 56), (128, 256, 28), (256, 256, 28), (256, 512, 14)]
    steps += [(512, 512, 14)] * 5 + [(512, 1024, 7), (1024, 1024, 7)]
    weights = 27 * 32 + 2 * 32 + sum(9 * m + 2 * m + m * n + 2 * n for m, n, _ in steps) + 1024 * 1000 + 1000
    work = 27 * 32 * 112**2 + sum((9 * m + m * n) * size**2 for m, n, size in steps) + 1024 * 1000
    assert (weights, work) == FIGURES["mobilenet-v1"]
    assert (round(weights / 1e6, 1), round(work / 1e6)) == (4.2, 569)


def test_the_context_module_has_64_c_squared_weights_and_sees_67_pixels() -> None:
    """Section 3 of the paper, and the row "receptive field" of its table 1."""
    analysis = published("context")
    assert analysis.parameters == 64 * 21**2 + 8 * 21
    layers = [i for i in analysis.order if analysis.blocks[i].parameters]
    assert [Sight(analysis).of(i)[0].size for i in layers] == [3, 5, 9, 17, 33, 65, 67, 67]


UNET_SIZES = {
    "conv": [570, 568, 282, 280, 138, 136, 66, 64, 30, 28, 54, 52, 102, 100, 198, 196, 390, 388],
    "max_pool": [284, 140, 68, 32],
    "crop": [392, 200, 104, 56],
    "transposed": [56, 104, 200, 392],
}
"""Figure 1 of the paper, in the order of computation: rows after each convolution, pooling, crop, step up."""
UNET_MAPS = [64, 64, 128, 128, 256, 256, 512, 512, 1024, 1024, 512, 512, 256, 256, 128, 128, 64, 64]


@pytest.mark.parametrize("stem", UNET_SIZES)
def test_the_maps_of_the_u_net_have_the_sizes_of_figure_1(stem: str) -> None:
    analysis = published("u-net")
    blocks = [analysis.blocks[f"{stem}_{n}"].output for n in range(1, len(UNET_SIZES[stem]) + 1)]
    assert [shape.axes for shape in blocks if shape] == [(n, n) for n in UNET_SIZES[stem]]


def test_the_u_net_by_arithmetic() -> None:
    """18 convolutions of 3 × 3, four steps up of 2 × 2 and one of 1 × 1: the paper's 23."""
    came = [1, *UNET_MAPS[:9], 1024, 512, 512, 256, 256, 128, 128, 64]
    steps = list(zip(came, UNET_MAPS, UNET_SIZES["conv"], strict=True))
    ups = [(1024, 512, 28), (512, 256, 52), (256, 128, 100), (128, 64, 196)]
    assert len(steps) + len(ups) + 1 == 23
    weights = sum(9 * a * b + b for a, b, _ in steps) + sum(4 * a * b + b for a, b, _ in ups) + 64 * 2 + 2
    work = sum(9 * a * b * n**2 for a, b, n in steps) + sum(4 * a * b * n**2 for a, b, n in ups) + 64 * 2 * 388**2
    assert (weights, work) == FIGURES["u-net"]


def test_a_template_without_a_publication_has_no_published_size() -> None:
    template: Template = BY_NAME["lecture"]
    with pytest.raises(ValueError, match="no published size"):
        template.as_published()
