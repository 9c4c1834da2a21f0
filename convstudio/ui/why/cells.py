"""Cells of a sample, as the worker sends them, as a picture."""

from __future__ import annotations

from PySide6.QtGui import QImage

from convstudio.protocol.messages import Array
from convstudio.ui.live.arrays import octets
from convstudio.ui.live.sample_picture import sample_image


def picture_of(cells: Array) -> QImage:
    """uint8, channels × axes; a vector is one row."""
    values = octets(cells)
    return sample_image(values[None] if values.ndim == 1 else values)
