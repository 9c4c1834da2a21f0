"""ResNet: shortcuts past the convolutions, so that even very deep networks learn."""

from __future__ import annotations

from convstudio.blocks.add import Add
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.relu import ReLU
from convstudio.network.document import Network
from convstudio.network.group import Exit
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template

CITATION = (
    "K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, CVPR 2016 (arXiv 1512.03385)."
)
SHORTCUT = (
    "Each block of two convolutions only adds a correction to what came in, which a shortcut carries past them. So the "
    "gradient reaches the first layers undiminished, and a deeper network is not harder to train than a shallow one. "
)


def residual(maps: int, stride: int = 1, project: bool = False) -> Network:
    """Two convolutions beside a shortcut; where maps or size change, a 1 × 1 convolution makes the shortcut fit."""
    sheet = Sheet()
    came = sheet.end
    sheet.chain(_convolution(maps, 3, stride), BatchNorm(), ReLU(), after=came, lane=1)
    ends = [sheet.chain(_convolution(maps, 3), BatchNorm(), lane=1)]
    ends.append(sheet.chain(_convolution(maps, 1, stride), BatchNorm(), after=came) if project else came)
    sheet.join(Add(), *ends)
    sheet.chain(ReLU(), Exit())
    return sheet.network


def _convolution(maps: int, mask: int, stride: int = 1) -> Convolution:
    """Without a bias: the batch normalisation behind it has one."""
    return Convolution(channels=maps, mask=(mask,), stride=(stride,), bias=False)


def stages(sheet: Sheet, maps: tuple[int, ...], blocks: int) -> None:
    """The first block of each stage halves the maps' size, except in the first stage; four stages take two rows."""
    for stage, count in enumerate(maps):
        if stage == 0 or (stage == 2 and len(maps) == 4):
            sheet.row()
        if stage:
            sheet.group(f"Halve to {count}", residual(count, stride=2, project=True))
        same = blocks if stage == 0 else blocks - 1
        if same:
            sheet.group(f"Residual {count}", residual(count), same)


def decide(sheet: Sheet, classes: int) -> Network:
    sheet.row()
    sheet.chain(GlobalAveragePool(), FullyConnected(channels=classes), Output())
    return sheet.network


def resnet18(shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    sheet.chain(_convolution(64, 7, 2), BatchNorm(), ReLU(), MaxPool(window=(3,), stride=(2,), padding=(1,)))
    stages(sheet, (64, 128, 256, 512), blocks=2)
    return decide(sheet, classes)


def resnet18_for_small_images(shape: Shape, classes: int) -> Network:
    sheet = Sheet(shape)
    sheet.chain(_convolution(64, 3), BatchNorm(), ReLU())
    stages(sheet, (64, 128, 256, 512), blocks=2)
    return decide(sheet, classes)


def _small(blocks: int, shape: Shape, classes: int) -> Network:
    """The networks of the paper's section 4.2: 6 · blocks + 2 layers deep."""
    sheet = Sheet(shape)
    sheet.chain(_convolution(16, 3), BatchNorm(), ReLU())
    stages(sheet, (16, 32, 64), blocks)
    return decide(sheet, classes)


def resnet20(shape: Shape, classes: int) -> Network:
    return _small(3, shape, classes)


def resnet8(shape: Shape, classes: int) -> Network:
    return _small(1, shape, classes)


RESNET18 = Template(
    name="resnet-18",
    title="ResNet-18",
    year=2015,
    citation=CITATION,
    about=SHORTCUT + "This is the smallest of the five networks of the paper: four stages of two blocks each.",
    draw=resnet18_for_small_images,
    adapted="For small images the first convolution is 3 × 3 at stride 1 instead of 7 × 7 at stride 2, and there is "
    "no pooling behind it, so that the four stages still have something to halve.",
    published=Published(
        shape=Shape(3, (224, 224)),
        answer=Shape(1000),
        draw=resnet18,
        parameters=11_689_512,
        multiply_adds=1_814_073_344,
        source="11,689,512 weights and 1.81 billion multiply-adds (torchvision, resnet18); 1.8 billion in the paper's "
        "table 1.",
    ),
    training=TrainingSettings(epochs=5, learning_rate=0.001),
)
RESNET20 = Template(
    name="resnet-20",
    title="Small ResNet",
    year=2015,
    citation=CITATION,
    about=SHORTCUT + "The paper's networks for small images have three stages with 16, 32 and 64 maps; the number of "
    "blocks in a stage, three here, decides the depth.",
    draw=resnet8,
    adapted="With one block in each stage instead of three: 8 layers instead of 20, which train in a minute.",
    published=Published(
        shape=Shape(3, (32, 32)),
        answer=Shape(10),
        draw=resnet20,
        parameters=272_474,
        multiply_adds=40_813_184,
        source="0.27 million weights (table 6 of the paper), whose two widening shortcuts have none; here they are "
        "1 × 1 convolutions (option B), which makes 272,474.",
    ),
    training=TrainingSettings(epochs=6, learning_rate=0.01, schedule="one_cycle"),
)
