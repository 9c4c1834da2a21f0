"""Arrays of the protocol and levels of colour tables: sizes are checked, nothing is lost, odd numbers are marked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convstudio.protocol.messages import Array
from convstudio.ui.live.arrays import ArrayError, array, octets
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING, GAP, GREY, MAGMA, NOT_A_NUMBER, NOTHING
from convstudio.ui.live.levels import cell_at, flat, flat_size, largest_magnitude, map_levels, signed_levels


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=0, max_dims=5, max_side=4)))
def test_an_array_comes_back_as_it_was(values):
    np.testing.assert_array_equal(array(Array("float32", values.shape, values.tobytes())), values)


@pytest.mark.parametrize("data", [b"", b"123", b"1234567890"])
def test_an_array_of_the_wrong_size_is_refused_in_words(data):
    with pytest.raises(ArrayError, match=r"2 × 1 numbers \(float32\) needs 8 bytes, but \d+ came"):
        array(Array("float32", (2, 1), data))


def test_negative_lengths_and_other_kinds_are_refused():
    with pytest.raises(ArrayError, match="negative"):
        array(Array("uint8", (-1, -4), b"1234"))
    with pytest.raises(ArrayError, match="uint8"):
        octets(Array("float32", (1,), b"1234"))


def test_every_table_has_256_opaque_colours_and_the_centre_is_the_lightest():
    for table in (MAGMA, GREY, DIVERGING):
        assert len(table) == 256
        assert all(colour >> 24 == 0xFF for colour in table)
    brightness = [(c >> 16 & 255) + (c >> 8 & 255) + (c & 255) for c in DIVERGING[: 2 * CENTRE + 1]]
    assert brightness.index(max(brightness)) == CENTRE
    assert DIVERGING[0] >> 16 & 255 > DIVERGING[0] & 255  # red
    assert DIVERGING[2 * CENTRE] >> 16 & 255 < DIVERGING[2 * CENTRE] & 255  # blue


def test_magma_grows_lighter_all_the_way():
    luminance = [0.2126 * (c >> 16 & 255) + 0.7152 * (c >> 8 & 255) + 0.0722 * (c & 255) for c in MAGMA]
    assert np.all(np.diff(luminance) > -0.5)
    assert luminance[0] < 2
    assert luminance[-1] > 230


def test_signed_levels_have_zero_in_the_centre_and_mark_what_is_no_number():
    values = np.array([-2, -1, 0, 1, 2, np.nan, np.inf, -np.inf], np.float32)
    expected = [0, CENTRE // 2, CENTRE, CENTRE + CENTRE // 2, 2 * CENTRE, *(NOT_A_NUMBER,) * 3]
    assert signed_levels(values, 2).tolist() == expected
    assert largest_magnitude(values) == 2


@given(hnp.arrays(np.float32, 7, elements=st.floats(-(2.0**60), 2.0**60, width=32)))
def test_signed_levels_are_symmetric_and_in_order(values):
    limit = largest_magnitude(values)
    levels = signed_levels(values, limit).astype(int)
    np.testing.assert_array_equal(levels + signed_levels(-values, limit), 2 * CENTRE)
    assert np.all(np.diff(levels[np.argsort(values, kind="stable")]) >= 0)


@pytest.mark.parametrize("limit", [0.0, float("nan")])
def test_without_a_scale_every_number_is_in_the_centre(limit):
    assert signed_levels(np.zeros(3, np.float32), limit).tolist() == [CENTRE] * 3


def test_maps_never_use_the_levels_that_mean_no_tile():
    assert map_levels(np.arange(256, dtype=np.uint8)).max() < min(NOTHING, GAP)


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=5, max_side=4), elements=st.integers(0, 200)))
def test_every_cell_of_a_flat_tile_names_the_value_it_shows(tiles):
    picture = flat(tiles)
    assert picture.shape[1:] == flat_size(tiles.shape[1:])
    seen = set()
    for tile, row, column in np.ndindex(*picture.shape):
        place = cell_at(tiles.shape[1:], row, column)
        if place is None:
            assert picture[tile, row, column] == GAP
        else:
            assert picture[tile, row, column] == tiles[(tile, *place)]
            seen.add((tile, *place))
    assert len(seen) == tiles.size
