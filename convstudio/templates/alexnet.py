"""AlexNet: the network that won ImageNet in 2012 and began the present era."""

from __future__ import annotations

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template


def as_published(shape: Shape, classes: int) -> Network:
    """One tower, as in A. Krizhevsky, One weird trick, 2014, which is the form that torchvision has."""
    sheet = Sheet(shape)
    pool = MaxPool(window=(3,), stride=(2,))
    sheet.chain(Convolution(channels=64, mask=(11,), stride=(4,), padding=(2,)), ReLU(), pool)
    sheet.chain(Convolution(channels=192, mask=(5,)), ReLU(), pool)
    sheet.row()
    _three_convolutions(sheet)
    sheet.chain(pool)
    _decide(sheet, 4096, classes)
    return sheet.network


def for_small_images(shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    sheet.chain(Convolution(channels=64, mask=(5,), stride=(2,)), ReLU(), MaxPool())
    sheet.chain(Convolution(channels=192, mask=(5,)), ReLU(), MaxPool())
    sheet.row()
    _three_convolutions(sheet)
    sheet.chain(MaxPool())
    _decide(sheet, 512, classes)
    return sheet.network


def _three_convolutions(sheet: Sheet) -> None:
    for maps in (384, 256, 256):
        sheet.chain(Convolution(channels=maps), ReLU())


def _decide(sheet: Sheet, neurons: int, classes: int) -> None:
    sheet.row()
    sheet.chain(Flatten())
    for _ in range(2):
        sheet.chain(Dropout(), FullyConnected(channels=neurons), ReLU())
    sheet.chain(FullyConnected(channels=classes), Output())


TEMPLATE = Template(
    name="alexnet",
    title="AlexNet",
    year=2012,
    citation="A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep convolutional neural networks, "
    "NIPS 2012.",
    about="Five convolutions and three fully connected layers, trained on two graphics cards for six days. ReLU in "
    "place of tanh made it learn fast, dropout kept its sixty million weights from learning the samples by heart. "
    "Nearly all of the weights are in the fully connected layers, nearly all of the work in the convolutions.",
    draw=for_small_images,
    adapted="For small images the first mask is 5 × 5 at stride 2 instead of 11 × 11 at stride 4, regions are 2 × 2, "
    "and the fully connected layers have 512 neurons instead of 4096.",
    published=Published(
        shape=Shape(3, (224, 224)),
        answer=Shape(1000),
        draw=as_published,
        parameters=61_100_840,
        multiply_adds=714_188_480,
        source="61,100,840 weights and 0.71 billion multiply-adds (torchvision, alexnet): the form with one tower, "
        "after A. Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014.",
    ),
    training=TrainingSettings(epochs=10, learning_rate=0.0005),
)
