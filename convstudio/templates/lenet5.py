"""LeNet-5: the network that read the numbers on cheques."""

from __future__ import annotations

from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.output import Output
from convstudio.blocks.tanh import Tanh
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template


def draw(shape: Shape, classes: int) -> Network:
    """With two empty pixels around samples that are smaller than the 32 × 32 of the paper."""
    around = max(0, -(-(32 - min(shape.axes)) // 2))
    sheet = Sheet(shape)
    sheet.chain(Convolution(channels=6, mask=(5,), padding=(around,) if around else "none"), Tanh(), AveragePool())
    sheet.chain(Convolution(channels=16, mask=(5,), padding="none"), Tanh(), AveragePool())
    sheet.row()
    sheet.chain(Flatten(), FullyConnected(channels=120), Tanh(), FullyConnected(channels=84), Tanh())
    sheet.chain(FullyConnected(channels=classes), Output())
    return sheet.network


TEMPLATE = Template(
    name="lenet-5",
    title="LeNet-5",
    year=1998,
    citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86(11), 1998.",
    about="Two convolutions with 5 × 5 masks, each followed by averaging over 2 × 2 pixels, then three fully connected "
    "layers: the first network of this kind in daily use, reading cheques in banks. Sharing the weights of a mask "
    "over the whole image made it small enough for the computers of its time.",
    draw=draw,
    adapted="Samples of 28 × 28 pixels get two empty pixels on each side, as the digits of the paper stand in 32 × 32.",
    published=Published(
        shape=Shape(1, (32, 32)),
        answer=Shape(10),
        draw=draw,
        parameters=61_706,
        multiply_adds=416_520,
        source="The paper counts 60,000 weights: there not every map of the third layer sees every map of the second, "
        "averaging has a learned scale and shift, and the last layer measures distances. The form here is the one "
        "that is built today, with 61,706 weights.",
    ),
    training=TrainingSettings(epochs=10),
)
