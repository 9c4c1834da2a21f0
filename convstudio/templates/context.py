"""The context network: dilation doubled from layer to layer, so that each pixel sees far and stays a pixel."""

from __future__ import annotations

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
    return _drawn(Sheet(shape), classes, DILATIONS, classes)


def with_features(shape: Shape, classes: int) -> Network:
    """Behind a convolution that makes features of a small image, and no further than such an image reaches."""
    sheet = Sheet(shape)
    sheet.chain(Convolution(channels=24), ReLU())
    return _drawn(sheet, 24, (1, 2, 4, 8, 1), classes)


def _drawn(sheet: Sheet, maps: int, dilations: tuple[int, ...], classes: int) -> Network:
    for number, dilation in enumerate(dilations):
        if number == len(dilations) // 2 + 1:
            sheet.row()
        layer = Dilated(channels=maps, dilation=(dilation,)) if dilation > 1 else Convolution(channels=maps)
        sheet.chain(layer, ReLU())
    sheet.chain(Pointwise(channels=classes), Output())
    return sheet.network


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
    "the gaps end at 8, as far as a small image reaches.",
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
    training=TrainingSettings(epochs=10, learning_rate=0.003),
)
