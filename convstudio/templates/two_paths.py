"""Two paths: the same features once through a dilated and once through a separable convolution, then side by side."""

from __future__ import annotations

from convstudio.blocks.concatenate import Concatenate
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.blocks.separable import Separable
from convstudio.network.document import Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Template


def draw(shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    fork = sheet.chain(Convolution(channels=8), ReLU())
    wide = sheet.chain(Dilated(channels=8, dilation=(2,)), after=fork, lane=-0.6)
    cheap = sheet.chain(Separable(channels=8), after=fork, lane=0.6)
    sheet.join(Concatenate(), wide, cheap)
    sheet.chain(ReLU(), MaxPool(), Flatten(), FullyConnected(channels=classes), Output())
    return sheet.network


TEMPLATE = Template(
    name="two-paths",
    title="Two paths",
    year=2016,
    citation="Dilated: F. Yu, V. Koltun, ICLR 2016. Separable: F. Chollet, Xception, CVPR 2017.",
    about="After a first convolution the way divides. A dilated convolution sees a wide context with few weights, a "
    "separable one filters each map alone and then mixes them, for a fraction of the work. Their maps are laid one "
    "behind the other, and a fully connected layer decides. Compare what the two paths have learned.",
    draw=draw,
    training=TrainingSettings(epochs=8),
)
