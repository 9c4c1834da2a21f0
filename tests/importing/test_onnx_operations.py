"""Operations as foreign programs write them: they become the right blocks and compute the same."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from convstudio.engine.importing import onnx_models
from convstudio.engine.importing.graph import ImportFault

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def kinds(found) -> list[str]:
    return [b.layer.kind for b in found.document.network.blocks.values()][1:-1]


def layer(found, kind: str):
    return next(b.layer for b in found.document.network.blocks.values() if b.layer.kind == kind)


@pytest.mark.parametrize("auto", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("stride", [1, 2])
def test_padding_in_words(drawing, same, auto: str, stride: int) -> None:
    sheet = drawing.Sheet(1, 3, 12, 11)
    sheet.conv(3, 4, 4, strides=[stride] * 2, auto_pad=auto)
    sheet.op("MaxPool", kernel_shape=[3, 2], strides=[2, 2], auto_pad=auto)
    found = same(sheet, 1, 3, 12, 11)
    assert ("pad" in kinds(found)) == (auto != "VALID")


@pytest.mark.parametrize(
    ("pads", "expected", "padding"),
    [
        ([1, 1, 1, 1], ["convolution"], "same"),
        ([0, 0, 0, 0], ["convolution"], "none"),
        ([2, 1, 2, 1], ["convolution"], (2, 1)),
        ([0, 1, 2, 1], ["pad", "convolution"], "none"),
    ],
)
def test_uneven_padding_becomes_a_pad(drawing, same, pads, expected, padding) -> None:
    sheet = drawing.Sheet(1, 2, 9, 8)
    sheet.conv(2, 4, 3, pads=pads)
    found = same(sheet, 1, 2, 9, 8)
    assert kinds(found) == expected
    assert layer(found, "convolution").padding == padding


POOLS = [
    (length, cells, stride, before, after, ceil)
    for length, cells, stride, before, after, ceil in product((5, 8), (2, 3, 4), (1, 2, 3), (0, 1), (0, 1, 2), (0, 1))
    if max(before, after) <= cells // 2
]


def test_max_pools_of_every_shape(drawing, same) -> None:
    """Uneven padding and ceil_mode, against onnxruntime."""
    for length, cells, stride, before, after, ceil in POOLS:
        sheet = drawing.Sheet(1, 2, length)
        sheet.op("MaxPool", kernel_shape=[cells], strides=[stride], pads=[before, after], ceil_mode=ceil)
        same(sheet, 1, 2, length)


APART = [
    (length, cells, gap, pad, ceil)
    for length, cells, gap, pad, ceil in product((8, 11), (2, 3), (2, 3), (0, 1), (0, 1))
    if pad <= cells // 2
]


def test_max_pools_whose_cells_stand_apart(drawing, same, tmp_path: Path) -> None:
    uneven = 0
    for length, cells, gap, pad, ceil in APART:
        sheet = drawing.Sheet(1, 2, length)
        settings = {"kernel_shape": [cells], "strides": [2], "dilations": [gap], "pads": [pad] * 2}
        sheet.op("MaxPool", ceil_mode=ceil, **settings)
        if ceil and onnx_models.brought(sheet.save(tmp_path / "ceil.onnx")).report.opaque:
            uneven += 1
            continue
        assert layer(same(sheet, 1, 2, length), "max_pool").dilation == (gap,)
    assert 0 < uneven < len(APART) / 2


def test_a_wide_padding_of_a_max_pool_becomes_a_pad(drawing, same) -> None:
    sheet = drawing.Sheet(1, 2, 9, 8)
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[1, 1], pads=[2] * 4)
    assert kinds(same(sheet, 1, 2, 9, 8)) == ["pad", "max_pool"]


@pytest.mark.parametrize("counted", [0, 1])
@pytest.mark.parametrize("pads", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_average_pools(drawing, same, counted: int, pads) -> None:
    sheet = drawing.Sheet(1, 2, 9, 8)
    sheet.op("AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=pads, count_include_pad=counted)
    assert kinds(same(sheet, 1, 2, 9, 8)) == ["average_pool"]


def test_numbers_behind_a_convolution_go_into_its_weights(drawing, same) -> None:
    """A bias that is added, a scale that is multiplied, and batch norm written as both."""
    sheet = drawing.Sheet(1, 3, 8, 8)
    sheet.conv(3, 4, 3, bias=False)
    sheet.op("Mul", sheet.weight(4, 1, 1, around=1.0))
    sheet.op("Add", sheet.weight(1, 4, 1, 1))
    found = same(sheet, 1, 3, 8, 8)
    assert kinds(found) == ["convolution"]
    assert layer(found, "convolution").bias
    assert [(f.operator, f.block) for f in found.report.folded] == [("Add", "Convolution"), ("Mul", "Convolution")]


def test_a_scaled_input_becomes_a_depthwise_block(drawing, same) -> None:
    sheet = drawing.Sheet(1, 3, 8, 8)
    sheet.op("Sub", sheet.number(np.float32([0.4, 0.5, 0.6]).reshape(3, 1, 1), np.float32))
    sheet.op("Div", sheet.number(np.float32([0.2, 0.3, 0.4]).reshape(3, 1, 1), np.float32))
    sheet.conv(3, 4, 3)
    assert kinds(same(sheet, 1, 3, 8, 8)) == ["depthwise", "convolution"]


def test_a_product_with_a_table_and_a_bias_is_one_fully_connected_block(drawing, same) -> None:
    sheet = drawing.Sheet("N", 12)
    sheet.op("MatMul", sheet.weight(12, 5))
    sheet.op("Add", sheet.weight(5))
    found = same(sheet, 2, 12)
    assert kinds(found) == ["fully_connected"]
    assert found.report.parameters == 12 * 5 + 5


def test_channels_that_come_last_are_put_in_front(drawing, same) -> None:
    sheet = drawing.Sheet(1, 8, 9, 3)
    sheet.op("Transpose", perm=[0, 3, 1, 2])
    sheet.conv(3, 4, 3)
    sheet.op("GlobalAveragePool")
    sheet.op("Squeeze", sheet.number([2, 3]))
    found = same(sheet, 1, 8, 9, 3, channels_last=True)
    assert kinds(found) == ["convolution", "global_average_pool"]
    assert "channels of the input come last" in found.report.notes[0]


def test_squeeze_and_excite_multiplies_maps_by_numbers(drawing, same) -> None:
    sheet = drawing.Sheet(1, 4, 6, 6)
    sheet.conv(4, 4, 1)
    maps = sheet.end
    sheet.op("ReduceMean", axes=[2, 3], keepdims=1)
    sheet.conv(4, 2, 1)
    sheet.op("Relu")
    sheet.conv(2, 4, 1)
    gate = sheet.op("Sigmoid")
    sheet.op("Mul", gate, after=maps)
    assert kinds(same(sheet, 1, 4, 6, 6))[-1] == "multiply"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-5, 2e-5])
def test_another_epsilon_goes_into_the_variance(drawing, same, epsilon: float) -> None:
    sheet = drawing.Sheet(1, 3, 5, 5)
    sheet.norm(3, epsilon=epsilon)
    found = same(sheet, 1, 3, 5, 5)
    assert kinds(found) == ["batch_norm"]
    assert bool(found.report.notes) == (epsilon != 1e-5)


def test_two_ways_of_dropping_out(drawing, same, tmp_path: Path) -> None:
    """Kept for training; one that does nothing is left out."""
    sheet = drawing.Sheet(1, 6)
    sheet.op("Dropout", sheet.constant(0.25, np.float32))
    sheet.op("Dropout", sheet.constant(0.0, np.float32))
    found = same(sheet, 1, 6)
    assert kinds(found) == ["dropout"]
    assert layer(found, "dropout").share == 0.25


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {"mode": "nearest"},
        {"mode": "linear"},
        {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
    ],
)
def test_enlarging(drawing, same, settings) -> None:
    sheet = drawing.Sheet(1, 2, 4, 5)
    nothing = sheet.number([], np.float32)
    sheet.op("Resize", nothing, sheet.number([1, 1, 3, 3], np.float32), **settings)
    assert kinds(same(sheet, 1, 2, 4, 5)) == ["upsample"]


@pytest.mark.parametrize(("pads", "added"), [([0, 0], 0), ([1, 1], 0), ([1, 0], 0), ([0, 2], 0), ([1, 1], 1)])
def test_transposed_convolutions(drawing, same, pads, added) -> None:
    sheet = drawing.Sheet(1, 3, 6)
    weight = sheet.weight(3, 2, 4)
    sheet.op("ConvTranspose", weight, strides=[2], pads=pads, output_padding=[added])
    assert kinds(same(sheet, 1, 3, 6))[0] == "transposed"


def test_layer_normalisation_in_its_parts(drawing, same) -> None:
    """As exporters wrote it before there was an operator for it."""
    sheet = drawing.Sheet(1, 3, 4, 5)
    x, axes = sheet.end, [1, 2, 3]
    centred = sheet.op("Sub", sheet.op("ReduceMean", axes=axes), after=x)
    squares = sheet.op("Pow", sheet.number(2.0, np.float32), after=centred)
    spread = sheet.op("Add", sheet.number(1e-5, np.float32), after=sheet.op("ReduceMean", after=squares, axes=axes))
    sheet.op("Div", sheet.op("Sqrt", after=spread), after=centred)
    sheet.op("Mul", sheet.weight(3, 4, 5, around=1.0))
    sheet.op("Add", sheet.weight(3, 4, 5))
    found = same(sheet, 1, 3, 4, 5)
    assert kinds(found) == ["layer_norm"]
    assert found.report.parameters == 2 * 60


def test_cutting_edges_off_is_a_crop(drawing, same) -> None:
    sheet = drawing.Sheet(1, 2, 9, 8)
    starts, ends, axes = (sheet.number(n) for n in ([1, 2], [-1, 2**40], [2, 3]))
    sheet.op("Slice", starts, ends, axes)
    found = same(sheet, 1, 2, 9, 8)
    assert (layer(found, "crop").before, layer(found, "crop").after) == ((1, 2), (1, 0))


@pytest.mark.parametrize(
    ("opset", "sizes", "spans"),
    [
        (12, {"split": [1, 3, 2]}, [(0, 1), (1, 3), (4, 2)]),
        (13, [1, 3, 2], [(0, 1), (1, 3), (4, 2)]),
        (13, [], [(0, 2), (2, 2), (4, 2)]),
        (18, {"num_outputs": 3}, [(0, 2), (2, 2), (4, 2)]),
    ],
)
def test_a_split_becomes_slices_of_the_channels(drawing, same, opset, sizes, spans) -> None:
    sheet = drawing.Sheet(1, 6, 4, 5, opset=opset)
    given = [sheet.number(sizes)] if isinstance(sizes, list) and sizes else []
    sheet.op("Split", *given, outputs=3, axis=-3, **(sizes if isinstance(sizes, dict) else {}))
    first, second, third = sheet.nodes[-1].output
    sheet.op("Concat", first, second, after=third, axis=1)
    found = same(sheet, 1, 6, 4, 5)
    slices = [b.layer for b in found.document.network.blocks.values() if b.layer.kind == "channel_slice"]
    assert [(s.first, s.channels) for s in slices] == spans
    assert [(t.operator, t.block, t.count) for t in found.report.recognised if t.operator == "Split"] == [
        ("Split", "Channel slice", 3)
    ]


def test_a_result_of_a_split_that_nobody_uses_has_no_block(drawing, same) -> None:
    sheet = drawing.Sheet("N", 7, opset=18)
    sheet.op("Split", outputs=2, axis=1, num_outputs=2)
    sheet.end = sheet.nodes[-1].output[1]
    found = same(sheet, 2, 7)
    assert (layer(found, "channel_slice").first, layer(found, "channel_slice").channels) == (4, 3)
    assert kinds(found) == ["channel_slice"]


def test_a_slice_of_channels_and_of_the_maps(drawing, same) -> None:
    sheet = drawing.Sheet(1, 5, 9, 8)
    starts, ends, axes = (sheet.number(n) for n in ([-3, 2], [-1, 2**40], [1, 3]))
    sheet.op("Slice", starts, ends, axes)
    assert kinds(same(sheet, 1, 5, 9, 8)) == ["channel_slice", "crop"]


@pytest.mark.parametrize("axes", [(7,), (4, 5), (2, 3, 4)])
def test_a_shuffle_of_channels_is_one_block_on_every_signal(drawing, same, axes) -> None:
    sheet = drawing.Sheet(1, 12, *axes)
    sheet.op("Reshape", sheet.number([0, 3, -1, *axes]))
    sheet.op("Transpose", perm=[0, 2, 1, *range(3, 3 + len(axes))])
    sheet.op("Reshape", sheet.number([1, 12, *axes]))
    found = same(sheet, 1, 12, *axes)
    assert kinds(found) == ["channel_shuffle"]
    assert layer(found, "channel_shuffle").groups == 3


def test_what_turns_more_than_channels_stays_visible(drawing, tmp_path: Path) -> None:
    """Rows and columns of a table that is not of channels, and one that comes back in another form."""
    for table, row in (([1, 12, 4, 5], [1, 12, 20]), ([1, 3, 16, 5], [1, 12, 4, 5])):
        sheet = drawing.Sheet(1, 12, 4, 5)
        sheet.op("Reshape", sheet.number(table))
        sheet.op("Transpose", perm=[0, 2, 1, 3])
        sheet.op("Reshape", sheet.number(row))
        (unread,) = onnx_models.brought(sheet.save(tmp_path / "turned.onnx")).report.opaque
        assert unread.operator == "Reshape · Transpose · Reshape"
        assert "mixes more than the channels" in unread.reason


# --- what no block expresses ------------------------------------------------------------------------------------------


def read(sheet, path: Path, **how):
    return onnx_models.brought(sheet.save(path / "drawn.onnx"), **how)


def test_what_no_block_expresses_is_an_opaque_block_with_its_name_and_shape(drawing, tmp_path: Path) -> None:
    from convstudio.blocks import catalogue
    from convstudio.network.resolve import resolve

    sheet = drawing.Sheet(1, 4, 6, 6)
    sheet.conv(4, 8, 3, name="first")
    sheet.op("DepthToSpace", blocksize=2, name="shuffle")
    sheet.conv(2, 3, 3, name="second")
    found = read(sheet, tmp_path)
    analysis = resolve(found.document.network, catalogue())
    (unread,) = found.report.opaque
    assert (unread.operator, unread.name, unread.shape) == ("DepthToSpace", "shuffle", "2 × 8 × 8")
    assert analysis.blocks["conv_2"].output.dims == (3, 6, 6)
    (problem,) = analysis.errors
    assert problem.blocks == ("opaque_1",)
    assert "DepthToSpace comes from the imported file, and no block expresses it" in problem.words
    mended = problem.fixes[0].apply(found.document.network)
    assert {w.source for w in mended.wires if w.target == "conv_2"} == {"conv_1"}
    assert "conv_2.weight" in found.weights


def test_each_result_of_an_operation_has_its_block(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet(1, 4, 6, 6)
    first = sheet.op("Split", outputs=2, axis=2)
    sheet.op("Add", f"{first.rpartition('_')[0]}_2", after=first)
    found = read(sheet, tmp_path)
    assert [(o.operator, o.shape) for o in found.report.opaque] == [
        ("Split 1 of 2", "4 × 3 × 6"),
        ("Split 2 of 2", "4 × 3 × 6"),
    ]
    assert kinds(found) == ["opaque", "opaque", "add"]


def test_shapes_with_more_axes_than_a_block_knows_are_told(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet(1, 16, 4, 4)
    sheet.op("Reshape", sheet.number([1, 2, 2, 4, 4, 4]))
    (unread,) = read(sheet, tmp_path).report.opaque
    assert "2 × 2 × 4 × 4 × 4" in unread.reason


def test_a_size_that_the_file_leaves_open_is_the_usual_one_or_the_given(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet("N", 3, "height", "width")
    sheet.conv(3, 4, 3)
    found = read(sheet, tmp_path)
    assert found.document.network.blocks["input_1"].layer.axes == (224, 224)
    assert "224 × 224 is taken" in found.report.notes[0]
    assert read(sheet, tmp_path, size=(32, 20)).document.network.blocks["input_1"].layer.axes == (32, 20)
    with pytest.raises(ImportFault, match="has 2 axes, and the size has 1"):
        read(sheet, tmp_path, size=(32,))


def test_further_outputs_end_open(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet(1, 3, 8, 8)
    sheet.conv(3, 4, 3)
    first = sheet.op("Relu")
    sheet.outputs = [first, sheet.op("Sigmoid")]
    found = read(sheet, tmp_path)
    assert "The file has 2 outputs" in found.report.notes[0]
    assert sum(b.layer.ends for b in found.document.network.blocks.values()) == 1


def test_a_network_for_a_data_set_that_is_there_gets_it(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet("N", 1, 28, 28)
    sheet.op("Flatten")
    sheet.gemm(784, 10)
    assert read(sheet, tmp_path).document.data.name == "digits"


HARD = (3.0, 0.0, 6.0, 6.0, 1 / 6)


@pytest.mark.parametrize("form", ["whole", "divided late", "times a sixth"])
@pytest.mark.parametrize("kind", ["hard_sigmoid", "hard_swish"])
def test_hard_activations_are_known_in_all_their_forms(drawing, same, form: str, kind: str) -> None:
    """As one operator, and in the parts that exporters made of them before there was one."""
    sheet = drawing.Sheet("N", 2, 5, 4, opset=14)
    three, low, high, six, sixth = (sheet.constant(n, "float32") for n in HARD)
    start = sheet.op("Mul", three)
    if form == "whole":
        sheet.op("HardSigmoid", alpha=1 / 6)
    else:
        sheet.op("Add", three)
        sheet.op("Clip", low, high)
    if form == "divided late" and kind == "hard_swish":
        sheet.op("Mul", sheet.end, after=start)
    if form != "whole":
        sheet.op(*(("Div", six) if form == "divided late" else ("Mul", sixth)))
    if form != "divided late" and kind == "hard_swish":
        sheet.op("Mul", sheet.end, after=start)
    if form == "divided late" and kind == "hard_sigmoid":
        sheet.op("Relu")
    assert kinds(same(sheet, 3, 2, 5, 4))[:2] == ["depthwise", kind]


def test_a_hard_sigmoid_of_another_slope_stays_visible(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet("N", 3)
    sheet.op("HardSigmoid")
    (left,) = onnx_models.brought(sheet.save(tmp_path / "keras.onnx")).report.opaque
    assert left.reason == "Its slope is 0.2 around 0.5; that of our block is 1/6 around 0.5."


def test_log_softmax_is_left_out_at_the_end_alone(drawing, tmp_path: Path) -> None:
    sheet = drawing.Sheet("N", 3, opset=13)
    sheet.gemm(3, 4)
    sheet.op("LogSoftmax", axis=1)
    found = onnx_models.brought(sheet.save(tmp_path / "end.onnx"))
    assert kinds(found) == ["fully_connected"]
    assert "LogSoftmax, which is left out" in found.report.notes[0]
    sheet.op("Relu")
    assert [u.operator for u in onnx_models.brought(sheet.save(tmp_path / "within.onnx")).report.opaque] == [
        "LogSoftmax"
    ]
