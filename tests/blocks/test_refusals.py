"""Settings and inputs that a block cannot work with are refused in words that name the numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from convstudio.blocks import (
    AdaptiveAveragePool,
    AdaptiveMaxPool,
    Add,
    AveragePool,
    ChannelShuffle,
    ChannelSlice,
    Concatenate,
    Convolution,
    Crop,
    Depthwise,
    Dilated,
    FixedMask,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    MaxPool,
    Multiply,
    Pad,
    Pointwise,
    Reshape,
    Separable,
    SpatialDropout,
    Transposed,
    Upsample,
    catalogue,
)
from convstudio.network import file
from convstudio.network.layer import Layer, Remedy
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

BAD_SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("convolution", {"channels": 0}, ">= 1"),
    ("convolution", {"channels": 65_537}, "<= 65536"),
    ("convolution", {"channels": 2.5}, "int"),
    ("convolution", {"channels": "8"}, "int"),
    ("convolution", {"channels": True}, "int"),
    ("convolution", {"mask": []}, "length >= 1"),
    ("convolution", {"mask": [3, 3, 3, 3]}, "length <= 3"),
    ("convolution", {"mask": 3}, "array"),
    ("convolution", {"mask": [0]}, ">= 1"),
    ("convolution", {"mask": [1025]}, "<= 1024"),
    ("convolution", {"stride": [-1]}, ">= 1"),
    ("convolution", {"padding": "valid"}, "valid"),
    ("convolution", {"padding": [-1]}, ">= 0"),
    ("convolution", {"dilation": [0]}, ">= 1"),
    ("convolution", {"bias": 1}, "bool"),
    ("convolution", {"kernel": [3]}, "kernel"),
    ("dilated", {"dilation": [2000]}, "<= 1024"),
    ("separable", {"groups": 2}, "groups"),
    ("convolution", {"groups": 0}, ">= 1"),
    ("convolution", {"padding_mode": "wrap"}, "wrap"),
    ("separable", {"between": "softmax"}, "softmax"),
    ("separable", {"multiplier": 0}, ">= 1"),
    ("transposed", {"padding": "same"}, "array"),
    ("transposed", {"output_padding": [-1]}, ">= 0"),
    ("adaptive_average_pool", {"size": [0]}, ">= 1"),
    ("adaptive_max_pool", {"size": [1, 1, 1, 1]}, "length <= 3"),
    ("average_pool", {"count_padding": "yes"}, "bool"),
    ("prelu", {"slope": 0.1}, "slope"),
    ("softmax", {"axis": 1}, "axis"),
    ("local_response_norm", {"size": 0}, ">= 1"),
    ("local_response_norm", {"beta": -1}, ">= 0"),
    ("upsample", {"factor": [65]}, "<= 64"),
    ("upsample", {"mode": "cubic"}, "cubic"),
    ("pad", {"before": [-1]}, ">= 0"),
    ("pad", {"mode": "constant"}, "constant"),
    ("crop", {"after": []}, "length >= 1"),
    ("reshape", {"channels": 0}, ">= 1"),
    ("reshape", {"axes": [1, 1, 1, 1]}, "length <= 3"),
    ("fixed_mask", {"preset": "roberts"}, "roberts"),
    ("fixed_mask", {"mask": [64]}, "<= 63"),
    ("fixed_mask", {"sigma": 0}, ">= 0.1"),
    ("fixed_mask", {"numbers": []}, "length >= 1"),
    ("fixed_mask", {"numbers": [[1, "x"]]}, "float"),
    ("depthwise", {"multiplier": 0}, ">= 1"),
    ("depthwise", {"multiplier": 257}, "<= 256"),
    ("depthwise", {"channels": 8}, "channels"),
    ("pointwise", {"mask": [3]}, "mask"),
    ("pointwise", {"channels": 0}, ">= 1"),
    ("global_average_pool", {"window": [2]}, "window"),
    ("global_max_pool", {"stride": [2]}, "stride"),
    ("max_pool", {"window": [0]}, ">= 1"),
    ("max_pool", {"padding": "same"}, "array"),
    ("average_pool", {"stride": [[2]]}, "int"),
    ("fully_connected", {"channels": -1}, ">= 1"),
    ("dropout", {"share": 1}, "< 1"),
    ("dropout", {"share": -0.1}, ">= 0"),
    ("input", {"channels": 0}, ">= 1"),
    ("input", {"axes": [28, 28, 28, 28]}, "length <= 3"),
    ("input", {"axes": [0]}, ">= 1"),
    ("flatten", {"axis": 1}, "axis"),
    ("relu", {"slope": 0.1}, "slope"),
    ("leaky_relu", {"slope": -0.1}, ">= 0"),
    ("leaky_relu", {"slope": 1.5}, "<= 1"),
    ("elu", {"alpha": 11}, "<= 10"),
    ("gelu", {"approximate": "tanh"}, "approximate"),
    ("silu", {"beta": 1}, "beta"),
    ("sigmoid", {"alpha": 1}, "alpha"),
    ("tanh", {"alpha": 1}, "alpha"),
    ("spatial_dropout", {"share": 1}, "< 1"),
    ("group_norm", {"groups": 0}, ">= 1"),
    ("group_norm", {"groups": 65_537}, "<= 65536"),
    ("layer_norm", {"groups": 2}, "groups"),
    ("batch_norm", {"momentum": 0.1}, "momentum"),
    ("add", {"weights": []}, "weights"),
    ("multiply", {"weights": []}, "weights"),
    ("concatenate", {"axis": 1}, "axis"),
    ("output", {"classes": 10}, "classes"),
    ("group", {"repeat": 0}, ">= 1"),
    ("group", {"repeat": 1001}, "<= 1000"),
    ("group", {"network": {"blocks": [{"id": "relu_1"}]}}, "blocks[0]"),
    ("entry", {}, "entry_1"),
    ("exit", {"classes": 10}, "classes"),
    ("clipped_relu", {"ceiling": 0}, ">= 0.01"),
    ("hard_swish", {"slope": 0.2}, "slope"),
    ("hard_sigmoid", {"slope": 0.2}, "slope"),
    ("channel_slice", {"first": -1}, ">= 0"),
    ("channel_slice", {"channels": 0}, ">= 1"),
    ("channel_shuffle", {"groups": 0}, ">= 1"),
    ("max_pool", {"dilation": [0]}, ">= 1"),
    ("average_pool", {"dilation": [2]}, "dilation"),
    ("opaque", {"channels": 0}, ">= 1"),
]


@pytest.mark.parametrize(("kind", "settings", "named"), BAD_SETTINGS, ids=lambda v: v if isinstance(v, str) else None)
def test_a_file_with_a_bad_setting_is_refused_where_it_is(kind: str, settings: dict[str, Any], named: str) -> None:
    block = {"id": "block_7", "kind": kind, "at": [0, 0], "settings": settings}
    with pytest.raises(file.FileError) as refused:
        file.parse(json.dumps({"format": 1, "blocks": [block]}), catalogue())
    words = str(refused.value)
    assert "block 1 (block_7)" in words
    assert named in words


def test_every_kind_refuses_something() -> None:
    assert {kind for kind, _, _ in BAD_SETTINGS} == set(catalogue())


MISFITS: list[tuple[Layer, tuple[Shape, ...], tuple[str, ...], bool]] = [
    (Convolution(mask=(5,), padding="none"), (Shape(1, (3, 9)),), ("3 rows", "5"), True),
    (Convolution(mask=(5,), padding="none"), (Shape(1, (9, 4)),), ("4 columns", "5"), True),
    (Dilated(mask=(3,), dilation=(4,), padding=(1,)), (Shape(1, (6,)),), ("6 time", "8 with padding", "9"), True),
    (Convolution(mask=(3, 3)), (Shape(1, (9,)),), ("3 × 3", "2", "1"), True),
    (Convolution(padding=(1, 1)), (Shape(1, (9, 9, 9)),), ("1 × 1", "3"), True),
    (Convolution(mask=(4,), stride=(2,)), (Shape(1, (9, 9)),), ("4×4", "1"), True),
    (Separable(mask=(7,), padding="none"), (Shape(3, (5, 5)),), ("5 rows", "7"), True),
    (MaxPool(window=(4,), stride=(4,)), (Shape(1, (3, 3)),), ("3 rows", "4"), True),
    (MaxPool(window=(3,), dilation=(2,)), (Shape(1, (4, 9)),), ("4 rows", "covers 5"), True),
    (MaxPool(window=(3,), dilation=(2, 3)), (Shape(1, (9,)),), ("2 × 3", "this one has 1"), True),
    (ChannelSlice(first=2, channels=3), (Shape(4, (5, 5)),), ("Channels 2 to 4", "0 to 3"), True),
    (ChannelSlice(first=1, channels=1), (Shape(1),), ("Channels 1 to 1", "0 alone"), True),
    (ChannelShuffle(groups=4), (Shape(6, (5,)),), ("6 channels / 4 groups", "rest of 2"), True),
    (ChannelShuffle(groups=2), (Shape(7, (5,)),), ("7 channels / 2 groups",), False),
    (ChannelShuffle(), (Shape(12),), ("12 numbers", "Flatten"), False),
    (AveragePool(padding=(2,)), (Shape(1, (8, 8)),), ("2×2", "1×1"), True),
    (Depthwise(mask=(5,), padding="none"), (Shape(3, (3, 9)),), ("3 rows", "5"), True),
    (Depthwise(mask=(4,), stride=(2,)), (Shape(3, (9, 9)),), ("4×4", "1"), True),
    (Depthwise(mask=(3, 3)), (Shape(3, (9,)),), ("3 × 3", "2", "1"), True),
    (GlobalAveragePool(), (Shape(12),), ("12 numbers", "Flatten"), True),
    (GlobalMaxPool(), (Shape(12),), ("12 numbers", "Flatten"), True),
    (SpatialDropout(share=0.3), (Shape(12),), ("12 numbers", "Dropout"), True),
    (GroupNorm(groups=4), (Shape(6, (5, 5)),), ("6 / 4 = 1", "2 would be left over"), True),
    (GroupNorm(groups=8), (Shape(3, (5,)),), ("3 / 8 = 0", "3 would"), True),
    (GroupNorm(groups=12), (Shape(12),), ("12 numbers in 12 groups",), True),
    (GroupNorm(groups=2), (Shape(7),), ("7 / 2 = 3", "1 would"), True),
    (GroupNorm(groups=1), (Shape(1),), ("Only 1 number",), True),
    (LayerNorm(), (Shape(1),), ("1 number",), True),
    (Multiply(), (Shape(8, (5, 5)), Shape(4, (5, 5))), ("8 × 5 × 5", "4 × 5 × 5"), False),
    (Multiply(), (Shape(8, (5, 5)), Shape(4)), ("8 × 5 × 5", "a number for each channel (8)"), False),
    (Multiply(), (Shape(8, (5, 1)), Shape(8, (5, 5))), ("8 × 5 × 1", "8 × 5 × 5"), False),
    (Convolution(channels=8, groups=4), (Shape(6, (9, 9)),), ("6 / 4 = 1", "2 would be left over"), True),
    (Convolution(channels=9, groups=2), (Shape(6, (9, 9)),), ("9 / 2 = 4", "1 would"), True),
    (Convolution(padding_mode="reflect"), (Shape(1, (9, 1)),), ("1 column", "repeat 0", "has 1"), True),
    (Convolution(padding=(3,), padding_mode="circular"), (Shape(1, (2, 9)),), ("2 rows", "repeat 2", "has 3"), True),
    (Separable(mask=(5,), padding_mode="reflect"), (Shape(1, (2, 9)),), ("2 rows", "repeat 1"), True),
    (Transposed(padding=(3,)), (Shape(1, (2, 9)),), ("rows", "(2 - 1)·2 - 2·3 + 1·(2 - 1) + 1 = -2"), True),
    (Transposed(output_padding=(2,)), (Shape(1, (9, 9)),), ("2 cells", "stride, 2"), True),
    (Transposed(groups=3), (Shape(3, (9, 9)),), ("8 / 3 = 2",), True),
    (Transposed(output_padding=(1, 1)), (Shape(3, (9,)),), ("1 × 1", "2 axes", "has 1"), True),
    (AdaptiveAveragePool(size=(2, 2)), (Shape(3, (9,)),), ("2 × 2", "2 axes"), True),
    (AdaptiveMaxPool(), (Shape(3),), ("Flatten",), False),
    (Upsample(factor=(2, 3)), (Shape(3, (9,)),), ("2 × 3", "has 1"), False),
    (Upsample(), (Shape(3),), ("Flatten",), False),
    (Pad(mode="reflect", before=(3,)), (Shape(1, (3, 9)),), ("3 rows", "repeat 2", "has 3"), True),
    (Pad(), (Shape(3),), ("Flatten",), False),
    (Pad(after=(1, 2)), (Shape(3, (9,)),), ("1 × 2", "2 axes"), False),
    (Crop(before=(4,), after=(5,)), (Shape(3, (9, 20)),), ("9 rows", "4 + 5 = 9"), False),
    (Reshape(channels=7, axes=(2, 2)), (Shape(12),), ("12 values", "7 · 2 · 2 = 28"), True),
    (Reshape(channels=7, axes=(5, 5)), (Shape(12),), ("12 values", "7 · 5 · 5 = 175"), False),
    (LocalResponseNorm(), (Shape(12),), ("12 numbers", "Flatten"), False),
    (LocalResponseNorm(size=4), (Shape(12, (5,)),), ("4", "3 or 5"), False),
    (FixedMask(preset="sobel_y"), (Shape(3, (9,)),), ("3×3", "one row"), True),
    (FixedMask(preset="own", numbers=((1, 2), (3,))), (Shape(3, (9, 9)),), ("2, 1 numbers",), False),
    (FixedMask(preset="own", numbers=((0, 0),)), (Shape(3, (9, 9)),), ("All numbers of the mask are 0",), False),
    (FixedMask(preset="box", padding="none"), (Shape(3, (9, 4)),), ("4 columns", "5"), True),
    (FixedMask(preset="box", mask=(4,), stride=(2,)), (Shape(3, (9, 9)),), ("4×4",), True),
    (FixedMask(), (Shape(12),), ("Flatten",), False),
    (FullyConnected(), (Shape(8, (5, 5)),), ("8 · 5 · 5", "200"), True),
    (Add(), (Shape(8, (5, 5)), Shape(4, (5, 5))), ("8 × 5 × 5", "4 × 5 × 5"), True),
    (Concatenate(), (Shape(8, (5, 5)), Shape(8, (4, 5))), ("8 × 5 × 5", "8 × 4 × 5"), True),
]


@pytest.mark.parametrize(("layer", "inputs", "named", "mends"), MISFITS, ids=lambda v: getattr(v, "kind", None))
def test_a_misfit_names_the_numbers_and_its_remedies_help(
    layer: Layer, inputs: tuple[Shape, ...], named: tuple[str, ...], mends: bool
) -> None:
    misfit = measure(layer, inputs).misfit
    assert misfit is not None
    assert misfit.title
    assert all(part in misfit.words for part in named), misfit.words
    assert bool(misfit.remedies) == mends
    for remedy in misfit.remedies:
        assert remedy.label
        if remedy.before:
            between = measure(remedy.layer, inputs[remedy.port : remedy.port + 1]).output
            assert between is not None
            mended = (*inputs[: remedy.port], between, *inputs[remedy.port + 1 :])
            assert measure(layer, mended).misfit is None
        elif remedy.layer:
            assert measure(remedy.layer, inputs).misfit is None


@pytest.mark.parametrize("kind", [Convolution, Dilated, Separable, Depthwise, Pointwise, MaxPool, AveragePool])
def test_a_mask_cannot_slide_over_a_row_of_numbers(kind: type[Layer]) -> None:
    misfit = measure(kind(), (Shape(120),)).misfit
    assert misfit is not None
    assert "Flatten" in misfit.words


def test_what_no_computer_holds_is_refused_not_tried() -> None:
    huge = Shape(65_536, (256, 256))
    flat = measure(Flatten(), (huge,))
    assert flat.output == Shape(2**32)
    weights = measure(FullyConnected(channels=65_536), (Shape(2**32),)).misfit
    assert weights is not None
    assert "281 474 976 776 192 weights" in weights.words
    maps = measure(Convolution(channels=65_536), (Shape(1, (65_536, 65_536)),)).misfit
    assert maps is not None
    assert "GiB" in maps.words


def test_maps_that_are_nearly_alike_are_cropped_or_padded() -> None:
    shapes = (Shape(8, (5, 5)), Shape(4, (4, 5)))
    layers = [(r.port, r.layer) for r in remedies(Concatenate(), shapes)]
    assert layers == [(0, Crop(before=(0,), after=(1, 0))), (1, Pad(before=(0,), after=(1, 0)))]
    alike = (Shape(8, (64, 64)), Shape(8, (56, 56)))
    assert [(r.port, r.layer) for r in remedies(Add(), alike)] == [
        (0, Crop(before=(4,), after=(4,))),
        (1, Pad(before=(4,), after=(4,))),
    ]
    assert remedies(Concatenate(), (Shape(8, (5, 4)), Shape(8, (4, 5)))) == ()  # one longer, one shorter
    assert [type(r.layer) for r in remedies(Concatenate(), (Shape(8, (28, 28)), Shape(8, (14, 14))))] == [MaxPool]


def remedies(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Remedy, ...]:
    misfit = measure(layer, inputs).misfit
    assert misfit
    return misfit.remedies
