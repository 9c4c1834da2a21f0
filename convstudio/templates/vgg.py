"""VGG: depth from nothing but small masks."""

from __future__ import annotations

from functools import partial

from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template

MAPS = (64, 128, 256, 512, 512)
"""In the convolutions of each stage; between two stages the maps are halved."""
VGG11, VGG16 = (1, 1, 2, 2, 2), (2, 2, 3, 3, 3)
"""Convolutions in each stage: columns A and D of the paper's table 1."""


def as_published(counts: tuple[int, ...], shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    for maps, count in zip(MAPS, counts, strict=True):
        for _ in range(count):
            sheet.chain(Convolution(channels=maps), ReLU())
        sheet.chain(MaxPool())
        sheet.row()
    sheet.chain(Flatten())
    for _ in range(2):
        sheet.chain(FullyConnected(channels=4096), ReLU(), Dropout())
    sheet.chain(FullyConnected(channels=classes), Output())
    return sheet.network


def for_small_images(counts: tuple[int, ...], shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    for stage, (maps, count) in enumerate(zip(MAPS, counts, strict=True)):
        if stage:
            sheet.chain(MaxPool())
            sheet.row()
        for _ in range(count):
            sheet.chain(Convolution(channels=maps, bias=False), BatchNorm(), ReLU())
    sheet.chain(GlobalAveragePool(), FullyConnected(channels=classes), Output())
    return sheet.network


def _template(title: str, counts: tuple[int, ...], about: str, parameters: int, multiply_adds: int) -> Template:
    return Template(
        name=title.lower(),
        title=title,
        year=2014,
        citation="K. Simonyan, A. Zisserman, Very deep convolutional networks for large-scale image recognition, "
        "ICLR 2015 (arXiv 1409.1556).",
        about=about,
        draw=partial(for_small_images, counts),
        adapted="For small images every convolution is followed by a batch normalisation, without which so deep a "
        "chain hardly begins to learn; the last pooling and the three fully connected layers become the mean of each "
        "map and a single layer.",
        published=Published(
            shape=Shape(3, (224, 224)),
            answer=Shape(1000),
            draw=partial(as_published, counts),
            parameters=parameters,
            multiply_adds=multiply_adds,
            source=f"{parameters:,} weights (torchvision, {title.lower()}; the paper's table 2 rounds to "
            f"{round(parameters / 1e6)} million), {multiply_adds / 1e9:.2f} billion multiply-adds.",
        ),
        training=TrainingSettings(epochs=10, learning_rate=0.001),
    )


VGG11_TEMPLATE = _template(
    "VGG11",
    VGG11,
    "The shallowest of the VGG networks: eight convolutions in five stages and three fully connected layers. All masks "
    "are 3 × 3; each stage has twice the maps of the one before it at half the size.",
    132_863_336,
    7_609_090_048,
)
VGG16_TEMPLATE = _template(
    "VGG16",
    VGG16,
    "Thirteen convolutions, all with 3 × 3 masks, in five stages, and three fully connected layers. Two such masks one "
    "behind the other see 5 × 5 pixels, three see 7 × 7, with fewer weights than one large mask and a ReLU between "
    "them. Its features served as the basis of many later networks.",
    138_357_544,
    15_470_264_320,
)
