"""Pictures as a film: an animated GIF that runs for ever, or numbered PNG files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Frame = NDArray[np.uint8]
"""Rows × columns × 3 (red, green, blue)."""
HOLD = 12
"""The last picture stays so many times as long."""


def of_one_size(frames: Sequence[Frame]) -> list[Frame]:
    """Pictures of a widget that was not always as large, all as large as the largest; what is added goes on with the
    colour of the lower right corner."""
    rows, columns = (max((frame.shape[axis] for frame in frames), default=0) for axis in (0, 1))
    return [frame if frame.shape[:2] == (rows, columns) else _widened(frame, rows, columns) for frame in frames]


def _widened(frame: Frame, rows: int, columns: int) -> Frame:
    found = np.empty((rows, columns, 3), np.uint8)
    found[:] = frame[-1, -1]
    found[: frame.shape[0], : frame.shape[1]] = frame
    return found


def gif(frames: Sequence[Frame], milliseconds: int) -> bytes:
    """One palette for all pictures: equal colours stay equal. ValueError without pictures, or of unlike sizes."""
    from PIL import Image

    if not frames or len({frame.shape for frame in frames}) > 1:
        raise ValueError("a film needs pictures of one size")
    images = [Image.fromarray(frame) for frame in frames]
    palette = _palette(images)
    drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    times = [milliseconds] * (len(drawn) - 1) + [milliseconds * HOLD]
    out = io.BytesIO()
    drawn[0].save(out, "GIF", save_all=True, append_images=drawn[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


def png(frame: Frame) -> bytes:
    """One picture as a PNG file."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(frame).save(out, "PNG")
    return out.getvalue()


def _palette(images: Sequence[Image]) -> Image:
    """256 colours that serve a first, a middle and the last picture well."""
    from PIL import Image as Images

    some = [images[0], images[len(images) // 2], images[-1]]
    together = Images.new("RGB", (some[0].width, sum(image.height for image in some)))
    for number, image in enumerate(some):
        together.paste(image, (0, number * image.height))
    return together.quantize(256, dither=Images.Dither.NONE)
