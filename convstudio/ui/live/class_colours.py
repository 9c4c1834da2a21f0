"""The colours of classes in a map of classes: the background that of the canvas, all others far from one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from convstudio.ui.live.colour_maps import Table
from convstudio.ui.live.tile_picture import image
from convstudio.ui.theme import theme

TOKENS = ("dense", "convolution", "pooling", "data", "separable", "dilated", "activation", "combine", "normalisation")
BACKGROUND = "background"
"""A class of this name is no thing of its own."""
GOLDEN = 137.5
"""Degrees of hue from colour to colour, when the tokens are used up: never the same again."""


def class_colour(number: int, classes: Sequence[str]) -> QColor:
    """The colour of a class by its number; the names say which one is the background."""
    if number < len(classes) and classes[number] == BACKGROUND:
        return theme.colour("wire" if theme.dark else "line").darker(220 if theme.dark else 100)
    things = number - (1 if BACKGROUND in classes[:number] else 0)
    if things < len(TOKENS):
        return theme.colour(TOKENS[things])
    return QColor.fromHsvF((things * GOLDEN % 360) / 360, 0.6, 0.55 + 0.35 * (things % 3) / 2)


def class_image(numbers: NDArray[np.uint8], classes: Sequence[str]) -> QImage:
    """A map of classes (rows × columns) as a picture."""
    table: Table = tuple(class_colour(number, classes).rgb() for number in range(256))
    return image(np.ascontiguousarray(numbers), table)
