"""Reader of an image file as one sample of a network's input."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convstudio.data.info import DataError

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 64 * 2**20  # of a file
MAX_PIXELS = 64 * 2**20  # of a picture: 192 MB once decoded
# Only formats that Pillow decodes by itself: it would hand others (EPS) to a program outside.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
_MODES = {1: "L", 3: "RGB"}


def read_image(path: str | os.PathLike[str], channels: int, axes: tuple[int, ...]) -> NDArray[np.uint8]:
    """The picture in a file as uint8 (channels, *axes), upright, in grey (1 channel) or colour (3).

    `axes` are rows and columns; the largest centred part with their proportions is taken and resized. What is
    transparent lies over black; of an animation it is the first picture. Raises DataError if the input is no
    picture of 1 or 3 channels, or if the file cannot be had, is too large, is damaged or is no image.
    """
    _check_input(channels, axes)
    path = Path(path)
    _check_file(path)
    image = _decoded(path)
    if image.mode == "F":
        raise DataError(f"The image {path} holds floating-point numbers. Save it with 8 or 16 bits first.")
    return _fitted(image, channels, axes)


def fit_picture(pixels: NDArray[np.uint8], channels: int, axes: tuple[int, ...]) -> NDArray[np.uint8]:
    """A picture in memory, uint8 (rows, columns, 4: red, green, blue and opacity), as `read_image` fits one.

    DataError if it is empty or too large, or if the input is no picture.
    """
    from PIL import Image

    _check_input(channels, axes)
    if pixels.size == 0:
        raise DataError("The picture has no pixels. Choose another one.")
    if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
        size = f"{pixels.shape[1]} × {pixels.shape[0]} pixels"
        raise DataError(f"The picture is too large ({size}). Shrink it in an image program first.")
    return _fitted(Image.fromarray(pixels, "RGBA"), channels, axes)


def _check_input(channels: int, axes: tuple[int, ...]) -> None:
    if channels not in _MODES:
        raise DataError(
            f"An image file has 1 channel (grey) or 3 (colour); this network's input has {channels}. "
            "Set the input to 1 or 3 channels to look at image files."
        )
    if len(axes) != 2:
        raise DataError(
            f"An image file has rows and columns; a sample of this network's input has {len(axes)} axes "
            f"({' × '.join(map(str, axes))}). Give the input two axes to look at image files."
        )
    if min(axes) < 1 or axes[0] * axes[1] > MAX_PIXELS:
        raise DataError(f"An image file cannot be fitted into {axes[0]} × {axes[1]} pixels. Choose another input size.")


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise DataError(
            f"The image {path} cannot be opened ({reason}). Check that it is still there and may be read."
        ) from problem
    if not path.is_file():
        raise DataError(f"{path} is not a file. Choose an image file.")
    if size > MAX_BYTES:
        raise _too_large(path, f"{size / 2**20:.0f} MB; the limit is {MAX_BYTES // 2**20} MB")


def _decoded(path: Path) -> "Image.Image":
    """The whole first picture in the file, upright."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_large(path, f"{image.width} × {image.height} pixels")
            return ImageOps.exif_transpose(image)
    except DataError:
        raise
    except UnidentifiedImageError as problem:
        raise DataError(
            f"{path} is not an image that ConvStudio reads. Choose a file of type {' or '.join(_FORMATS)}."
        ) from problem
    except bombs as problem:
        raise _too_large(path, "more pixels than can safely be decoded") from problem
    except Exception as problem:  # Pillow's decoders answer damaged files with errors of every kind
        raise DataError(
            f"The image {path} is damaged or incomplete ({problem}). "
            "Open and save it again in an image program, or choose another file."
        ) from problem


def _too_large(path: Path, found: str) -> DataError:
    return DataError(f"The image {path} is too large ({found}). Shrink it in an image program first.")


def _fitted(image: "Image.Image", channels: int, axes: tuple[int, ...]) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    rows, columns = axes
    plain = _over_black(_eight_bit(image)).convert(_MODES[channels])
    fitted = ImageOps.fit(plain, (columns, rows), Image.Resampling.LANCZOS)
    pixels = np.array(fitted, np.uint8).reshape(rows, columns, channels)
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))


def _eight_bit(image: "Image.Image") -> "Image.Image":
    """The image with 16-bit grey brought to 8 bits: the upper byte. Pillow's own conversion would clip."""
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.clip(np.asarray(image), 0, 65535) // 256).astype(np.uint8))


def _over_black(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if not image.has_transparency_data:
        return image
    colours = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colours.size, "black"), colours)
