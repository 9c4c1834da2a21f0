"""The context network: dilation doubled from layer to layer, so that each pixel sees far and stays a pixel."""

from __future__ import annotations

from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.output import Output
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template

DILATIONS = (1, 1, 2, 4, 8, 16, 1)
"""Table 1 of the paper; a 1 × 1 convolution without a ReLU ends the module."""


def module(shape: Shape, classes: int) -> Network:
    """The basic module: as many maps in every layer as there are classes."""
    sheet = Sheet(shape)
    for number, dilation in enumerate(DILATIONS):
        if number == 4:
            sheet.row()
        sheet.chain(_layer(classes, dilation), ReLU())
    sheet.chain(Pointwise(channels=classes), Output())
    return sheet.network


def with_features(shape: Shape, classes: int) -> Network:
    """Behind a convolution that makes features of a small image, and no further than such an image reaches."""
    sheet = Sheet(shape)
    sheet.chain(Convolution(channels=24, bias=False), BatchNorm(), ReLU())
    for dilation in (1, 2, 4, 8, 1):
        if dilation == 4:
            sheet.row()
        sheet.chain(_layer(24, dilation, bias=False), BatchNorm(), ReLU())
    sheet.chain(Pointwise(channels=classes), Output())
    return sheet.network


def _layer(maps: int, dilation: int, bias: bool = True) -> Convolution:
    if dilation == 1:
        return Convolution(channels=maps, bias=bias)
    return Dilated(channels=maps, dilation=(dilation,), bias=bias)


TEMPLATE = Template(
    name="context",
    title="Dilated context network",
    year=2016,
    citation="F. Yu, V. Koltun, Multi-scale context aggregation by dilated convolutions, ICLR 2016 (arXiv 1511.07122).",
    about="Every pixel is to be named, so nothing may shrink. Instead of pooling, the gaps in the masks double from "
    "layer to layer: the field of view grows exponentially, to 67 × 67 pixels, the number of weights only linearly, "
    "and every pixel keeps its place.",
    draw=with_features,
    adapted="The paper lays the module behind the maps of a VGG16; here a convolution makes 24 maps of the image, and "
    "the gaps end at 8, as far as a small image reaches. Batch normalisation stands in for the paper's way to start, "
    "in which every layer first hands its input on.",
    task="pixels",
    published=Published(
        shape=Shape(21, (64, 64)),
        answer=Shape(21, (64, 64)),
        draw=module,
        parameters=28_392,
        multiply_adds=115_605_504,
        source="The basic module of table 1 for C = 21 maps, one for each class of Pascal VOC: 64 C² = 28,224 weights "
        "in the paper, and 168 biases. Its first seven layers see 67 × 67.",
    ),
    training=TrainingSettings(epochs=8, learning_rate=0.01, schedule="one_cycle"),
)
