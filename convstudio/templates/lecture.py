"""The pattern of the lecture: convolution and pooling, twice, then fully connected layers that decide."""

from __future__ import annotations

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Template


def draw(shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    for maps in (8, 16):
        sheet.chain(Convolution(channels=maps, mask=(3,)), ReLU(), MaxPool(window=(2,)))
    sheet.row()
    sheet.chain(Flatten(), FullyConnected(channels=64), ReLU(), FullyConnected(channels=classes), Output())
    return sheet.network


TEMPLATE = Template(
    name="lecture",
    title="Convolution, pooling, fully connected",
    year=1989,
    citation="The pattern goes back to Y. LeCun et al., Backpropagation applied to handwritten zip code recognition, "
    "Neural Computation 1(4), 1989.",
    about="Convolutions look for features, pooling keeps the strongest and shrinks the maps, and fully connected "
    "layers at the end weigh what was found and decide for a class. Nearly every network for images follows this "
    "pattern: the further in, the more maps there are and the smaller they become.",
    draw=draw,
    training=TrainingSettings(epochs=8),
)
