"""Well-known networks to begin from, one file a family; `TEMPLATES` is the explicit list."""

from __future__ import annotations

from convstudio.templates import alexnet, context, lecture, lenet5, mobilenet, resnet, two_paths, unet, vgg
from convstudio.templates.template import Published, Template

__all__ = ["TEMPLATES", "Published", "Template"]

TEMPLATES: tuple[Template, ...] = (
    lecture.TEMPLATE,
    two_paths.TEMPLATE,
    lenet5.TEMPLATE,
    alexnet.TEMPLATE,
    vgg.VGG11_TEMPLATE,
    vgg.VGG16_TEMPLATE,
    resnet.RESNET20,
    resnet.RESNET18,
    mobilenet.MOBILENET_V1,
    mobilenet.MOBILENET_V2,
    context.TEMPLATE,
    unet.TEMPLATE,
)
"""In the order in which a learner should meet them."""
