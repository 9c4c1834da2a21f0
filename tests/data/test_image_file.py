"""Tests of reading an image file as a sample."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from convstudio.data import DataError, image_file, read_image

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (6, 9, 3), np.uint8)
GREY = COLOUR[..., 0].copy()


def save(folder: Path, image: Image.Image | np.ndarray, name: str = "image.png", **options: object) -> Path:
    path = folder / name
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture.save(path, **options)
    return path


def smooth(rows: int, columns: int) -> Image.Image:
    """A picture that every format stores well."""
    right, down = np.meshgrid(np.linspace(0, 200, columns), np.linspace(0, 200, rows))
    return Image.fromarray(np.stack([right, down, 200 - down], axis=-1).astype(np.uint8))


def test_picture_of_the_right_size_comes_through_unchanged(tmp_path):
    pixels = read_image(save(tmp_path, COLOUR), 3, (6, 9))
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    np.testing.assert_array_equal(pixels, COLOUR.transpose(2, 0, 1))


def test_path_may_be_a_string(tmp_path):
    np.testing.assert_array_equal(read_image(str(save(tmp_path, GREY)), 1, (6, 9))[0], GREY)


def test_grey_picture_becomes_three_equal_channels(tmp_path):
    pixels = read_image(save(tmp_path, GREY), 3, (6, 9))
    np.testing.assert_array_equal(pixels, np.stack([GREY] * 3))


def test_colour_picture_becomes_its_brightness(tmp_path):
    pixels = read_image(save(tmp_path, COLOUR), 1, (6, 9))
    assert pixels.shape == (1, 6, 9)
    np.testing.assert_allclose(pixels[0], COLOUR @ [0.299, 0.587, 0.114], atol=1)


@pytest.mark.parametrize(("rows", "columns"), [(20, 60), (60, 20)])
def test_the_middle_is_taken_where_proportions_differ(tmp_path, rows, columns):
    picture = np.zeros((rows, columns), np.uint8)
    picture[max(rows - 28, 0) // 2 :][:28, max(columns - 28, 0) // 2 :][:, :28] = 200
    np.testing.assert_allclose(read_image(save(tmp_path, picture), 1, (10, 10)), 200, atol=2)


def test_rows_and_columns_are_not_confused(tmp_path):
    pixels = read_image(save(tmp_path, smooth(40, 120)), 3, (10, 30))
    assert pixels.shape == (3, 10, 30)
    assert (np.diff(pixels[0].astype(int), axis=1) > 0).all()  # red grows to the right
    assert (np.diff(pixels[1].astype(int), axis=0) > 0).all()  # green grows downwards


def test_shrinking_averages_instead_of_picking_pixels(tmp_path):
    board = np.indices((160, 160)).sum(axis=0) % 2 * 255
    pixels = read_image(save(tmp_path, board.astype(np.uint8)), 1, (20, 20))
    assert pixels.min() >= 120
    assert pixels.max() <= 135


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([1, 3]), st.integers(1, 40), st.integers(1, 40))
def test_every_size_fits_every_input(tmp_path_factory, width, height, channels, rows, columns):
    path = save(tmp_path_factory.getbasetemp(), Image.new("RGB", (width, height), (90, 90, 90)))
    pixels = read_image(path, channels, (rows, columns))
    np.testing.assert_array_equal(pixels, np.full((channels, rows, columns), 90))


UPRIGHT = {  # what undoes each orientation of the EXIF standard
    1: lambda image: image,
    2: np.fliplr,
    3: lambda image: np.rot90(image, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda image: np.rot90(image, -1),
    7: lambda image: np.rot90(image, 2).T,
    8: lambda image: np.rot90(image, 1),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_orientation_kept_in_the_file_is_respected(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = UPRIGHT[orientation](GREY)
    pixels = read_image(save(tmp_path, GREY, exif=exif), 1, expected.shape)
    np.testing.assert_array_equal(pixels[0], expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_transparent_parts_lie_over_black(tmp_path, channels):
    picture = np.full((1, 3, 4), 255, np.uint8)
    picture[0, :, 3] = [0, 128, 255]
    pixels = read_image(save(tmp_path, picture), channels, (1, 3))
    np.testing.assert_array_equal(pixels[:, 0], [[0, 128, 255]] * channels)


def test_transparent_colour_of_a_palette_is_black(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([250, 250, 250, 10, 200, 30])
    picture.putpixel((1, 0), 1)
    pixels = read_image(save(tmp_path, picture, transparency=0), 3, (1, 2))
    np.testing.assert_array_equal(pixels[:, 0].T, [[0, 0, 0], [10, 200, 30]])


def test_grey_with_transparency_lies_over_black(tmp_path):
    picture = np.array([[[200, 0], [200, 255]]], np.uint8)
    np.testing.assert_array_equal(read_image(save(tmp_path, picture), 1, (1, 2)), [[[0, 200]]])


@pytest.mark.parametrize("name", ["grey.png", "grey.tif"])
def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path, name):
    picture = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    np.testing.assert_array_equal(read_image(save(tmp_path, picture, name), 1, (1, 4)), [[[0, 1, 128, 255]]])


@pytest.mark.parametrize("mode", ["1", "CMYK", "YCbCr", "LAB", "I;16B"])
def test_unusual_colour_modes_are_read(tmp_path, mode):
    white = {"1": 1, "CMYK": (0, 0, 0, 0), "YCbCr": (255, 128, 128), "LAB": (255, 128, 128), "I;16B": 65535}
    picture = Image.new(mode, (3, 2), white[mode])
    pixels = read_image(save(tmp_path, picture, "image.tif"), 3, (2, 3))
    np.testing.assert_allclose(pixels, np.full((3, 2, 3), 255), atol=1)


def test_floating_point_picture_is_refused(tmp_path):
    with pytest.raises(DataError, match="floating-point"):
        read_image(save(tmp_path, np.ones((2, 2), np.float32), "image.tif"), 1, (2, 2))


def test_first_picture_of_an_animation_is_taken(tmp_path):
    first, second = Image.new("L", (4, 4), 40), Image.new("L", (4, 4), 90)
    path = save(tmp_path, first, "image.gif", save_all=True, append_images=[second])
    np.testing.assert_array_equal(read_image(path, 1, (4, 4)), np.full((1, 4, 4), 40))


FORMATS = ("png", "jpg", "webp", "bmp", "gif", "tif", "ppm")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_read(tmp_path, ending):
    path = save(tmp_path, smooth(64, 64), f"image.{ending}")
    expected = np.asarray(smooth(64, 64)).transpose(2, 0, 1)
    np.testing.assert_allclose(read_image(path, 3, (64, 64)), expected, atol=40)  # gif has 256 colours


@pytest.mark.parametrize("ending", FORMATS)
def test_half_a_file_is_refused(tmp_path, ending):
    path = save(tmp_path, smooth(64, 64), f"image.{ending}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match=rf"image\.{ending} is (damaged|not an image)"):
        read_image(path, 3, (64, 64))


def encoded(ending: str) -> bytes:
    buffer = io.BytesIO()
    smooth(12, 12).save(buffer, {"jpg": "JPEG", "tif": "TIFF"}.get(ending, ending.upper()))
    return buffer.getvalue()


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(FORMATS).map(encoded),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_file_changed_at_random_gives_a_sample_or_a_sentence(tmp_path_factory, content, changes):
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(changed)
    try:
        pixels = read_image(path, 3, (8, 8))
    except DataError:
        return
    assert pixels.shape == (3, 8, 8)


@pytest.mark.parametrize(
    "content",
    [b"", b"just words\n" * 100, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", bytes(500)],
    ids=["empty", "text", "eps", "zeros"],
)
def test_what_is_no_image_is_refused(tmp_path, content):
    path = tmp_path / "image.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"image\.png is not an image that ConvStudio reads"):
        read_image(path, 1, (4, 4))


def png_declaring(width: int, height: int) -> bytes:
    """A PNG file that says how large it is and then ends."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(b"\0")
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


# Above our limit; above the one where Pillow warns; above the one where Pillow refuses.
@pytest.mark.parametrize("side", [8200, 9600, 14000, 2**31 - 1])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, side):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_declaring(side, side))
    with pytest.raises(DataError, match=r"bomb\.png is too large \(.*pixels"):
        read_image(path, 1, (4, 4))


@pytest.mark.filterwarnings("error")
def test_bomb_is_refused_also_where_warnings_are_errors(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_declaring(9600, 9600))
    with pytest.raises(DataError, match="too large"):
        read_image(path, 1, (4, 4))


def test_pixels_up_to_the_limit_are_read(tmp_path, monkeypatch):
    path = save(tmp_path, GREY)
    monkeypatch.setattr(image_file, "MAX_PIXELS", GREY.size)
    assert read_image(path, 1, (2, 2)).shape == (1, 2, 2)
    monkeypatch.setattr(image_file, "MAX_PIXELS", GREY.size - 1)
    with pytest.raises(DataError, match="too large"):
        read_image(path, 1, (2, 2))


def test_file_of_more_than_64_megabytes_is_refused_unread(tmp_path):
    path = save(tmp_path, GREY)
    with path.open("r+b") as stream:
        stream.truncate(64 * 2**20)
    assert read_image(path, 1, (6, 9)).shape == (1, 6, 9)
    with path.open("r+b") as stream:
        stream.truncate(70 * 2**20)
    with pytest.raises(DataError, match="too large \\(70 MB; the limit is 64 MB\\)"):
        read_image(path, 1, (6, 9))


def test_file_that_cannot_be_had_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"gone\.png cannot be opened \(No such file"):
        read_image(tmp_path / "gone.png", 1, (4, 4))
    with pytest.raises(DataError, match="cannot be opened"):
        read_image("a\0b.png", 1, (4, 4))
    with pytest.raises(DataError, match="is not a file"):
        read_image(tmp_path, 1, (4, 4))


@pytest.mark.parametrize("axes", [(), (28,), (8, 28, 28)])
def test_input_that_is_no_picture_is_refused(tmp_path, axes):
    with pytest.raises(DataError, match=f"has {len(axes)} ax[ei]s"):
        read_image(save(tmp_path, GREY), 1, axes)


@pytest.mark.parametrize("axes", [(0, 4), (4, -1), (10**5, 10**5)])
def test_impossible_input_size_is_refused(tmp_path, axes):
    with pytest.raises(DataError, match=f"into {axes[0]} × {axes[1]} pixels"):
        read_image(save(tmp_path, GREY), 1, axes)


@pytest.mark.parametrize("channels", [0, 2, 4])
def test_input_with_other_channels_is_refused(tmp_path, channels):
    with pytest.raises(DataError, match=f"input has {channels}"):
        read_image(save(tmp_path, GREY), channels, (4, 4))
