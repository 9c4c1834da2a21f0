"""Mosaics and thumbnails, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstudio.ui.live.colour_maps import GAP, GREY, MAGMA, NOTHING
from convstudio.ui.live.tile_layout import MARGIN, Room, TileLayout, lay_out
from convstudio.ui.live.tile_picture import image, mosaic, thumbnail


def colours(picture):
    return [[picture.pixel(x, y) for x in range(picture.width())] for y in range(picture.height())]


@given(st.integers(1, 30), st.integers(1, 6), st.integers(1, 6), st.integers(20, 300), st.integers(20, 200), st.data())
def test_every_pixel_of_a_mosaic_is_the_cell_that_the_layout_names(count, height, width, wide, high, data):
    tiles = np.random.default_rng(count).integers(0, 200, (count, height, width), dtype=np.uint8)
    layout = lay_out(count, height, width, Room(wide, high), data.draw(st.none() | st.integers(1, 5)))
    levels = mosaic(tiles, layout, range(layout.rows))
    for y in range(0, levels.shape[0], 3):
        for x in range(0, levels.shape[1], 3):
            cell = layout.at(x + MARGIN, y + MARGIN)
            assert levels[y, x] in (GAP, NOTHING) if cell is None else levels[y, x] == tiles[cell]


def test_places_behind_the_last_tile_are_nothing_not_gap():
    levels = mosaic(np.zeros((3, 2, 2), np.uint8), TileLayout(3, 2, 2, columns=2, gap=1), range(2))
    assert levels.tolist() == [
        [0, 0, GAP, 0, 0, GAP],
        [0, 0, GAP, 0, 0, GAP],
        [GAP] * 6,
        [0, 0, GAP, NOTHING, NOTHING, NOTHING],
        [0, 0, GAP, NOTHING, NOTHING, NOTHING],
        [GAP, GAP, GAP, NOTHING, NOTHING, NOTHING],
    ]


def test_an_image_has_the_colours_of_its_table_and_owns_its_pixels(qapp):
    levels = np.array([[0, 128, 255], [1, 2, 3]], np.uint8)
    picture = image(levels, GREY)
    levels[:] = 7
    assert colours(picture) == [[0xFF000000, 0xFF808080, 0xFFFFFFFF], [0xFF010101, 0xFF020202, 0xFF030303]]


def test_the_picture_of_nothing_is_null(qapp):
    assert image(np.zeros((0, 4), np.uint8), GREY).isNull()
    assert thumbnail(np.zeros((0, 3, 3), np.uint8)).isNull()


def test_a_thumbnail_shows_the_first_eight_maps_four_by_two(qapp):
    maps = np.repeat(np.arange(10, dtype=np.uint8) * 20, 4).reshape(10, 2, 2)
    picture = thumbnail(maps)
    assert (picture.width(), picture.height()) == (4 * 3 - 1, 2 * 3 - 1)
    shown = [picture.pixel(3 * column, 3 * row) for row in range(2) for column in range(4)]
    assert shown == [MAGMA[20 * number] for number in range(8)]
    assert picture.pixelColor(2, 0).alpha() == 0


def test_a_thumbnail_of_fewer_maps_leaves_the_rest_transparent(qapp):
    picture = thumbnail(np.zeros((3, 2, 2), np.uint8))
    assert picture.pixelColor(0, 0).alpha() == 255
    assert picture.pixelColor(10, 4).alpha() == 0


def test_a_thumbnail_of_one_map_is_that_map_alone(qapp):
    maps = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)
    assert colours(thumbnail(maps)) == [[MAGMA[4 * row + column] for column in range(4)] for row in range(3)]


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 1), (5, 1, 1), (1, 1, 5)])
def test_a_thumbnail_of_a_vector_is_bars_and_the_highest_stands_out(qapp, shape):
    picture = thumbnail(np.array([0, 255, 128, 0, 64], np.uint8).reshape(shape))
    heights = [sum(picture.pixelColor(3 * bar, y).alpha() == 255 for y in range(24)) for bar in range(5)]
    assert heights == [1, 24, 13, 1, 7]
    foot = [picture.pixel(3 * bar, 23) for bar in range(5)]
    assert foot.count(foot[0]) == 4
    assert foot[1] != foot[0]
    assert picture.width() == 14


@pytest.mark.parametrize("shape", [(4, 50), (4, 1, 50)])
def test_a_thumbnail_of_a_signal_stacks_its_channels(qapp, shape):
    picture = thumbnail(np.arange(200, dtype=np.uint8).reshape(shape))
    assert (picture.width(), picture.height()) == (50, 4)
    assert picture.pixel(3, 2) == MAGMA[103]


@pytest.mark.parametrize("shape", [(8, 224, 224), (1, 500, 300), (1, 6000), (8, 16, 100, 100), (3000,)])
def test_a_thumbnail_of_something_huge_stays_small(qapp, shape):
    picture = thumbnail(np.zeros(shape, np.uint8))
    assert picture.width() <= 4 * 65
    assert picture.height() <= 2 * 65
