"""U-Net: down to see what there is, up again to say where, and shortcuts across that bring the details along."""

from __future__ import annotations

from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.concatenate import Concatenate
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.crop import Crop
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.output import Output
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.relu import ReLU
from convstudio.blocks.transposed import Transposed
from convstudio.network.document import Network
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings
from convstudio.templates.sheet import Sheet
from convstudio.templates.template import Published, Template

MAPS = (64, 128, 256, 512, 1024)
"""On each level, from the top of the U to its bottom."""
CROPS = (88, 40, 16, 4)
"""Cells cut off around what crosses each level: without padding the maps on the way up are smaller (figure 1)."""
BELOW = 0.45
"""In this lane a step up leaves the wire across its level in sight."""
SMALL_MAPS = (16, 32, 64)


def as_published(shape: Shape, classes: int) -> Network:
    """Convolutions without padding, so that no pixel is named by what lies beyond the image."""
    step = (Convolution(padding="none"), ReLU())
    return _drawn(shape, classes, MAPS, step, CROPS)


def for_small_images(shape: Shape, classes: int) -> Network:
    step = (Convolution(bias=False), BatchNorm(), ReLU())
    return _drawn(shape, classes, SMALL_MAPS, step, ())


def _drawn(
    shape: Shape, classes: int, maps: tuple[int, ...], step: tuple[Layer, ...], crops: tuple[int, ...]
) -> Network:
    sheet = Sheet(shape)
    across: list[str] = []
    for level, count in enumerate(maps[:-1]):
        down = _twice(sheet, step, count)
        across.append(sheet.chain(Crop(before=(crops[level],), after=(crops[level],))) if crops else down)
        sheet.row()
        sheet.chain(MaxPool(), after=down)
    _twice(sheet, step, maps[-1])
    for count, details in zip(reversed(maps[:-1]), reversed(across), strict=True):
        sheet.up(1)
        up = sheet.chain(Transposed(channels=count), lane=BELOW)
        sheet.join(Concatenate(), details, up)
        _twice(sheet, step, count)
    sheet.chain(Pointwise(channels=classes), Output())
    return sheet.network


def _twice(sheet: Sheet, step: tuple[Layer, ...], maps: int) -> str:
    """The step two times, its convolution with so many maps."""
    wide = tuple(layer.with_width(maps) or layer for layer in step)
    return sheet.chain(*wide, *wide)


TEMPLATE = Template(
    name="u-net",
    title="U-Net",
    year=2015,
    citation="O. Ronneberger, P. Fischer, T. Brox, U-Net: convolutional networks for biomedical image segmentation, "
    "MICCAI 2015 (arXiv 1505.04597).",
    about="Every pixel is to be named. On the way down pooling makes the maps small, so that the masks see much of the "
    "image and learn what is there; on the way up transposed convolutions make them large again. Across each level "
    "the maps of the way down are laid beside those of the way up and bring the sharp edges along.",
    draw=for_small_images,
    adapted="For small images there are three levels instead of five, with 16, 32 and 64 maps. The convolutions are "
    "padded, so that nothing need be cut off, and followed by a batch normalisation.",
    task="pixels",
    published=Published(
        shape=Shape(1, (572, 572)),
        answer=Shape(2, (388, 388)),
        draw=as_published,
        parameters=31_030_658,
        multiply_adds=None,
        source="Sizes as in figure 1 of the paper, from 572 × 572 down to 28 × 28 and up to 388 × 388. The paper "
        "counts 23 convolutions and no weights; they follow from the figure.",
    ),
    training=TrainingSettings(epochs=10, learning_rate=0.015, schedule="one_cycle"),
)
