"""Classic networks as their published ONNX files, and torch's exporters, write them; `part` of the maps for tests.

Sheets come from `onnx_drawing`. Counts of weights are those of torchvision and of the ONNX model zoo (CaffeNet).
"""

from __future__ import annotations

from typing import Any

from onnx_drawing import Sheet


def alexnet(part: int = 1, size: int = 224, **how: Any) -> Sheet:
    """As torch's exporter wrote it in 2018: the form for Flatten comes from Shape, Gather and Concat."""
    sheet = Sheet(1, 3, size, size, opset=9, **how)
    came = 3
    for maps, cells, stride, pad, pooled in (
        (64, 11, 4, 2, 1),
        (192, 5, 1, 2, 1),
        (384, 3, 1, 1, 0),
        (256, 3, 1, 1, 0),
    ):
        came = _relu_conv(sheet, came, maps // part, cells, strides=[stride] * 2, pads=[pad] * 4)
        if pooled:
            sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[0] * 4)
    came = _relu_conv(sheet, came, 256 // part, 3, pads=[1] * 4)
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2])
    before = sheet.end
    batch = sheet.op("Gather", sheet.constant(0), after=sheet.op("Shape"), axis=0)
    ends = [sheet.op("Unsqueeze", after=e, axes=[0]) for e in (batch, sheet.constant(-1))]
    form = sheet.op("Concat", *ends, after="", axis=0)
    sheet.op("Reshape", form, after=before)
    return _decided(sheet, came * (6 if size == 224 else 1) ** 2, 4096 // part, 1000 // part)


def caffenet(part: int = 1, opset: int = 3, **how: Any) -> Sheet:
    """The first files of the zoo: weights listed as inputs, uneven padding of pools, LRN, groups, dropout's mask."""
    sheet = Sheet(1, 3, 224, 224, opset=opset, listed=True, **how)
    old = {"broadcast": 1} if opset < 7 else {}
    for came, maps, cells, settings, pooled in (
        (3, 96, 11, {"strides": [4, 4]}, True),
        (96, 256, 5, {"pads": [2] * 4, "group": 2}, True),
        (256, 384, 3, {"pads": [1] * 4}, False),
        (384, 384, 3, {"pads": [1] * 4, "group": 2}, False),
        (384, 256, 3, {"pads": [1] * 4, "group": 2}, False),
    ):
        _relu_conv(sheet, came if came == 3 else came // part, maps // part, cells, **settings)
        if pooled:
            uneven = [0, 0, 1, 1] if cells == 11 else [0] * 4
            sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=uneven)
            sheet.op("LRN", size=5, alpha=1e-4, beta=0.75, bias=1.0)
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[0] * 4)
    row = 256 // part * 36
    sheet.op("Reshape", sheet.number([1, row], name="OC2_DUMMY_1"))
    for came, made in ((row, 4096 // part), (4096 // part, 4096 // part)):
        sheet.gemm(came, made, **old)
        sheet.op("Relu")
        sheet.op("Dropout", outputs=2, ratio=0.5, **({"is_test": 1} if old else {}))
    sheet.gemm(4096 // part, 1000 // part, **old)
    sheet.op("Softmax")
    return sheet


def vgg16(part: int = 1, size: int = 224, **how: Any) -> Sheet:
    sheet = Sheet(1, 3, size, size, opset=8, **how)
    came = 3
    for maps, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            came = _relu_conv(sheet, came, maps // part, 3, strides=[1, 1], pads=[1] * 4, dilations=[1, 1], group=1)
        sheet.op("MaxPool", kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
    sheet.op("Flatten")
    return _decided(sheet, came * (size // 32) ** 2, 4096 // part, 1000 // part, dropout=True)


def resnet18(part: int = 1, size: int = 224, **how: Any) -> Sheet:
    """With batch norms of their own, and the `spatial` that only old files have."""
    sheet = Sheet("N", 3, size, size, opset=8, **how)
    came = 64 // part
    sheet.conv(3, came, 7, False, strides=[2, 2], pads=[3] * 4)
    sheet.norm(came, epsilon=1e-5, momentum=0.9, spatial=1)
    sheet.op("Relu")
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    for maps, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        came = _residual(sheet, came, maps // part, stride)
    sheet.op("GlobalAveragePool")
    sheet.op("Flatten")
    sheet.gemm(came, 1000 // part)
    return sheet


def mobilenet_v2(part: int = 1, size: int = 224, opset: int = 10, **how: Any) -> Sheet:
    """ReLU6 as Clip: with settings before operator set 11, with inputs from then on."""
    sheet = Sheet("N", 3, size, size, opset=opset, **how)
    came = _clipped(sheet, 3, 32 // part, 3, strides=[2, 2], pads=[1] * 4)
    for expansion, maps, count, first in (
        *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
    ):
        for number in range(count):
            came = _bottleneck(sheet, came, expansion, maps // part, first if number == 0 else 1)
    came = _clipped(sheet, came, 1280 // part, 1)
    sheet.op("GlobalAveragePool")
    sheet.op("Reshape", sheet.number([0, -1]))
    sheet.gemm(came, 1000 // part)
    return sheet


SMALL = (
    *((3, 16, 16, True, False, 2), (3, 72, 24, False, False, 2), (3, 88, 24, False, False, 1)),
    *((5, 96, 40, True, True, 2), (5, 240, 40, True, True, 1), (5, 240, 40, True, True, 1)),
    *((5, 120, 48, True, True, 1), (5, 144, 48, True, True, 1)),
    *((5, 288, 96, True, True, 2), (5, 576, 96, True, True, 1), (5, 576, 96, True, True, 1)),
)
"""MobileNetV3-Small: cells, width inside, maps, whether maps are weighed, whether it bends by hard swish, stride."""


def mobilenet_v3(part: int = 1, size: int = 224, opset: int = 14, **how: Any) -> Sheet:
    """Small, as torchvision has it; before operator set 14 hard swish is written in its parts."""
    sheet = Sheet("N", 3, size, size, opset=opset, **how)
    came = _bent(sheet, 3, 16, 3, True, strides=[2, 2], pads=[1] * 4)
    for cells, wide, maps, weighed, hard, stride in SMALL:
        start, entered = sheet.end, came
        if wide != came:
            _bent(sheet, came, wide, 1, hard)
        _bent(sheet, wide, wide, cells, hard, strides=[stride] * 2, pads=[cells // 2] * 4, group=wide)
        if weighed:
            _weighed(sheet, wide, (wide // 4 + 4) // 8 * 8)
        sheet.conv(wide, maps, 1, False)
        came = maps
        end = sheet.norm(maps, epsilon=0.001)
        if stride == 1 and entered == maps:
            sheet.op("Add", start, after=end)
    came = _bent(sheet, came, 576, 1, True)
    sheet.op("GlobalAveragePool")
    sheet.op("Flatten")
    sheet.gemm(came, 1024 // part)
    _hard_swish(sheet)
    sheet.gemm(1024 // part, 1000 // part)
    return sheet


def _bent(sheet: Sheet, came: int, maps: int, cells: int, hard: bool, **settings: Any) -> int:
    sheet.conv(came, maps, cells, False, **settings)
    sheet.norm(maps, epsilon=0.001)
    if hard:
        _hard_swish(sheet)
    else:
        sheet.op("Relu")
    return maps


def _hard_swish(sheet: Sheet) -> None:
    if sheet.opset >= 14:
        sheet.op("HardSwish")
        return
    start, bounds = sheet.end, [sheet.constant(n, "float32") for n in (0.0, 6.0)]
    sheet.op("Add", sheet.constant(3.0, "float32"))
    sheet.op("Clip", *bounds)
    sheet.op("Div", sheet.constant(6.0, "float32"))
    sheet.op("Mul", sheet.end, after=start)


def _weighed(sheet: Sheet, maps: int, squeezed: int) -> None:
    start = sheet.end
    sheet.op("GlobalAveragePool")
    _relu_conv(sheet, maps, max(8, squeezed), 1)
    sheet.conv(max(8, squeezed), maps, 1)
    sheet.op("HardSigmoid", alpha=1 / 6)
    sheet.op("Mul", sheet.end, after=start)


def squeezenet(part: int = 1, size: int = 224, **how: Any) -> Sheet:
    """Version 1.0 as torchvision has it, pools with ceil_mode; the scores are the means of a convolution's maps."""
    sheet = Sheet("N", 3, size, size, opset=11, **how)
    came = _relu_conv(sheet, 3, 96 // part, 7, strides=[2, 2])
    for pooled, squeezed, expanded in (
        *((True, 16, 64), (False, 16, 64), (False, 32, 128)),
        *((True, 32, 128), (False, 48, 192), (False, 48, 192), (False, 64, 256)),
        (True, 64, 256),
    ):
        if pooled:
            sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
        came = _fire(sheet, came, squeezed // part, expanded // part)
    sheet.op("Dropout", ratio=0.5)
    _relu_conv(sheet, came, 1000 // part, 1)
    sheet.op("GlobalAveragePool")
    sheet.op("Softmax", axis=1)
    return sheet


def _relu_conv(sheet: Sheet, came: int, maps: int, cells: int, **settings: Any) -> int:
    sheet.conv(came, maps, cells, **settings)
    sheet.op("Relu")
    return maps


def _decided(sheet: Sheet, row: int, neurons: int, classes: int, dropout: bool = False) -> Sheet:
    for came in (row, neurons):
        sheet.gemm(came, neurons)
        sheet.op("Relu")
        if dropout:
            sheet.op("Dropout", outputs=2, ratio=0.5)
    sheet.gemm(neurons, classes)
    return sheet


def _residual(sheet: Sheet, came: int, maps: int, stride: int) -> int:
    start = sheet.end
    sheet.conv(came, maps, 3, False, strides=[stride] * 2, pads=[1] * 4)
    sheet.norm(maps, spatial=1)
    sheet.op("Relu")
    sheet.conv(maps, maps, 3, False, pads=[1] * 4)
    end = sheet.norm(maps, spatial=1)
    if stride > 1 or came != maps:
        sheet.end = start
        sheet.conv(came, maps, 1, False, strides=[stride] * 2)
        start = sheet.norm(maps, spatial=1)
    sheet.op("Add", start, after=end)
    sheet.op("Relu")
    return maps


def _clipped(sheet: Sheet, came: int, maps: int, cells: int, **settings: Any) -> int:
    sheet.conv(came, maps, cells, False, **settings)
    sheet.norm(maps, momentum=0.9)
    if sheet.opset < 11:
        sheet.op("Clip", min=0.0, max=6.0)
    else:
        sheet.op("Clip", sheet.constant(0.0, "float32"), sheet.constant(6.0, "float32"))
    return maps


def _bottleneck(sheet: Sheet, came: int, expansion: int, maps: int, stride: int) -> int:
    start, wide = sheet.end, came * expansion
    if expansion > 1:
        _clipped(sheet, came, wide, 1)
    _clipped(sheet, wide, wide, 3, strides=[stride] * 2, pads=[1] * 4, group=wide)
    sheet.conv(wide, maps, 1, False)
    end = sheet.norm(maps)
    if stride == 1 and came == maps:
        sheet.op("Add", end, after=start)
    return maps


def _fire(sheet: Sheet, came: int, squeezed: int, expanded: int) -> int:
    _relu_conv(sheet, came, squeezed, 1)
    start = sheet.end
    _relu_conv(sheet, squeezed, expanded, 1)
    one, sheet.end = sheet.end, start
    _relu_conv(sheet, squeezed, expanded, 3, pads=[1] * 4)
    sheet.op("Concat", sheet.end, after=one, axis=1)
    return 2 * expanded


def shufflenet_v2(part: int = 1, size: int = 224, opset: int = 12, **how: Any) -> Sheet:
    """Times 1.0, as torchvision has it: torch's exporters either work the forms of a shuffle out, or write them."""
    sheet = Sheet("N", 3, size, size, opset=opset, **how)
    _bent(sheet, 3, 24, 3, False, strides=[2, 2], pads=[1] * 4)
    sheet.op("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    came, side = 24, -(-size // 4)
    for maps, units in ((116, 4), (232, 8), (464, 4)):
        side = -(-side // 2)
        for unit in range(units):
            _shuffled_unit(sheet, came, maps // part, side, first=unit == 0)
            came = maps // part
    _bent(sheet, came, 1024 // part, 1, False)
    along = {} if opset >= 18 else {"axes": [2, 3]}
    sheet.op("ReduceMean", *([] if along else [sheet.number([2, 3])]), keepdims=0, **along)
    sheet.gemm(1024 // part, 1000 // part)
    return sheet


def _shuffled_unit(sheet: Sheet, came: int, maps: int, side: int, first: bool) -> None:
    """One half passes, the other is worked on; the first unit of a stage filters all maps on both ways instead."""
    passed = start = sheet.end
    half, stride = maps // 2, 2 if first else 1
    if first:
        passed = _filtered(sheet, came, half, stride)
        sheet.end = start
    else:
        passed, sheet.end = _halves(sheet, half)
    _bent(sheet, came if first else half, half, 1, False)
    worked = _filtered(sheet, half, half, stride)
    sheet.op("Concat", worked, after=passed, axis=1)
    _shuffle(sheet, maps, side)


def _filtered(sheet: Sheet, came: int, maps: int, stride: int) -> str:
    sheet.conv(came, came, 3, False, strides=[stride] * 2, pads=[1] * 4, group=came)
    sheet.norm(came, epsilon=1e-5)
    _bent(sheet, came, maps, 1, False)
    return sheet.end


def _halves(sheet: Sheet, half: int) -> tuple[str, str]:
    told = {"num_outputs": 2} if sheet.opset >= 18 else {"split": [half, half]}
    first = sheet.op("Split", outputs=2, axis=1, **told)
    return first, sheet.nodes[-1].output[1]


def _shuffle(sheet: Sheet, maps: int, side: int) -> None:
    start = sheet.end
    if sheet.opset >= 18:
        table, row = sheet.number([-1, 2, maps // 2, side, side]), sheet.number([-1, maps, side, side])
    else:
        batch, rows, columns = _lengths(sheet)
        two, half, whole = (sheet.constant([n]) for n in (2, maps // 2, maps))
        table = sheet.op("Concat", two, half, rows, columns, after=batch, axis=0)
        row = sheet.op("Concat", whole, rows, columns, after=batch, axis=0)
    sheet.op("Reshape", table, after=start)
    sheet.op("Transpose", perm=[0, 2, 1, 3, 4])
    sheet.op("Reshape", row)


def _lengths(sheet: Sheet) -> list[str]:
    """Samples, rows and columns as numbers that are worked out."""
    shape = sheet.op("Shape")
    found = [sheet.op("Gather", sheet.constant(n), after=shape, axis=0) for n in (0, 2, 3)]
    return [sheet.op("Unsqueeze", after=edge, axes=[0]) for edge in found]
