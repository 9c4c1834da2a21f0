"""MobileNet: the work of a convolution divided in two, so that a telephone can do it."""

from __future__ import annotations

from convstudio.blocks.add import Add
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.clipped_relu import ClippedReLU
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.output import Output
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.group import Exit
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template

V1_STEPS = (
    (64, 1, 1),
    (128, 2, 1),
    (128, 1, 1),
    (256, 2, 1),
    (256, 1, 1),
    (512, 2, 1),
    (512, 1, 5),
    (1024, 2, 1),
    (1024, 1, 1),
)
"""Maps and stride of each separable convolution, and how often it follows itself: table 1 of the paper."""
V2_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion t, maps c, repetitions n, stride s of the first: table 2 of the paper."""


def separable(maps: int, stride: int) -> Network:
    """Filter each map alone, then mix the maps."""
    sheet = Sheet()
    sheet.chain(Depthwise(stride=(stride,), bias=False), BatchNorm(), ReLU())
    sheet.chain(Pointwise(channels=maps, bias=False), BatchNorm(), ReLU(), Exit())
    return sheet.network


def _v1(shape: Shape, classes: int, first_stride: int) -> Network:
    sheet = Sheet(shape)
    sheet.chain(Convolution(channels=32, stride=(first_stride,), bias=False), BatchNorm(), ReLU())
    for number, (maps, stride, repeat) in enumerate(V1_STEPS):
        if number % 5 == 0:
            sheet.row()
        sheet.group(f"{'Halve to' if stride > 1 else 'Separable'} {maps}", separable(maps, stride), repeat)
    sheet.chain(GlobalAveragePool(), FullyConnected(channels=classes), Output())
    return sheet.network


def v1(shape: Shape, classes: int) -> Network:
    return _v1(shape, classes, 2)


def v1_for_small_images(shape: Shape, classes: int) -> Network:
    return _v1(shape, classes, 1)


def bottleneck(came: int, expansion: int, maps: int, stride: int) -> Network:
    """Widen by a 1 × 1 convolution, filter each map alone, narrow again; a shortcut where nothing changes its shape."""
    sheet = Sheet()
    start = sheet.end
    shortcut = stride == 1 and came == maps
    lane = 1 if shortcut else 0
    if expansion > 1:
        sheet.chain(Pointwise(channels=came * expansion, bias=False), BatchNorm(), ClippedReLU(), lane=lane)
    sheet.chain(Depthwise(stride=(stride,), bias=False), BatchNorm(), ClippedReLU(), lane=lane)
    end = sheet.chain(Pointwise(channels=maps, bias=False), BatchNorm(), lane=lane)
    if shortcut:
        sheet.join(Add(), end, start)
    sheet.chain(Exit())
    return sheet.network


def _v2(shape: Shape, classes: int, strides: tuple[int, ...]) -> Network:
    sheet = Sheet(shape)
    came = 32
    sheet.chain(Convolution(channels=came, stride=strides[:1], bias=False), BatchNorm(), ClippedReLU())
    for number, ((expansion, maps, count, _), stride) in enumerate(zip(V2_STAGES, strides[1:], strict=True)):
        if number in (0, 3):
            sheet.row()
        sheet.group(f"To {maps} maps", bottleneck(came, expansion, maps, stride))
        if count > 1:
            sheet.group(f"Bottleneck {maps}", bottleneck(maps, expansion, maps, 1), count - 1)
        came = maps
    sheet.row()
    sheet.chain(Pointwise(channels=1280, bias=False), BatchNorm(), ClippedReLU(), GlobalAveragePool())
    sheet.chain(Dropout(share=0.2), FullyConnected(channels=classes), Output())
    return sheet.network


def v2(shape: Shape, classes: int) -> Network:
    return _v2(shape, classes, (2, *(stage[3] for stage in V2_STAGES)))


def v2_for_small_images(shape: Shape, classes: int) -> Network:
    return _v2(shape, classes, (1, 1, 1, 2, 2, 1, 2, 1))


MOBILENET_V1 = Template(
    name="mobilenet-v1",
    title="MobileNetV1",
    year=2017,
    citation="A. Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, "
    "arXiv 1704.04861, 2017.",
    about="Every convolution but the first is separable: a depthwise one filters each map alone, a pointwise one mixes "
    "the maps. With 3 × 3 masks that is between eight and nine times less work than a plain convolution, at little "
    "loss of accuracy. Two numbers, for width and image size, trade accuracy for speed.",
    draw=v1_for_small_images,
    adapted="For small images the first convolution has stride 1 instead of 2.",
    published=Published(
        shape=Shape(3, (224, 224)),
        answer=Shape(1000),
        draw=v1,
        parameters=4_231_976,
        multiply_adds=568_740_352,
        source="4.2 million weights and 569 million multiply-adds (table 4 of the paper).",
    ),
    training=TrainingSettings(epochs=10, learning_rate=0.002),
)
MOBILENET_V2 = Template(
    name="mobilenet-v2",
    title="MobileNetV2",
    year=2018,
    citation="M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen, MobileNetV2: inverted residuals and linear "
    "bottlenecks, CVPR 2018 (arXiv 1801.04381).",
    about="A ResNet turned inside out. Between narrow ends, which the shortcuts connect, each block widens the signal "
    "six-fold by a 1 × 1 convolution, filters every map alone, and narrows it again, without a ReLU behind the last "
    "step, which would destroy what the few maps hold. The others cut off above 6 as well (ReLU6).",
    draw=v2_for_small_images,
    adapted="For small images the first convolution and two of the later stages have stride 1 instead of 2.",
    published=Published(
        shape=Shape(3, (224, 224)),
        answer=Shape(1000),
        draw=v2,
        parameters=3_504_872,
        multiply_adds=300_774_272,
        source="3,504,872 weights and 300,774,272 multiply-adds (torchvision, mobilenet_v2); 3.4 million and 300 "
        "million in table 4 of the paper.",
    ),
    training=TrainingSettings(epochs=10, learning_rate=0.002),
)
